"""Reads of one's own API keys."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from underlet.access.models import ApiToken
from underlet.access.types import ListTokens, TokenRow
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.listing import BY_ID, Order, sorted_page
from underlet.foundation.registry import Subject, query
from underlet.foundation.types import Page

TOKEN_PREFIX = "underlet_"  # noqa: S105 (what keys begin with)


def digest(secret: str) -> str:
    """What is kept of an API key."""
    return hashlib.sha256(secret.encode()).hexdigest()


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
