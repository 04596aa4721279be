"""Inputs and results about API keys."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from underlet.foundation.types import SORTED_BY, Input, PageInput


class CreateToken(Input):
    """A new API key of one's own."""

    name: str = Field(min_length=1, max_length=80, description="What the key is for")
    expires_in_days: int | None = Field(default=None, ge=1, le=3660)


class ListTokens(PageInput):
    """One's own API keys."""

    state: Literal["", "active", "expired", "revoked"] = ""
    sort: Literal["created", "-created", "name", "-name", "expires", "-expires", "used", "-used"] = Field(
        default="-created", description=SORTED_BY
    )


@dataclass(frozen=True, slots=True)
class TokenRow:
    """An API key without its secret."""

    id: UUID
    name: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class TokenCreated:
    """A new API key; `secret` is shown this once."""

    token: TokenRow
    secret: str
