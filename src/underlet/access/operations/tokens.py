"""Writes to one's own API keys."""

import secrets
from datetime import timedelta

from underlet.access.models import ApiToken
from underlet.access.queries import OWN_TOKEN, TOKEN_PREFIX, digest, token_row
from underlet.access.types import CreateToken, TokenCreated, TokenRow
from underlet.foundation.actor import Actor, ActorKind
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.registry import operation
from underlet.foundation.types import NoInput
from underlet.kernel.errors import Forbidden


@operation("token.create", own=True, secrets={"secret"})
def create_token(actor: Actor, data: CreateToken) -> TokenCreated:
    """Create an API key of one's own; the secret is shown once (P1, R93)."""
    if actor.kind is not ActorKind.USER:
        raise Forbidden("An API key cannot create API keys.", hint="Sign in and create it as a person.")
    token_id = int(scalar("select nextval('actor_id_seq')"))
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    expires_at = now() + timedelta(days=data.expires_in_days) if data.expires_in_days else None
    execute(
        "insert into api_token (id, user_id, name, digest, expires_at, created_at) values (%s, %s, %s, %s, %s, %s)",
        [token_id, actor.id, data.name, digest(secret), expires_at, now()],
    )
    return TokenCreated(token_row(ApiToken.objects.get(id=token_id)), secret)


@operation("token.revoke", own=True, subject=OWN_TOKEN, idempotency="natural")
def revoke_token(actor: Actor, token: ApiToken, data: NoInput) -> TokenRow:
    """Revoke an API key of one's own, at once."""
    if token.revoked_at is None:
        token.revoked_at = now()
        token.save(update_fields=["revoked_at"])
    return token_row(token)
