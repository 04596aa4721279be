"""Reads of people and of their roles."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject, Lower

from underlet.access.models import Grant, GroupMember, UnitGroup, User
from underlet.access.queries.directory import directory_groups
from underlet.access.roles import with_role
from underlet.access.types import GrantRow, ListUsers, OfPerson, PersonChange, PersonState, UserRow
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.listing import Order, sorted_page
from underlet.foundation.registry import Subject, query
from underlet.foundation.types import NoInput, Page, decode_cursor, page_of
from underlet.kernel.errors import Forbidden, InvalidInput
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.naming import name_key
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, linked, visible_units
from underlet.organization.scope import InScope
from underlet.organization.types import FindUnits, UnitLink

CUSTOMERS = "customers"
"""The scope of a grant on all customers of a customer organization."""
SOON = timedelta(days=14)
"""How long before its end a role is said to end soon."""


def on_units(units: QuerySet[Unit]) -> Q:
    """Grants that lie on these units, or reach them as customers of a customer organization (R75) or as members of a
    group (R51)."""
    members = GroupMember.objects.filter(unit__in=units)
    return (
        Q(unit__in=units)
        | Q(scope=CUSTOMERS, unit__in=units.exclude(anchor=None).values("anchor"))
        | Q(scope="group", group_id__in=members.values("group_id"))
    )


def user_rows(actor: Actor, users: Sequence[User]) -> list[UserRow]:
    """People with those of their grants that reach units visible to the actor; one query, whatever their number.

    Who sees a customer learns that somebody comes to it by a role for all customers of its customer organization, and
    not which that is unless they see it; the same with groups.
    """
    # Not joined: a unit that the reader does not see would take the grant along.
    unit = visible_units(actor).filter(id=OuterRef("unit_id"))
    link = Subquery(unit.values(json=JSONObject(id="public_id", kind="kind", name="name")))
    places = visible_units(actor)
    group = UnitGroup.objects.filter(id=OuterRef("group_id"), unit__in=places)
    found = Grant.objects.filter(on_units(places), user__in=[user.id for user in users]).annotate(
        link=link,
        depth=Subquery(unit.values("depth")),
        key=Subquery(unit.values("name_key")),
        own_id=F("own_role__public_id"),
        own_name=F("own_role__name"),
        group_name=Subquery(group.values("name")),
        group_public_id=Subquery(group.values("public_id")),
        is_takeable=MayTake(F("unit_id"), F("perms"), F("scope")),
        is_mapped=Exists(directory_groups(actor).filter(id=OuterRef("directory_group_id"))),
    )
    grants: dict[int, list[GrantRow]] = {user.id: [] for user in users}
    for grant in found.order_by(F("depth").asc(nulls_last=True), "key", "role", "id"):
        grants[grant.user_id].append(_grant_row(actor, grant))
    return [_user_row(user, tuple(grants[user.id])) for user in users]


class MayTake(Func):
    """Whether the actor may take back what is given on a unit, with these permissions and this scope."""

    function = "may_take"
    output_field = BooleanField()


def _grant_row(actor: Actor, grant: Any) -> GrantRow:
    return GrantRow(
        grant.public_id,
        grant.role or str(grant.own_id or ""),
        linked(grant.link) if grant.link else None,
        grant.scope,
        grant.own_name or "",
        grant.group_name or "",
        grant.expires_at.date() if grant.expires_at else None,
        _grant_state(grant),
        grant.is_takeable and grant.link is not None and grant.user_id != actor.person_id,
        grant.is_mapped,
        grant.group_public_id,
    )


def _grant_state(grant: Grant) -> str:
    if grant.expires_at is not None and grant.expires_at <= now():
        return "ended"
    return "active" if grant.suspended_at is None else "suspended"


def _user_row(user: User, grants: tuple[GrantRow, ...]) -> UserRow:
    return UserRow(
        user.public_id, user.name, user.email, user.is_active, user.last_login, grants, _state(user, grants)
    )


def _state(user: User, grants: Sequence[GrantRow]) -> PersonState:
    """What a person's state is, by the roles that the reader sees; `_in_state` says the same to the database."""
    live = [one for one in grants if one.state == "active"]
    if not user.is_active or (not live and any(one.state == "suspended" for one in grants)):
        return "suspended"
    if not live:
        return "ended"
    if user.last_login is None and not user.has_usable_password():
        return "invited"
    soon = (now() + SOON).date()
    return "ends_soon" if any(one.ends_on is not None and one.ends_on <= soon for one in live) else "active"


def _in_state(actor: Actor, state: str) -> Q:
    """People in a state, by all roles of theirs that the actor sees."""
    mine = Grant.objects.filter(on_units(visible_units(actor)), user=OuterRef("id"))
    lasting = Q(expires_at=None) | Q(expires_at__gt=now())
    live = mine.filter(lasting, suspended_at=None)
    is_live, rests = Q(Exists(live)), Q(Exists(mine.filter(lasting, suspended_at__isnull=False)))
    soon = datetime.combine((now() + SOON).date(), time.max, UTC)
    ends = Q(Exists(live.filter(expires_at__lte=soon)))
    waits = Q(last_login=None, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    works = Q(is_active=True) & is_live
    return {
        "suspended": Q(is_active=False) | ~is_live & rests,
        "ended": Q(is_active=True) & ~is_live & ~rests,
        "invited": works & waits,
        "ends_soon": works & ~waits & ends,
        "active": works & ~waits & ~ends,
    }[state]


def visible_users(actor: Actor, unit: Unit, role: str = "") -> QuerySet[User]:
    """People with a grant, or one of a role, that reaches the unit or one below it (first belt: the unit is visible and
    allows USER_EDIT)."""
    below = visible_units(actor).filter(anc__contains=[unit.id])
    grants = Grant.objects.filter(on_units(below), with_role(role) if role else Q())
    return User.objects.filter(id__in=grants.values("user_id"))


def branch_grants(actor: Actor, unit: Unit) -> QuerySet[Grant]:
    """Grants that lie on a unit or below it, where the actor administers users."""
    below = visible_units(actor).filter(InScope(actor, "anc", "id", Permission.USER_EDIT), anc__contains=[unit.id])
    return Grant.objects.filter(unit__in=below).select_related("user", "unit")


def person_in(actor: Actor, unit: Unit, public_id: UUID) -> User:
    """Somebody with a role that reaches a unit or one below it. Raises InvalidInput, for hidden and absent alike."""
    return _person(visible_users(actor, unit).filter(public_id=public_id))


def known_person(actor: Actor, public_id: UUID) -> User:
    """Somebody with a role where the actor administers users. Raises InvalidInput, for hidden and absent alike."""
    places = visible_units(actor).filter(InScope(actor, "anc", "id", Permission.USER_EDIT))
    found = Grant.objects.filter(on_units(places))
    return _person(User.objects.filter(public_id=public_id, id__in=found.values("user_id")))


def _person(found: QuerySet[User]) -> User:
    user = found.first()
    if user is None:
        raise InvalidInput(fields={"user": "There is no such person here."})
    return user


def change_of(actor: Actor, user: User, grants: Sequence[Grant]) -> PersonChange:
    """A person and those of their roles that a change is about."""
    row = user_rows(actor, [user])[0]
    chosen = {grant.public_id for grant in grants}
    return PersonChange(row, tuple(one for one in row.grants if one.id in chosen))


def find_grant(actor: Actor, public_id: UUID) -> Grant | None:
    """A role on a unit that the actor sees, or one of the actor's own."""
    found = Grant.objects.filter(unit__in=visible_units(actor), public_id=public_id)
    return found.select_related("user", "unit").first()


GRANT = Subject("grant", find_grant, lambda grant: grant.unit_id, lambda grant: grant.unit.hierarchy_id)


def grants_on(actor: Actor, unit_ids: Collection[int]) -> QuerySet[Grant]:
    """Grants of active people on these units, by name of the person; where the actor may see who has access."""
    places = visible_units(actor).filter(InScope(actor, "anc", "id", Permission.USER_EDIT), id__in=unit_ids)
    found = Grant.objects.filter(unit__in=places, user__is_active=True)
    return found.select_related("user", "own_role").order_by("user__name", "user_id")


def reaches(grant: Grant, unit: Unit) -> bool:
    """Whether a grant on a unit or above it, or on all customers of its customer organization, reaches the unit."""
    if grant.scope == CUSTOMERS:
        return grant.unit_id == unit.anchor_id
    return grant.scope == "subtree" or grant.unit_id == unit.id


def counts_on(grant: Grant, way: Collection[int]) -> bool:
    """Whether a grant lies on a way up and counts there: one of an own role where its unit stands above (ADR-0038)."""
    return grant.unit_id in way and (grant.own_role is None or grant.own_role.unit_id in way)


_USER_ORDERS = {
    "name": Order("name_key", str),
    "email": Order("email_key", str),
    "signed_in": Order("last_login", datetime, is_nullable=True),
}


@query("user.list", needs=Permission.USER_EDIT, subject=UNIT)
def list_users(actor: Actor, unit: Unit, data: ListUsers) -> Page[UserRow]:
    """List the people with a role on a unit or below it, by name (R36, R41, R42).

    Among them those who come by a role for all customers of a customer organization (R75).
    """
    users = visible_users(actor, unit, data.role).annotate(name_key=Lower("name"))
    if data.state:
        users = users.filter(_in_state(actor, data.state))
    if data.q:
        users = users.filter(Q(name__icontains=data.q) | Q(email__icontains=data.q))
    page = sorted_page(users, data, data.sort, _USER_ORDERS)
    return Page(tuple(user_rows(actor, page.items)), page.next)


@query("user.show", needs=Permission.USER_EDIT, subject=UNIT)
def show_user(actor: Actor, unit: Unit, data: OfPerson) -> UserRow:
    """Show a person with a role on a unit or below it, and every role of theirs that the reader may see (R36, R42)."""
    return user_rows(actor, [person_in(actor, unit, data.user)])[0]


@query("user.my_roles")
def my_roles(actor: Actor, data: NoInput) -> UserRow:
    """Show one's own roles: which, where, until when."""
    person = User.objects.filter(id=actor.person_id).first()
    if person is None:  # a key that opens nothing does not see its owner either
        raise Forbidden("An API key has no roles of its own.", hint="Sign in, and ask as a person.")
    return user_rows(actor, [person])[0]


@query("user.preview_removal", needs=Permission.USER_EDIT, subject=UNIT)
def preview_removal(actor: Actor, unit: Unit, data: OfPerson) -> PersonChange:
    """Tell which roles a person would lose on a unit and below it; the same that would rest if they were suspended."""
    user = person_in(actor, unit, data.user)
    return change_of(actor, user, list(branch_grants(actor, unit).filter(user=user)))


@query("user.customers", needs=Permission.USER_EDIT)
def list_customers(actor: Actor, data: FindUnits) -> Page[UnitLink]:
    """List the customers below one's own organizations whose users one may administer, by name (R40).

    Whoever administers a customer from within, and sees nothing above it, has none (R42).
    """
    mine = visible_units(actor).filter(InScope(actor, "anc", "id", Permission.USER_EDIT))
    above = visible_units(actor).filter(id=OuterRef("parent_id"))
    found = mine.filter(Exists(above), kind=UnitKind.CUSTOMER).order_by("name_key", "id")
    if data.q:
        found = found.filter(name_key__contains=name_key(data.q))
    after = decode_cursor(data.after, str, int)
    if after:
        found = found.filter(Q(name_key__gt=after[0]) | Q(name_key=after[0], id__gt=after[1]))
    page = page_of(list(found[: data.limit + 1]), data.limit, lambda unit: (unit.name_key, unit.id))
    links = (UnitLink(unit.public_id, UnitKind(unit.kind), unit.name) for unit in page.items)
    return Page(tuple(links), page.next)
