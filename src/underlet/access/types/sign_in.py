"""Inputs and results about sessions, and about who must have a second factor."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import Field

from underlet.foundation.types import Input

_WHOSE = "Whose; without it, one's own. Others: people whose every role lies where one administers users"


class ListSessions(Input):
    """The sessions of a person."""

    user: UUID | None = Field(default=None, description=_WHOSE)


class EndSessions(Input):
    """Which sessions of a person end."""

    user: UUID | None = Field(default=None, description=_WHOSE)
    session: UUID | None = Field(default=None, description="The one that ends; without it, all do")
    keep: UUID | None = Field(default=None, description="One that stays when all others end")


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Where somebody is signed in. browser: as it names itself; address: of the network; last_seen_at: to minutes."""

    id: UUID
    browser: str
    address: str
    created_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of a person, the last used first."""

    name: str
    email: str
    items: tuple[SessionRow, ...]


@dataclass(frozen=True, slots=True)
class SessionsEnded:
    """How many sessions ended."""

    count: int


class SetSignInPolicy(Input):
    """How people of a unit and of those below it have to sign in."""

    requires_second_factor: bool = Field(description="Whether a passkey or an authenticator app is a must")


@dataclass(frozen=True, slots=True)
class SignInPolicy:
    """How people of a unit have to sign in. requires_second_factor: as set here; in_force: here or at a unit above."""

    requires_second_factor: bool
    in_force: bool
