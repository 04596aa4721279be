"""Reads of people and of their roles."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject, Lower

from underlet.access.models import Grant, User
from underlet.access.roles import with_role
from underlet.access.types import GrantRow, ListUsers, UserRow
from underlet.foundation.actor import Actor
from underlet.foundation.listing import Order, sorted_page
from underlet.foundation.registry import query
from underlet.foundation.types import Page, decode_cursor, page_of
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.naming import name_key
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, linked, visible_units
from underlet.organization.scope import InScope
from underlet.organization.types import FindUnits, UnitLink

CUSTOMERS = "customers"
"""The scope of a grant on all customers of a customer organization."""


def _on_units(units: QuerySet[Unit]) -> Q:
    """Grants that lie on these units, or reach them as customers of a customer organization (R75)."""
    return Q(unit__in=units) | Q(scope=CUSTOMERS, unit__in=units.exclude(anchor=None).values("anchor"))


def user_rows(actor: Actor, users: Sequence[User]) -> list[UserRow]:
    """People with those of their grants that reach units visible to the actor; one query, whatever their number.

    Who sees a customer learns that somebody comes to it by a role for all customers of its customer organization, and
    not which that is unless they see it.
    """
    # Not joined: a unit that the reader does not see would take the grant along.
    unit = visible_units(actor).filter(id=OuterRef("unit_id"))
    link = Subquery(unit.values(json=JSONObject(id="public_id", kind="kind", name="name")))
    found = Grant.objects.filter(_on_units(visible_units(actor)), user__in=[user.id for user in users]).annotate(
        link=link,
        depth=Subquery(unit.values("depth")),
        key=Subquery(unit.values("name_key")),
        own_id=F("own_role__public_id"),
        own_name=F("own_role__name"),
    )
    grants: dict[int, list[GrantRow]] = {user.id: [] for user in users}
    for grant in found.order_by(F("depth").asc(nulls_last=True), "key", "role"):
        grants[grant.user_id].append(
            GrantRow(
                grant.public_id,
                grant.role or str(grant.own_id or ""),
                linked(grant.link) if grant.link else None,
                grant.scope,
                grant.own_name or "",
            )
        )
    return [
        UserRow(user.public_id, user.name, user.email, user.is_active, user.last_login, tuple(grants[user.id]))
        for user in users
    ]


def visible_users(actor: Actor, unit: Unit, role: str = "") -> QuerySet[User]:
    """People with a grant, or one of a role, that reaches the unit or one below it (first belt: the unit is visible and
    allows USER_EDIT)."""
    below = visible_units(actor).filter(anc__contains=[unit.id])
    grants = Grant.objects.filter(_on_units(below), with_role(role) if role else Q())
    return User.objects.filter(id__in=grants.values("user_id"))


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
    if data.q:
        users = users.filter(Q(name__icontains=data.q) | Q(email__icontains=data.q))
    page = sorted_page(users, data, data.sort, _USER_ORDERS)
    return Page(tuple(user_rows(actor, page.items)), page.next)


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
