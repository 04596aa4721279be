"""Inputs and results of the access context."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from underlet.foundation.types import SORTED_BY, CurrencyCode, Input, PageInput
from underlet.kernel.pricing.types import Metric
from underlet.organization.types import Language, UnitLink

Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254, examples=["ada@example.com"])]


class CreateHierarchy(Input):
    """A new hierarchy and its root unit (R1)."""

    name: str = Field(min_length=1, max_length=120, description="Name of the root unit")
    currency: CurrencyCode = Field(default="EUR", description="Reporting currency of the root")
    metric: Metric = Field(default=Metric.EFFECTIVE, description="Provider cost metric that is the root's cost")


RoleName = Annotated[
    str,
    Field(
        max_length=40,
        description="A built-in role by its name, or the id of one of the unit's own or of a unit above it (`role.list`)",
        examples=["viewer"],
    ),
]
GrantScope = Literal["subtree", "customers"]
_SCOPE = "subtree: the unit and everything below it; customers: of this customer organization, later ones included"


class NameInput(Input):
    """A name that units may take or not, whatever its case."""

    name: str = Field(min_length=1, max_length=253)


class ListNames(PageInput):
    """Names that the installation holds back."""

    q: str = Field(default="", max_length=200, description="Part of the name, ignoring case")
    sort: Literal["name", "-name"] = Field(default="name", description=SORTED_BY)


class InviteUser(Input):
    """A person who gets a role on the subject unit and everything below it, or on the customers of the subject."""

    email: Email
    name: str = Field(min_length=1, max_length=120)
    role: RoleName
    language: Language = "en"
    scope: GrantScope = Field(default="subtree", description=_SCOPE)


class RevokeGrant(Input):
    """Which person loses which role on the subject unit."""

    email: Email
    role: RoleName
    scope: GrantScope = Field(default="subtree", description=_SCOPE)


class UpdateMe(Input):
    """How pages speak to oneself and look; fields left out stay as they are."""

    language: Language | None = Field(default=None, description="Of texts, dates and numbers on pages")
    theme: Literal["auto", "light", "dark"] | None = Field(default=None, description="auto: as the device")


class CreateToken(Input):
    """A new API key of one's own."""

    name: str = Field(min_length=1, max_length=80, description="What the key is for")
    expires_in_days: int | None = Field(default=None, ge=1, le=3660)


class ListUsers(PageInput):
    """People with a grant on the subject unit, above it or below it."""

    q: str = Field(default="", max_length=200, description="Part of the name or address")
    role: str = Field(default="", max_length=40, description="Only people with this role, by name or id")
    sort: Literal["name", "-name", "email", "-email", "signed_in", "-signed_in"] = Field(
        default="name", description=SORTED_BY
    )


class ListHistory(PageInput):
    """Changes of the subject unit."""

    what: Literal["", "fields", "operations"] = Field(
        default="", description="Only changes of fields, or only operations that changed none"
    )
    sort: Literal["-at", "at"] = Field(default="-at", description="Newest first, or oldest first")


class ListTokens(PageInput):
    """One's own API keys."""

    state: Literal["", "active", "expired", "revoked"] = ""
    sort: Literal["created", "-created", "name", "-name", "expires", "-expires", "used", "-used"] = Field(
        default="-created", description=SORTED_BY
    )


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One role. scope: subtree: on the unit and everything below it; unit: on it alone; customers: on all customers of
    this customer organization, later ones included. unit: None where the reader sees one of those customers only.
    role: a built-in one by its name, else the id of an own one, and role_name what it is called.
    """

    id: UUID
    role: str
    unit: UnitLink | None
    scope: str
    role_name: str = ""


@dataclass(frozen=True, slots=True)
class UserRow:
    """A person and the grants of theirs that the reader may see."""

    id: UUID
    name: str
    email: str
    is_active: bool
    last_login: datetime | None
    grants: tuple[GrantRow, ...]


@dataclass(frozen=True, slots=True)
class Invited:
    """The person, and where they set their password; the path works once and is never stored.

    mailed: whether a mail to them is on its way; without a mail server, the inviter passes the link on.
    """

    user: UserRow
    welcome_path: str
    mailed: bool


@dataclass(frozen=True, slots=True)
class Revoked:
    """What was taken back."""

    id: UUID
    revoked: bool = True


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


@dataclass(frozen=True, slots=True)
class Me:
    """Who is asking. theme: of their pages: auto, light or dark."""

    id: UUID
    name: str
    email: str
    language: str
    theme: str
    is_operator: bool
    home: tuple[UnitLink, ...]


@dataclass(frozen=True, slots=True)
class HeldName:
    """A name that no new unit gets. is_reserved: by the operator; else it was an archived customer's. since: of either,
    the earlier."""

    name: str
    is_reserved: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class NameHeld:
    """What became of a name. is_held: no unit takes it. has_changed: the operation made it so."""

    name: str
    is_held: bool
    has_changed: bool


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a unit before and after. "" = empty; None = a unit that the reader does not see.

    Units are told by name, as they are called now, or were last; a legal entity as "own" or "inherited".
    """

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """What one change did to a unit, or an operation on it that changed no field of its own.

    actor: who, "" = the software itself, or somebody whom the reader may not know. by_key: by an API key of theirs.
    operation: its name, where the reader may read the audit trail of the unit; else "".
    """

    at: datetime
    actor: str
    by_key: bool
    kind: Literal["created", "changed", "done"]
    operation: str
    changes: tuple[FieldChange, ...]
