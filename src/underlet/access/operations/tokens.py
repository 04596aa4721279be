"""Writes to API keys: one's own, and those bound to units whose keys one administers."""

import secrets
from datetime import timedelta
from uuid import UUID

from underlet.access.models import ApiToken
from underlet.access.queries import OWN_TOKEN, TOKEN_PREFIX, UNIT_TOKEN, digest, token_row
from underlet.access.types import CreateToken, RotateToken, TokenCreated, TokenRow, UpdateToken
from underlet.foundation.actor import Actor, ActorKind
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.registry import operation
from underlet.foundation.types import NoInput
from underlet.kernel.errors import Forbidden, InvalidInput, WrongState
from underlet.kernel.permission import READING, Permission, with_what_it_needs, within_ceiling
from underlet.organization.models import Unit
from underlet.organization.queries import find_unit, permissions_in


def _secret() -> str:
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


@operation("token.create", own=True, secrets={"secret"})
def create_token(actor: Actor, data: CreateToken) -> TokenCreated:
    """Create an API key of one's own; the secret is shown once (P1, R93).

    It does what its owner may do at the moment of the call, within the limits chosen here: a unit with all below it,
    permissions, networks. A key of the purpose "directory" provisions the people and groups of its unit and does
    nothing else; for that its owner must administer the unit's users.
    """
    if actor.kind is not ActorKind.USER:
        raise Forbidden("An API key cannot create API keys.", hint="Sign in and create it as a person.")
    unit = _unit(actor, data.unit)
    if actor.is_sent and unit is None:  # it would outlive the trust in the provider, whatever roles come later
        raise InvalidInput(
            fields={"unit": "Choose a unit: you signed in through a provider of your organization."}
        )
    perms = _perms(data)
    _check(unit, perms, data)
    token_id, secret = int(scalar("select nextval('actor_id_seq')")), _secret()
    execute(
        "insert into api_token (id, user_id, name, digest, purpose, unit_id, perms, networks, expires_at, created_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s::cidr[], %s, %s)",
        [
            token_id, actor.id, data.name, digest(secret), data.purpose, unit.id if unit else None,
            None if perms is None else int(perms), data.networks or None,
            now() + timedelta(days=data.expires_in_days), now(),
        ],
    )  # fmt: skip
    return TokenCreated(_row(actor, token_id), secret)


def _row(actor: Actor, token_id: int) -> TokenRow:
    return token_row(actor, ApiToken.objects.get(id=token_id))


def _unit(actor: Actor, public_id: UUID | None) -> Unit | None:
    if public_id is None:
        return None
    unit = find_unit(actor, public_id)
    if unit is None:
        raise InvalidInput(fields={"unit": "Choose a unit that you see."})
    return unit


def _perms(data: CreateToken) -> Permission | None:
    """What the key may do at most; None = whatever its owner may."""
    if data.permissions is None:
        return READING if data.read_only else None
    chosen = Permission(0)
    for name in data.permissions:
        chosen |= Permission[name.upper()]
    chosen = with_what_it_needs(chosen)
    return chosen & READING if data.read_only else chosen


def _check(unit: Unit | None, perms: Permission | None, data: CreateToken) -> None:
    if data.purpose == "directory":
        if unit is None:
            raise InvalidInput(fields={"unit": "Choose the unit whose people it is for."})
        if not within_ceiling(Permission.USER_EDIT, permissions_in(unit)):
            raise Forbidden("You do not administer the users of this unit.")
    if unit is not None and data.permissions and not within_ceiling(perms or Permission(0), permissions_in(unit)):
        raise InvalidInput(fields={"permissions": "You do not hold all of these in this unit yourself."})


@operation("token.update", own=True, subject=OWN_TOKEN, idempotency="natural", audit=("name", "networks"))
def update_token(actor: Actor, token: ApiToken, data: UpdateToken) -> TokenRow:
    """Rename an API key of one's own, or change the networks that it can be used from (P1)."""
    if data.name is not None:
        execute("update api_token set name = %s where id = %s", [data.name, token.id])
    if data.networks is not None:
        execute("update api_token set networks = %s::cidr[] where id = %s", [data.networks or None, token.id])
    return _row(actor, token.id)


@operation("token.rotate", own=True, subject=OWN_TOKEN, secrets={"secret"})
def rotate_token(actor: Actor, token: ApiToken, data: RotateToken) -> TokenCreated:
    """Give an API key of one's own a new secret, shown once; the present one ends after the hours chosen (S7).

    One before it ends at once. The key lasts anew from now.
    """
    if token.revoked_at is not None:
        raise WrongState("This key was revoked.", hint="Create another one.")
    secret, moment = _secret(), now()
    goes_on = data.grace_hours > 0 and (token.expires_at is None or token.expires_at > moment)
    execute(
        "update api_token set digest = %s, previous_digest = %s, previous_until = %s, expires_at = %s where id = %s",
        [
            digest(secret), token.digest if goes_on else None,
            min(filter(None, (token.expires_at, moment + timedelta(hours=data.grace_hours)))) if goes_on else None,
            moment + timedelta(days=data.expires_in_days), token.id,
        ],
    )  # fmt: skip
    return TokenCreated(_row(actor, token.id), secret)


@operation("token.revoke", own=True, subject=OWN_TOKEN, idempotency="natural")
def revoke_token(actor: Actor, token: ApiToken, data: NoInput) -> TokenRow:
    """Revoke an API key of one's own, at once."""
    if token.revoked_at is None:
        token.revoked_at = now()
        token.save(update_fields=["revoked_at"])
    return token_row(actor, token)


@operation("token.revoke_in_unit", needs=Permission.TOKEN_EDIT, subject=UNIT_TOKEN, idempotency="natural")
def revoke_token_in_unit(actor: Actor, token: ApiToken, data: NoInput) -> TokenRow:
    """Revoke an API key that is bound to a unit whose keys one administers, whoever owns it; at once (P1, A6)."""
    execute("select revoke_unit_token(%s, %s)", [token.id, now()])
    return _row(actor, token.id)
