"""Inputs and results about people and their roles."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from underlet.foundation.types import SORTED_BY, Input, PageInput
from underlet.organization.types import Language, UnitLink

Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254, examples=["ada@example.com"])]


RoleName = Annotated[
    str,
    Field(
        max_length=40,
        description="A built-in role by its name, or one of the unit's own or of a unit above it by its id",
        examples=["viewer"],
    ),
]
GrantScope = Literal["subtree", "unit", "customers", "group"]
_SCOPE = (
    "subtree: the unit and everything below it; unit: it alone; customers: of this customer organization, later ones"
    " included; group: the members of groups of this unit, later ones included"
)
Ends = Annotated[
    date | None,
    Field(description="First UTC day on which it opens nothing any more; empty: it does not end"),
]
MOST_INVITED = 500
"""People in one list or file."""


class GivenRole(Input):
    """A role, where it holds, and until when."""

    role: RoleName
    scope: GrantScope = Field(default="subtree", description=_SCOPE)
    groups: tuple[UUID, ...] = Field(default=(), max_length=100, description="With the scope group: on which")
    ends_on: Ends = None


class InviteUser(GivenRole):
    """A person who gets a role on the subject unit, alone or with everything below it, on the customers of the subject,
    or on groups of it."""

    email: Email
    name: str = Field(min_length=1, max_length=120)
    language: Language = "en"


class InviteMany(GivenRole):
    """People who get the same role: typed as a list, or sent as a CSV file with a line for each."""

    people: str = Field(
        default="", max_length=100_000, description="One a line or after a comma: an address, or Name <address>"
    )
    upload: UUID | None = Field(
        default=None, description="A CSV file with the column email and, where wanted, name, role and language"
    )
    language: Language = "en"


class GiveRole(GivenRole):
    """A role for somebody who has one below one's own units already."""

    user: UUID


class UpdateGrant(Input):
    """What becomes of a role; fields left out stay as they are."""

    role: RoleName | None = None
    scope: Literal["subtree", "unit"] | None = Field(default=None, description=_SCOPE)
    ends_on: Ends = None


class OfPerson(Input):
    """A person with a role on the subject unit or below it."""

    user: UUID


class RevokeGrant(Input):
    """Which person loses which role on the subject unit."""

    email: Email
    role: RoleName
    scope: GrantScope = Field(default="subtree", description=_SCOPE)
    group: UUID | None = Field(default=None, description="With the scope group: on which")


PersonState = Literal["invited", "active", "ends_soon", "suspended", "ended"]


class ListUsers(PageInput):
    """People with a grant on the subject unit or below it."""

    state: PersonState | Literal[""] = ""

    q: str = Field(default="", max_length=200, description="Part of the name or address")
    role: str = Field(default="", max_length=40, description="Only people with this role, by its name or id")
    sort: Literal["name", "-name", "email", "-email", "signed_in", "-signed_in"] = Field(
        default="name", description=SORTED_BY
    )


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One role. scope: subtree: on the unit and everything below it; unit: on it alone; customers: on all customers of
    this customer organization, later ones included. unit: None where the reader sees one of those customers only.
    role: a built-in one by its name, else the id of an own one, and role_name what that is called. group, group_id:
    the group by its name and id, for scope group. state: active, suspended or ended. may_change: whether the reader
    may take it back. from_directory: whether a group of a directory that the reader administers gives it: it is taken
    back there.
    """

    id: UUID
    role: str
    unit: UnitLink | None
    scope: str
    role_name: str = ""
    group: str = ""
    ends_on: date | None = None
    state: str = "active"
    may_change: bool = False
    from_directory: bool = False
    group_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class UserRow:
    """A person and the grants of theirs that the reader may see.

    state: invited until they signed in or set a password; ends_soon: a role ends within two weeks; suspended or ended:
    all these roles are.
    """

    id: UUID
    name: str
    email: str
    is_active: bool
    last_login: datetime | None
    grants: tuple[GrantRow, ...]
    state: PersonState = "active"


@dataclass(frozen=True, slots=True)
class Invited:
    """The person, and where they set their password; the path works once and is never stored.

    mailed: whether a mail to them is on its way; it alone holds the path then. Without a mail server, the inviter
    passes the path on.
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
class PersonChange:
    """What suspending, resuming or removing a person does, or did: the roles it is about."""

    user: UserRow
    grants: tuple[GrantRow, ...]


@dataclass(frozen=True, slots=True)
class InviteLine:
    """One line of a list of people. what: invite: they get the role, and are asked in if new; nothing: they have it;
    problem: the line is refused, and `problem` says why."""

    line: int
    email: str
    name: str
    role: str
    what: Literal["invite", "nothing", "problem"]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class InvitePreview:
    """What inviting a list of people would do, line by line."""

    lines: tuple[InviteLine, ...]
    invited: int
    problems: int


@dataclass(frozen=True, slots=True)
class WelcomeLink:
    """Where a new person sets their password."""

    email: str
    path: str


@dataclass(frozen=True, slots=True)
class InvitedMany:
    """How many people got the role, and, where the installation sends no mails, the links of those who are new; each
    works once and is never stored."""

    invited: int
    unchanged: int
    mailed: bool
    links: tuple[WelcomeLink, ...]
