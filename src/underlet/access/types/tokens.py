"""Inputs and results about API keys."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from underlet.foundation.types import SORTED_BY, Input, PageInput
from underlet.kernel.permission import Permission
from underlet.organization.types import UnitLink

TokenPurpose = Literal["api", "directory"]
TOKEN_DAYS = 365
"""How long a key lasts unless somebody chose otherwise."""
_PERMISSIONS = [str(one.name).lower() for one in Permission]


def _permission(name: str) -> str:
    if name not in _PERMISSIONS:
        raise ValueError("There is no such permission.")
    return name


def _network(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise ValueError("Write networks as 192.0.2.0/24, 2001:db8::/48 or one address.") from None


PermissionName = Annotated[str, AfterValidator(_permission), Field(json_schema_extra={"enum": _PERMISSIONS})]
Network = Annotated[str, AfterValidator(_network), Field(max_length=60, examples=["192.0.2.0/24"])]
TokenName = Annotated[str, Field(min_length=1, max_length=80, description="What the key is for")]
Networks = Annotated[list[Network], Field(max_length=20, description="From where it can be used; none = anywhere")]
Lifetime = Annotated[int, Field(ge=1, le=3660, description="Days until it ends")]


class CreateToken(Input):
    """A new API key of one's own."""

    name: TokenName
    unit: UUID | None = Field(
        default=None, description="Only in this unit and below it; none = wherever one may oneself"
    )
    permissions: list[PermissionName] | None = Field(
        default=None, min_length=1, description="Only with these; none = with all that one has oneself"
    )
    read_only: bool = Field(default=False, description="Only to read, of whatever it may otherwise do")
    networks: Networks = []
    expires_in_days: Lifetime = TOKEN_DAYS
    purpose: TokenPurpose = Field(
        default="api", description="directory: only to provision people and groups of the unit (SCIM)"
    )


class UpdateToken(Input):
    """Fields of an API key; those left out stay as they are."""

    name: TokenName | None = None
    networks: Networks | None = None


class RotateToken(Input):
    """A new secret for an API key."""

    grace_hours: int = Field(
        default=24, ge=0, le=72, description="How long the present secret goes on beside the new one"
    )
    expires_in_days: Lifetime = TOKEN_DAYS


class ListTokens(PageInput):
    """One's own API keys."""

    state: Literal["", "active", "expires_soon", "expired", "revoked"] = ""
    sort: Literal["created", "-created", "name", "-name", "expires", "-expires", "used", "-used"] = Field(
        default="-created", description=SORTED_BY
    )


class ListUnitTokens(ListTokens):
    """API keys bound to the subject unit or one below it, whoever owns them."""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """An API key without its secret. permissions, networks: its limits; None and () = none.

    is_bound: whether it is limited to a unit; unit: which, None also where the reader does not see it any more.

    state: active, expires_soon (within 14 days), expired or revoked. previous_until: until then the secret before the
    last rotation is taken, too.
    """

    id: UUID
    name: str
    purpose: str
    is_bound: bool
    unit: UnitLink | None
    permissions: tuple[str, ...] | None
    networks: tuple[str, ...]
    state: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    last_used_from: str | None
    previous_until: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnitTokenRow:
    """A key of somebody's that is bound to a unit. owner: their name; None = somebody whom the reader does not see."""

    id: UUID
    owner: str | None
    key: TokenRow


@dataclass(frozen=True, slots=True)
class TokenCreated:
    """A new API key; `secret` is shown this once."""

    token: TokenRow
    secret: str
