"""Seeing with somebody else's eyes, and acting for them (P32, ADR-0035).

Whoever views as another is an actor of its own for half an hour at most. Its scope is what both people may; the
database makes it anew whenever the scope of either changes. Entries of the audit trail name both.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from underlet.access.models import ActingSession, User
from underlet.access.types import (
    ListPeopleToView,
    ListViewAs,
    PersonToView,
    StartViewAs,
    ViewAsRow,
)
from underlet.foundation.actor import Actor, ActorKind
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import on_timetable
from underlet.foundation.listing import BY_ID, sorted_page
from underlet.foundation.registry import Subject, operation, query
from underlet.foundation.types import NoInput, Page, decode_cursor, page_of
from underlet.kernel.errors import Forbidden, InvalidInput, Unauthenticated
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT

LASTS = timedelta(minutes=30)
SHOWN_FOR = timedelta(days=90)
"""How long somebody is told that others looked as them."""

VIEWED_UNIT = replace(UNIT, lock=None)  # nothing of the unit changes, and who supports it may not lock it


def acting_as(viewer: Actor, public_id: str) -> Actor | None:
    """The actor of one who views as another, while it lasts; None when it is over. Runs before any actor exists."""
    found = _lasting(public_id=public_id, viewer_id=viewer.id)
    return None if found is None else _actor(found, viewer)


def actor_of_acting(acting_id: int) -> Actor | None:
    """The same of something that was left to be done; None for any other actor. Raises Unauthenticated when over."""
    if not ActingSession.objects.filter(id=acting_id).exists():
        return None
    found = _lasting(id=acting_id)
    if found is None:
        raise Unauthenticated("Whoever asked for this may not act here any more.")
    viewer = found.viewer
    return _actor(found, Actor(viewer.id, viewer.name, language=viewer.language))


def _lasting(**which: Any) -> ActingSession | None:
    lasting = ActingSession.objects.filter(
        **which, ended_at=None, ends_at__gt=now(), viewer__is_active=True, person__is_active=True
    )
    found = lasting.select_related("viewer").first()
    if found is not None:  # grants of either that have come to their end
        execute("select refresh_scope(id, %s) from unnest(%s) id", [now(), [found.viewer_id, found.person_id]])
    return found


def _actor(acting: ActingSession, viewer: Actor) -> Actor:
    return Actor(
        acting.id, acting.person_name, ActorKind.ACTING, False, viewer.language, viewer.id, oneself=viewer,
        is_read_only=acting.mode == "view",
    )  # fmt: skip


def acting_session(actor: Actor) -> ActingSession | None:
    """As whom the actor looks, and until when; None for all who look as themselves."""
    return ActingSession.objects.filter(id=actor.id).first() if actor.kind is ActorKind.ACTING else None


def find_own_acting(actor: Actor, public_id: UUID) -> ActingSession | None:
    """One of the actor's own viewings."""
    return ActingSession.objects.filter(viewer_id=actor.id, public_id=public_id).first()


OWN_ACTING = Subject("view_as", find_own_acting, lambda one: one.unit_id, lambda one: one.hierarchy_id)


@operation("view_as.start", needs=Permission.VIEW_AS, subject=VIEWED_UNIT)
def start_view_as(actor: Actor, unit: Unit, data: StartViewAs) -> ViewAsRow:
    """View as a person who works in a unit or below it, for half an hour at most (P32).

    One sees what both may see, and in the mode "act" may do what both may do; prices, cost and margin only while acting
    for the same legal entity. The person sees that one looked, when and why. Raises Forbidden for API keys, while one
    views as another already, for oneself, and for the operator of the installation.
    """
    if actor.kind is ActorKind.ACTING:
        raise Forbidden("You view as somebody already.", hint="End that first.")
    if actor.kind is not ActorKind.USER:
        raise Forbidden("An API key cannot view as somebody.", hint="Sign in and do it as a person.")
    person = User.objects.filter(public_id=data.person).first()
    if person is None or not scalar("select may_view_as(%s, %s)", [person.id, unit.id]):
        raise InvalidInput(fields={"person": "You cannot view as this person here."})
    moment = now()
    ActingSession.objects.filter(viewer_id=actor.id, ended_at=None, ends_at__gt=moment).update(ended_at=moment)
    execute("select end_acting(%s)", [moment])
    acting_id = int(scalar("select nextval('actor_id_seq')"))
    execute(
        "insert into acting_session (id, hierarchy_id, unit_id, viewer_id, viewer_name, person_id, person_name, mode,"
        " reason, starts_at, ends_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            acting_id, unit.hierarchy_id, unit.id, actor.id, actor.name, person.id, person.name, data.mode,
            data.reason, moment, moment + LASTS,
        ],
    )  # fmt: skip
    return _row(ActingSession.objects.get(id=acting_id))


@operation("view_as.end", own=True, as_oneself=True, subject=OWN_ACTING, idempotency="natural")
def end_view_as(actor: Actor, acting: ActingSession, data: NoInput) -> ViewAsRow:
    """Stop viewing as somebody; binds on the next request (P32)."""
    moment = now()
    if acting.ended_at is None and acting.ends_at > moment:
        acting.ended_at = moment
        acting.save(update_fields=["ended_at"])
    return _row(acting)


@query("view_as.people", needs=Permission.VIEW_AS, subject=VIEWED_UNIT)
def list_people_to_view(actor: Actor, unit: Unit, data: ListPeopleToView) -> Page[PersonToView]:
    """List the people of a unit and of those below it as whom one may look, by name (P32)."""
    key, id_ = decode_cursor(data.after, str, int) or ("", 0)
    found = rows(
        "select public_id, name, email, name_key, id from people_to_view(%s, %s, %s, %s, %s)",
        [unit.id, data.q, key, id_, data.limit + 1],
    )
    page = page_of(found, data.limit, lambda row: (row[3], row[4]))
    return Page(tuple(PersonToView(*row[:3]) for row in page.items), page.next)


@query("view_as.list", own=True)
def list_view_as(actor: Actor, data: ListViewAs) -> Page[ViewAsRow]:
    """List who looked as oneself in the last 90 days, when and why, or as whom one looked oneself (P32)."""
    side = Q(viewer_id=actor.id) if data.side == "mine" else Q(person_id=actor.id)
    found = ActingSession.objects.filter(side, starts_at__gt=now() - SHOWN_FOR)
    page = sorted_page(found, data, data.sort, {"started": BY_ID})
    return Page(tuple(map(_row, page.items)), page.next)


def _row(acting: ActingSession) -> ViewAsRow:
    ended = acting.ended_at or acting.ends_at
    return ViewAsRow(
        acting.public_id, acting.viewer_name, acting.person_name, "act" if acting.mode == "act" else "view",
        acting.reason, acting.starts_at, ended, ended <= now(),
    )  # fmt: skip


@on_timetable
def close_over() -> None:
    """Take from viewings that are over what they could see, so that a job which they left finds nothing."""
    with system():
        execute("select end_acting(%s)", [now()])
