"""Who reaches what, by which role: what the database answers as those people, in the reader's own view (A7, B12).

Told are roles that lie where the reader administers users, and those for customers or groups that open such a unit.
Roles given further up are not: whoever administers a unit does not learn who watches from above (ADR-0039).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from underlet.access.models import User
from underlet.access.queries.people import person_in, user_rows
from underlet.access.types.people import GrantRow
from underlet.access.types.reach import ReachedUnit, Reacher, WhatReached, WhoReaches
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import rows
from underlet.foundation.listing import Order, sorted_page
from underlet.foundation.registry import query
from underlet.foundation.types import Page
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.naming import name_key
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, visible_units
from underlet.organization.scope import InScope
from underlet.organization.types import UnitLink


@dataclass(frozen=True, slots=True)
class Hold:
    """What one role gives one person in a unit. grant: its public id. entities: for which the person acts there, with a
    right to prices."""

    grant: UUID
    perms: Permission
    entities: frozenset[int]


def holds_of(user_id: int, unit_ids: Sequence[int]) -> dict[int, list[Hold]]:
    """The roles by which a person reaches each of these units, as far as the actor is told."""
    found: dict[int, list[Hold]] = defaultdict(list)
    for unit, grant, perms, entities in rows(
        "select u.id, g.public_id, r.perms, r.entities from unnest(%s::bigint[]) u (id)"
        " cross join lateral who_reaches(u.id, %s) r join access_grant g on g.id = r.grant_id where r.user_id = %s",
        [list(unit_ids), now(), user_id],
    ):
        found[unit].append(Hold(grant, Permission(perms), frozenset(entities or ())))
    return found


def holds_in(unit_id: int) -> dict[int, list[Hold]]:
    """The roles by which people reach a unit, by person, as far as the actor is told."""
    found: dict[int, list[Hold]] = defaultdict(list)
    for user, grant, perms, entities in rows(
        "select r.user_id, g.public_id, r.perms, r.entities from who_reaches(%s, %s) r"
        " join access_grant g on g.id = r.grant_id",
        [unit_id, now()],
    ):
        found[user].append(Hold(grant, Permission(perms), frozenset(entities or ())))
    return found


def seen_as(users: Collection[int], what: str, id_: int) -> set[int]:
    """Those of the people who read a unit, contract or invoice, asked as each of them."""
    return {user for (user,) in rows("select seen_as(%s, %s, %s)", [list(users), what, id_])}


def words(perms: Permission) -> tuple[str, ...]:
    """Permissions by name."""
    return tuple(one.name.lower() for one in perms if one.name)


def reachers(
    actor: Actor, data: WhoReaches, holds: Mapping[int, Sequence[Hold]], prices: Collection[int]
) -> Page[Reacher]:
    """A page of people who reach something, by name. prices: of those, who read its prices."""
    users = User.objects.filter(id__in=holds).annotate(name_key=Lower("name"))
    if data.q:
        users = users.filter(Q(name__icontains=data.q) | Q(email__icontains=data.q))
    page = sorted_page(users, data, data.sort, {"name": Order("name_key", str)})
    people = []
    for user, row in zip(page.items, user_rows(actor, page.items), strict=True):
        held = holds[user.id]
        perms = Permission(0)
        for one in held:
            perms |= one.perms
        chosen = {one.grant for one in held}
        grants = tuple(grant for grant in row.grants if grant.id in chosen)
        people.append(Reacher(row.id, row.name, row.email, words(perms), user.id in prices, grants))
    return Page(tuple(people), page.next)


def who_reaches(actor: Actor, unit: Unit, data: WhoReaches, more: Collection[int] = ()) -> Page[Reacher]:
    """The people who see a unit. more: those who read its prices though they do not act for it."""
    holds = holds_in(unit.id)
    seen = seen_as(holds, "unit", unit.id)
    shown = {user: held for user, held in holds.items() if user in seen}
    acts = {user for user, held in shown.items() if any(unit.entity_id in one.entities for one in held)}
    return reachers(actor, data, shown, acts.union(more))


@query("access.of_person", needs=Permission.USER_EDIT, subject=UNIT)
def access_of_person(actor: Actor, unit: Unit, data: WhatReached) -> Page[ReachedUnit]:
    """List the units that a person sees, of this one and those below where the reader administers users: what they may
    do there, and by which roles (R32, R35, B12).

    What the person sees by roles given further up is not told.
    """
    user = person_in(actor, unit, data.user)
    opened = rows(
        "select g.public_id, o.unit_id, o.subtree from what_opens(%s, %s) o join access_grant g on g.id = o.grant_id",
        [user.id, now()],
    )
    tops = [id_ for _, id_, subtree in opened if subtree]
    mine = visible_units(actor).filter(InScope(actor, "anc", "id", Permission.USER_EDIT), anc__contains=[unit.id])
    found = mine.filter(Q(anc__overlap=tops) | Q(id__in=[id_ for _, id_, _ in opened]))
    if data.q:
        found = found.filter(name_key__contains=name_key(data.q))
    page = sorted_page(found, data, data.sort, {"name": Order("name_key", str)})
    grants = {grant.id: grant for grant in user_rows(actor, [user])[0].grants}
    holds = holds_of(user.id, [one.id for one in page.items])
    return Page(tuple(_reached(one, holds.get(one.id, ()), grants) for one in page.items), page.next)


def _reached(unit: Unit, held: Sequence[Hold], grants: Mapping[UUID, GrantRow]) -> ReachedUnit:
    perms = Permission(0)
    for one in held:
        perms |= one.perms
    link = UnitLink(unit.public_id, UnitKind(unit.kind), unit.name)
    by = tuple(grants[one.grant] for one in held if one.grant in grants)
    return ReachedUnit(link, words(perms), any(unit.entity_id in one.entities for one in held), by)
