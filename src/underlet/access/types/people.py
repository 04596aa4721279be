"""Inputs and results about people and their roles."""

from dataclasses import dataclass
from datetime import datetime
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
GrantScope = Literal["subtree", "customers"]


_SCOPE = "subtree: the unit and everything below it; customers: of this customer organization, later ones included"


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


class ListUsers(PageInput):
    """People with a grant on the subject unit, above it or below it."""

    q: str = Field(default="", max_length=200, description="Part of the name or address")
    role: str = Field(default="", max_length=40, description="Only people with this role, by its name or id")
    sort: Literal["name", "-name", "email", "-email", "signed_in", "-signed_in"] = Field(
        default="name", description=SORTED_BY
    )


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One role. scope: subtree: on the unit and everything below it; unit: on it alone; customers: on all customers of
    this customer organization, later ones included. unit: None where the reader sees one of those customers only.
    role: a built-in one by its name, else the id of an own one, and role_name what that is called.
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
