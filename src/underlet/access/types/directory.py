"""Inputs and results about directories: people and groups that somebody else keeps for a unit (SCIM)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from underlet.access.types.people import Email, RoleName
from underlet.foundation.types import SORTED_BY, Input, PageInput
from underlet.organization.types import UnitLink

MOST_MEMBERS = 10_000
"""People in one group of a directory."""
_Text = Annotated[str, Field(max_length=200)]
_Name = Annotated[str, Field(min_length=1, max_length=200)]
_External = Annotated[str, Field(max_length=200, description="What the directory itself knows it by")]
_Members = Annotated[
    list[UUID], Field(max_length=MOST_MEMBERS, description="Entries of people in it, all of them")
]
_Version = Annotated[int | None, Field(description="The version that is changed; another one by now is refused")]


class CreateDirectoryUser(Input):
    """A person as the directory keeps them."""

    user_name: _Name
    email: Email
    email_type: _Text = ""
    external_id: _External = ""
    display_name: _Text = ""
    given_name: _Text = ""
    family_name: _Text = ""
    active: bool = True


class UpdateDirectoryUser(Input):
    """Fields of an entry; those left out stay as they are."""

    user_name: _Name | None = None
    email: Email | None = None
    email_type: _Text | None = None
    external_id: _External | None = None
    display_name: _Text | None = None
    given_name: _Text | None = None
    family_name: _Text | None = None
    active: bool | None = None
    version: _Version = None


class CreateDirectoryGroup(Input):
    """A group of the directory."""

    display_name: _Name
    external_id: _External = ""
    members: _Members = []


class UpdateDirectoryGroup(Input):
    """Fields of a group; those left out stay as they are."""

    display_name: _Name | None = None
    external_id: _External | None = None
    members: _Members | None = None
    add: _Members = Field(default=[], description="Entries that come into it, in place of naming all")
    remove: _Members = Field(default=[], description="Entries that leave it")
    version: _Version = None


class MapDirectoryGroup(Input):
    """The role that a group stands for; without a role it stands for none."""

    role: RoleName | None = None
    unit: UUID | None = Field(
        default=None, description="Where: this unit and everything below it; none = the directory's own unit"
    )
    unit_group: UUID | None = Field(default=None, description="On the units of this group, in place of a unit")


class ListDirectoryUsers(PageInput):
    """People in the directory of the subject unit."""

    q: str = Field(default="", max_length=200, description="Part of the name or address")
    active: Literal["", "yes", "no"] = Field(default="", description="Only those who are active, or are not")
    sort: Literal["name", "-name", "changed", "-changed"] = Field(default="name", description=SORTED_BY)


class ListDirectoryGroups(PageInput):
    """Groups in the directory of the subject unit."""

    q: str = Field(default="", max_length=200, description="Part of the name")
    sort: Literal["name", "-name", "changed", "-changed"] = Field(default="name", description=SORTED_BY)


@dataclass(frozen=True, slots=True)
class GroupLink:
    """A group of a directory, in a few words."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class DirectoryUserRow:
    """A person as the directory keeps them. groups: of the directory, that they are in."""

    id: UUID
    user_name: str
    email: str
    email_type: str
    external_id: str
    display_name: str
    given_name: str
    family_name: str
    active: bool
    groups: tuple[GroupLink, ...]
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Mapping:
    """The role that a group stands for. role: the name of a built-in one, or the id of a unit's own.

    role_name: of an own one. unit: where; None where the reader does not see it. unit_group: on its units.
    """

    role: str
    role_name: str
    unit: UnitLink | None
    unit_group: str | None


@dataclass(frozen=True, slots=True)
class DirectoryGroupRow:
    """A group of the directory. members: how many people are in it."""

    id: UUID
    display_name: str
    external_id: str
    members: int
    mapping: Mapping | None
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class EntryRemoved:
    """What is gone."""

    id: UUID
    removed: bool = True


@dataclass(frozen=True, slots=True)
class DirectoryView:
    """How a unit's directory is reached and how it goes. path: below the address of this installation.

    keys: how many keys for it work. last_call_at: None = it never called. last_error: the last refusal, in its words.
    """

    path: str
    keys: int
    users: int
    groups: int
    last_call_at: datetime | None
    last_error: str
    last_error_at: datetime | None
