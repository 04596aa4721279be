"""Reads of API keys: one's own, and those bound to units whose keys one administers."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from underlet.access.models import ApiToken, User
from underlet.access.types import ListTokens, ListUnitTokens, TokenRow, UnitTokenRow
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.listing import BY_ID, Order, sorted_page
from underlet.foundation.registry import Subject, query
from underlet.foundation.types import Page
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, unit_links, visible_units
from underlet.organization.scope import InScope
from underlet.organization.types import UnitLink

TOKEN_PREFIX = "underlet_"  # noqa: S105 (what keys begin with)
SOON = timedelta(days=14)
"""How long before its end a key says that it ends soon."""


def digest(secret: str) -> str:
    """What is kept of an API key."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_row(actor: Actor, token: ApiToken) -> TokenRow:
    """An API key without its secret."""
    return token_rows(actor, [token])[0]


def token_rows(actor: Actor, tokens: Sequence[ApiToken]) -> list[TokenRow]:
    """API keys without their secrets; one query, whatever their number."""
    links = unit_links(actor, [token.unit_id for token in tokens if token.unit_id is not None])
    return [_row(token, links) for token in tokens]


def _row(token: ApiToken, links: dict[int, UnitLink]) -> TokenRow:
    held = None if token.perms is None else Permission(token.perms)
    names = None if held is None else tuple(str(one.name).lower() for one in Permission if one in held)
    return TokenRow(
        token.public_id, token.name, token.purpose, token.unit_id is not None,
        links.get(token.unit_id) if token.unit_id is not None else None,
        names, tuple(str(one) for one in token.networks or ()), _state(token), token.created_at, token.expires_at,
        token.last_used_at, token.last_used_from, token.previous_until, token.revoked_at,
    )  # fmt: skip


def _state(token: ApiToken) -> str:
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at is None or token.expires_at > now() + SOON:
        return "active"
    return "expired" if token.expires_at <= now() else "expires_soon"


def find_own_token(actor: Actor, public_id: UUID) -> ApiToken | None:
    """One of the actor's own API keys."""
    return ApiToken.objects.filter(user_id=actor.id, public_id=public_id).first()


OWN_TOKEN = Subject("token", find_own_token, lambda token: 0, lambda token: 0)


def _tokens_in(actor: Actor) -> QuerySet[ApiToken]:
    """Keys bound to units whose keys the actor administers."""
    places = visible_units(actor).filter(InScope(actor, "anc", "id", Permission.TOKEN_EDIT))
    return ApiToken.objects.filter(unit__in=places)


def find_unit_token(actor: Actor, public_id: UUID) -> ApiToken | None:
    """An API key bound to a unit whose keys the actor administers."""
    return _tokens_in(actor).select_related("unit").filter(public_id=public_id).first()


def _unit_of(token: ApiToken) -> Unit:
    if token.unit is None:
        raise LookupError("a key of a unit has one")
    return token.unit


UNIT_TOKEN = Subject(
    "unit_token", find_unit_token, lambda token: _unit_of(token).id, lambda token: _unit_of(token).hierarchy_id
)


_TOKEN_ORDERS = {
    "created": BY_ID,
    "name": Order("name_key", str),
    "expires": Order("expires_at", datetime, is_nullable=True),
    "used": Order("last_used_at", datetime, is_nullable=True),
}


def _in_state(state: str) -> Q:
    """API keys that are active (those that end soon among them), end soon, are expired or revoked."""
    if state == "revoked":
        return Q(revoked_at__isnull=False)
    is_over = Q(expires_at__isnull=False, expires_at__lte=now())
    if state == "expires_soon":
        return Q(revoked_at=None, expires_at__gt=now(), expires_at__lte=now() + SOON)
    return Q(revoked_at=None) & (is_over if state == "expired" else ~is_over)


def _page(found: QuerySet[ApiToken], data: ListTokens) -> Page[ApiToken]:
    found = found.annotate(name_key=Lower("name"))
    if data.state:
        found = found.filter(_in_state(data.state))
    return sorted_page(found, data, data.sort, _TOKEN_ORDERS)


@query("token.list")
def list_tokens(actor: Actor, data: ListTokens) -> Page[TokenRow]:
    """List one's own API keys, newest first by default."""
    page = _page(ApiToken.objects.filter(user_id=actor.id), data)
    return Page(tuple(token_rows(actor, page.items)), page.next)


@query("token.list_of_unit", needs=Permission.TOKEN_EDIT, subject=UNIT)
def list_unit_tokens(actor: Actor, unit: Unit, data: ListUnitTokens) -> Page[UnitTokenRow]:
    """List the API keys bound to a unit or one below it, whoever owns them, newest first by default (P1)."""
    below = visible_units(actor).filter(
        InScope(actor, "anc", "id", Permission.TOKEN_EDIT), anc__contains=[unit.id]
    )
    page = _page(ApiToken.objects.filter(unit__in=below), data)
    owners = dict(User.objects.filter(id__in=[one.user_id for one in page.items]).values_list("id", "name"))
    rows = zip(page.items, token_rows(actor, page.items), strict=True)
    return Page(tuple(UnitTokenRow(row.id, owners.get(one.user_id), row) for one, row in rows), page.next)
