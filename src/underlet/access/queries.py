"""Reads of the access context: who is asking, who may do what where, one's own API keys."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject, Lower

from underlet.access.models import ApiToken, Grant, User
from underlet.access.roles import with_role
from underlet.access.types import (
    GrantRow,
    HeldName,
    ListNames,
    ListTokens,
    ListUsers,
    Me,
    TokenRow,
    UserRow,
)
from underlet.foundation.actor import Actor, ActorKind
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, rows
from underlet.foundation.listing import BY_ID, Order, sorted_page
from underlet.foundation.registry import Subject, query
from underlet.foundation.types import NoInput, Page, decode_cursor, encode_cursor, not_a_cursor, page_of
from underlet.kernel.errors import Forbidden, Unauthenticated
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.naming import name_key
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import Sentence
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, linked, list_home_units, visible_units
from underlet.organization.scope import InScope
from underlet.organization.types import FindUnits, UnitLink

CUSTOMERS = "customers"
"""The scope of a grant on all customers of a customer organization."""
TOKEN_PREFIX = "underlet_"  # noqa: S105 (what keys begin with)
_LAST_USED_PRECISION = timedelta(minutes=1)


def actor_of(user: User) -> Actor:
    """The actor of a signed-in person."""
    _refresh(user)
    return Actor(user.id, user.name, ActorKind.USER, user.is_operator, user.language)


def _refresh(user: User) -> None:
    """Let what a person may do be made anew once one of their grants has ended; before every request and job."""
    if user.scope_until is not None and user.scope_until <= now():
        execute("select refresh_scope(%s, %s)", [user.id, now()])


def actor_by_email(email: str) -> Actor:
    """The actor of an active person, for the command line. Raises Unauthenticated for anybody else."""
    user = User.objects.filter(email_key=email.strip().casefold(), is_active=True).first()
    if user is None:
        raise Unauthenticated(Sentence("There is no active person with the e-mail address {email}.", email=email))
    return actor_of(user)


def operator() -> Actor | None:
    """The operator of the installation, who acts at the command line; None before set-up."""
    user = User.objects.filter(is_operator=True, is_active=True).order_by("id").first()
    return actor_of(user) if user else None


def actor_by_id(actor_id: int) -> Actor:
    """The actor that something was left to be done for. Raises Unauthenticated for one that may not act any more."""
    user = User.objects.filter(id=actor_id, is_active=True).first()
    if user is not None:
        return actor_of(user)
    token = ApiToken.objects.select_related("user").filter(id=actor_id).first()
    if token is None or not _is_valid(token):
        raise Unauthenticated("Whoever asked for this may not act here any more.")
    return _actor_of_token(token)


def digest(secret: str) -> str:
    """What is kept of an API key."""
    return hashlib.sha256(secret.encode()).hexdigest()


def actor_by_token(secret: str) -> Actor:
    """The actor of an API key; runs before any actor exists. Raises Unauthenticated (S7)."""
    token = ApiToken.objects.select_related("user").filter(digest=digest(secret)).first()
    if token is None or not _is_valid(token):
        raise Unauthenticated("This API key is unknown, expired or revoked.")
    moment = now()
    if token.last_used_at is None or moment - token.last_used_at > _LAST_USED_PRECISION:
        ApiToken.objects.filter(id=token.id).update(last_used_at=moment)
    return _actor_of_token(token)


def _is_valid(token: ApiToken) -> bool:
    is_over = token.expires_at is not None and token.expires_at <= now()
    return token.revoked_at is None and not is_over and token.user.is_active


def _actor_of_token(token: ApiToken) -> Actor:
    _refresh(token.user)
    # Installation rights stay with people: a key acts within the grants of its owner, no further.
    return Actor(token.id, token.name, ActorKind.TOKEN, False, token.user.language, token.user_id)


@query("user.me")
def show_me(actor: Actor, data: NoInput) -> Me:
    """Show who is asking, and the topmost units of their grants."""
    return me(actor)


def me(actor: Actor) -> Me:
    """Who the actor is."""
    home = tuple(UnitLink(row.id, row.kind, row.name) for row in list_home_units(actor, FindUnits()).items)
    if actor.kind is ActorKind.TOKEN:
        token = ApiToken.objects.get(id=actor.id)
        return Me(token.public_id, token.name, "", actor.language, "auto", False, home)
    user = User.objects.get(id=actor.id)
    return Me(user.public_id, user.name, user.email, user.language, user.theme, user.is_operator, home)


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


@query("name.list")
def list_names(actor: Actor, data: ListNames) -> Page[HeldName]:
    """List the names that no new unit gets: reserved ones and those of archived customers, by name. The operator of the
    installation only, because others may not know whose they were (R19)."""
    if not actor.is_operator:
        raise Forbidden("Only the operator of the installation may do this.")
    sort, after = decode_cursor(data.after, str, str) or (data.sort, "")
    if sort != data.sort:
        raise not_a_cursor()
    found = rows(
        "select name_key, name, is_reserved, since from held_names(%s, %s, %s, %s)",
        [after, name_key(data.q), sort == "-name", data.limit + 1],
    )
    kept = found[: data.limit]
    cursor = encode_cursor(sort, kept[-1][0]) if len(found) > data.limit else None
    return Page(tuple(HeldName(*row[1:]) for row in kept), cursor)


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


def token_row(token: ApiToken) -> TokenRow:
    """An API key without its secret."""
    return TokenRow(
        token.public_id, token.name, token.created_at, token.expires_at, token.last_used_at, token.revoked_at
    )


def find_own_token(actor: Actor, public_id: UUID) -> ApiToken | None:
    """One of the actor's own API keys."""
    return ApiToken.objects.filter(user_id=actor.id, public_id=public_id).first()


OWN_TOKEN = Subject("token", find_own_token, lambda token: 0, lambda token: 0)


_TOKEN_ORDERS = {
    "created": BY_ID,
    "name": Order("name_key", str),
    "expires": Order("expires_at", datetime, is_nullable=True),
    "used": Order("last_used_at", datetime, is_nullable=True),
}


def _in_state(state: str) -> Q:
    """API keys that are active, expired or revoked."""
    if state == "revoked":
        return Q(revoked_at__isnull=False)
    is_over = Q(expires_at__isnull=False, expires_at__lte=now())
    return Q(revoked_at=None) & (is_over if state == "expired" else ~is_over)


@query("token.list")
def list_tokens(actor: Actor, data: ListTokens) -> Page[TokenRow]:
    """List one's own API keys, newest first by default."""
    tokens = ApiToken.objects.filter(user_id=actor.id).annotate(name_key=Lower("name"))
    if data.state:
        tokens = tokens.filter(_in_state(data.state))
    page = sorted_page(tokens, data, data.sort, _TOKEN_ORDERS)
    return Page(tuple(token_row(token) for token in page.items), page.next)
