"""Inputs and results about roles and their ceilings."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from pydantic import Field

from underlet.access.types.people import RoleName
from underlet.foundation.types import SORTED_BY, Input, PageInput
from underlet.kernel.permission import Mask
from underlet.organization.types import UnitLink

PermissionName = Literal[
    "unit_edit", "user_edit", "brand_edit", "account_edit", "import", "contract_edit", "billing_run", "invoice_issue",
    "audit_read", "token_edit", "environment_edit", "group_edit", "role_edit", "view_as", "sign_in_edit",
]  # fmt: skip
_PERMISSIONS = "What the role allows; seeing the unit goes with every role"
_MASKS = "Figures that the role hides: prices hides cost and margin too, cost hides margin too"
_ALL_MASKS = (Mask.PRICES, Mask.COST, Mask.MARGIN)


class EditRole(Input):
    """A role of a unit's own (P3)."""

    name: str = Field(min_length=1, max_length=80)
    description: str = Field(default="", max_length=400, description="Whom it is for")
    permissions: tuple[PermissionName, ...] = Field(default=(), max_length=40, description=_PERMISSIONS)
    masks: tuple[Mask, ...] = Field(default=_ALL_MASKS, max_length=3, description=_MASKS)


class UpdateRole(Input):
    """Changes of an own role; fields left out stay as they are."""

    name: str | None = Field(default=None, min_length=1, max_length=80)
    description: str | None = Field(default=None, max_length=400, description="Whom it is for")
    permissions: tuple[PermissionName, ...] | None = Field(default=None, max_length=40, description=_PERMISSIONS)
    masks: tuple[Mask, ...] | None = Field(default=None, max_length=3, description=_MASKS)
    version: int | None = Field(default=None, description="The version you saw; refused if it changed since.")


class PreviewRole(Input):
    """What a role would allow; fields left out stay as they are."""

    permissions: str | None = Field(default=None, max_length=400, description=_PERMISSIONS + "; commas between")
    masks: str | None = Field(default=None, max_length=40, description=_MASKS + "; commas between")


class NamedRole(Input):
    """One role among those that may be given on the subject unit."""

    role: RoleName


class ListRoles(PageInput):
    """Roles that may be given on the subject unit."""

    q: str = Field(default="", max_length=200, description="Part of the name")
    kind: Literal["", "built_in", "own"] = Field(default="", description="Only built-in roles, or only own ones")
    sort: Literal["name", "-name"] = Field(default="name", description=SORTED_BY)


class SetCeiling(Input):
    """What roles on the subject unit and below it may hold at most."""

    permissions: tuple[PermissionName, ...] = Field(default=(), max_length=40, description="What they may allow")
    masks: tuple[Mask, ...] = Field(default=(), max_length=3, description="Figures that they must hide")


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role to give. role: what grants take: a built-in one's name, or an own one's id. unit: whose own it is; None
    for a built-in one, and where the reader does not see that unit. masks: figures that it hides. holders: how many
    people have it on the subject unit or below. is_within: whether the reader, and the unit's ceiling, let it be given.
    """

    role: str
    name: str
    description: str
    is_built_in: bool
    unit: UnitLink | None
    permissions: tuple[str, ...]
    masks: tuple[Mask, ...]
    holders: int
    is_within: bool


@dataclass(frozen=True, slots=True)
class RoleView:
    """A role to give, as in a list. version: of an own one, for its next change. may_edit: whether the reader may
    change it: where they administer the roles of its unit and hold what it allows.
    """

    role: str
    name: str
    description: str
    is_built_in: bool
    unit: UnitLink | None
    permissions: tuple[str, ...]
    masks: tuple[Mask, ...]
    holders: int
    is_within: bool
    version: int
    may_edit: bool


@dataclass(frozen=True, slots=True)
class RoleHolder:
    """A person with a role, and where."""

    id: UUID
    name: str
    unit: UnitLink | None


@dataclass(frozen=True, slots=True)
class RolePreview:
    """What a change of a role would do at once. gained, lost: names of permissions, and of figures as "prices", "cost",
    "margin". people: how many hold the role; holders: the first of them, by name.
    """

    gained: tuple[str, ...]
    lost: tuple[str, ...]
    people: int
    holders: tuple[RoleHolder, ...]


@dataclass(frozen=True, slots=True)
class RoleDeleted:
    """The role that is gone."""

    id: UUID


@dataclass(frozen=True, slots=True)
class CeilingView:
    """What roles on a unit and below it may hold at most. is_set: for the unit itself. permissions, masks: all in all,
    with what was set for the units above it. may_set: whether the reader administers it from above.
    """

    is_set: bool
    permissions: tuple[str, ...]
    masks: tuple[Mask, ...]
    may_set: bool
