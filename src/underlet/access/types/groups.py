"""Inputs and results about groups of units."""

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from underlet.foundation.types import SORTED_BY, Input, PageInput
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.price_type import PriceType
from underlet.organization.types import CreateUnit, ListCustomersOf, UnitLink

MOST_MEMBERS = 10_000
"""Members that one call names."""
_PATTERN = "* is any text, ? any character; case is ignored"
_Ids = Annotated[
    tuple[UUID, ...], BeforeValidator(lambda given: given.split(",") if isinstance(given, str) else given)
]


class GroupRule(Input):
    """Which units below the group's unit are its members: all that meet every condition given."""

    kind: Literal["organization", "customer"] | None = None
    state: Literal["draft", "active", "archived"] | None = None
    price_type: PriceType | None = Field(default=None, description="Of customers")
    name: str = Field(default="", max_length=253, description=_PATTERN, examples=["*.example.com"])
    display_name: str = Field(default="", max_length=200, description=_PATTERN)
    code: str = Field(default="", max_length=40, description=_PATTERN, examples=["NORTH-*"])
    organization_number: str = Field(default="", max_length=40, description=_PATTERN)
    below: UUID | None = Field(default=None, description="Only units below this one")
    customer_organization: UUID | None = Field(default=None, description="Only customers that refer to this one")


class CreateGroup(Input):
    """A new group of units below the subject."""

    name: str = Field(min_length=1, max_length=120, description="Unique in its unit")
    description: str = Field(default="", max_length=500)
    rule: GroupRule | None = Field(default=None, description="Left out: its members are chosen one by one.")


class UpdateGroup(Input):
    """What changes of a group; fields left out stay as they are."""

    name: str | None = Field(default=None, min_length=1, max_length=120)
    description: str | None = Field(default=None, max_length=500)
    rule: GroupRule | None = Field(
        default=None, description="A rule without conditions ends the rule; who is a member then stays one."
    )
    version: int | None = Field(default=None, description="The version you saw; refused if it changed since.")


class PreviewRule(GroupRule):
    """A rule before it is saved."""

    group: UUID | None = Field(default=None, description="The group that would get it; left out: a new one")


class SetMembers(Input):
    """All members of a group."""

    units: _Ids = Field(max_length=MOST_MEMBERS, description="Ids of units below the group's unit")


class RemoveMembers(Input):
    """Members that leave a group."""

    units: _Ids = Field(min_length=1, max_length=MOST_MEMBERS, description="Ids of members")


class EveryUnit(Input):
    """Every unit below the group's unit that a search finds."""

    q: str = Field(
        default="", max_length=200, description="Part of name, display name, code or organization number"
    )
    kind: Literal["", "organization", "customer"] = Field(default="", description="Only this kind")


class AddMembers(Input):
    """Units that join a group: those named, and every one that a search finds."""

    units: _Ids = Field(default=(), max_length=MOST_MEMBERS, description="Ids of units below the group's unit")
    every: EveryUnit | None = None


class ListGroups(PageInput):
    """Groups that one sees in the hierarchy of the subject."""

    q: str = Field(default="", max_length=200, description="Part of the name, ignoring case")
    where: Literal["", "below", "member"] = Field(
        default="", description="below: kept by the subject or a unit below it; member: the subject is a member"
    )
    sort: Literal["name", "-name"] = Field(default="name", description=SORTED_BY)


class FindGroups(PageInput):
    """Groups to choose from, by name."""

    q: str = Field(default="", max_length=200, description="Part of the name, ignoring case")


class ChooseGroups(Input):
    """Groups of the subject's hierarchy to choose from."""

    q: str = Field(default="", max_length=200, description="Part of the name, ignoring case")
    joinable: bool = Field(default=False, description="Only those that new units may join")
    limit: int = Field(default=100, ge=1, le=500)


class ListMembers(ListCustomersOf):
    """Members of the subject, by name."""

    kind: Literal["", "organization", "customer"] = Field(default="", description="Only this kind")


class CreateUnitInGroups(CreateUnit):
    """A new unit below the subject. A customer gets a legal entity of its own unless told otherwise."""

    groups: _Ids = Field(default=(), max_length=50, description="Ids of the groups that it joins (R53)")


class CreateUnitInGroup(CreateUnit):
    """A new unit below the unit of the subject, and in it."""

    groups: _Ids = Field(default=(), max_length=50, description="Ids of more groups that it joins")


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group in a list. unit: whose it is, None where the reader does not see that.

    is_ruled: its members come by a rule. members: how many the reader sees. may_join: new units of the reader may.
    """

    id: UUID
    name: str
    description: str
    unit: UnitLink | None
    is_ruled: bool
    members: int
    may_join: bool


@dataclass(frozen=True, slots=True)
class GroupName:
    """A group in a choice."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class GroupChoices:
    """Groups by name. is_cut: there are more."""

    groups: tuple[GroupName, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class GroupRuleView:
    """A group's rule. below, customer_organization: None where not given, or not visible to the reader."""

    kind: UnitKind | None
    state: str | None
    price_type: PriceType | None
    name: str
    display_name: str
    code: str
    organization_number: str
    below: UnitLink | None
    customer_organization: UnitLink | None


@dataclass(frozen=True, slots=True)
class GroupPerson:
    """A person who looks after a group. role: a built-in one, "" for an own one, which role_name then names."""

    id: UUID
    name: str
    role: str
    role_name: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """One group in full. people: who looks after it, for those who administer users of its unit.

    may_edit: the reader may change the group; may_create: and create units in it.
    """

    id: UUID
    name: str
    description: str
    unit: UnitLink | None
    rule: GroupRuleView | None
    members: int
    version: int
    people: tuple[GroupPerson, ...]
    may_edit: bool
    may_create: bool


@dataclass(frozen=True, slots=True)
class RulePreview:
    """What a rule would do. members: that the group would then have; joining, leaving: how many of them come and go."""

    members: int
    joining: int
    leaving: int


@dataclass(frozen=True, slots=True)
class MembersChanged:
    """How many units joined and left a group, and how many members it has."""

    id: UUID
    added: int
    removed: int
    members: int


@dataclass(frozen=True, slots=True)
class GroupRemoved:
    """A group that is gone, and with it the roles on it."""

    id: UUID
    removed: bool = True
