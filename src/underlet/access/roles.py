"""Which roles there are to give on a unit: the built-in ones, its own, and those of the units above it (R34, P3)."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from underlet.access.models import Grant, OwnRole
from underlet.foundation.database.sql import scalar
from underlet.kernel.errors import GrantExceedsCeiling, InvalidInput, NameTaken
from underlet.kernel.naming import name_key
from underlet.kernel.permission import (
    EVERY_PERMISSION,
    ROLE_PERMISSIONS,
    Permission,
    Role,
    masks_of,
    names_of,
    permissions_of,
    within_ceiling,
)
from underlet.organization.models import Unit

OWN_ROLES_AT_MOST = 200
"""Of one unit."""


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """A role to give. role: a built-in one, "" for an own one. label: its name, of a built-in one the stored word."""

    perms: Permission
    role: str
    own_role_id: int | None
    label: str


def assignable_roles(unit: Unit) -> QuerySet[OwnRole]:
    """The own roles that may be given on a unit: its own and those of the units above it.

    Whoever gives roles there may read them without seeing the unit that made them; the policy on `role` decides.
    """
    return OwnRole.objects.filter(unit_id__in=unit.anc)


def is_built_in(text: str) -> bool:
    """Whether a text names a built-in role."""
    return text in {one.value for one in Role}


def resolve(unit: Unit, text: str) -> RoleChoice:
    """The role to give on a unit, by the name of a built-in one or the id of an own one.

    Raises InvalidInput for one that is not there to give, hidden and absent alike; GrantExceedsCeiling for one that
    allows more than roles on the unit may hold (P2).
    """
    choice = resolve_any(unit, text)
    check_ceiling(unit, choice.perms)
    return choice


def ceiling_of(unit: Unit) -> Permission:
    """What roles on a unit may hold at most, by what was set for it and for the units above it (P2)."""
    return Permission(int(scalar("select ceiling_of(%s) & %s", [unit.id, int(EVERY_PERMISSION)])))


def may_limit(unit: Unit, raised: int = 0) -> bool:
    """Whether the actor administers roles above a unit, and so sets and lifts what roles in it may hold (P2).

    raised: what roles there could not hold before: nobody allows more than they hold themselves.
    """
    return bool(scalar("select may_limit(%s, %s)", [unit.id, raised]))


def check_ceiling(unit: Unit, perms: Permission) -> None:
    """Whether a role on the unit may hold this much. Raises GrantExceedsCeiling."""
    if not within_ceiling(perms, ceiling_of(unit)):
        raise GrantExceedsCeiling(
            "This role allows more than roles may hold here.",
            hint="Choose a smaller role, or ask whoever administers from above to raise the limit.",
        )


def check_role_name(unit_id: int, name: str) -> None:
    """Whether a unit's own role may be called this. Raises InvalidInput, NameTaken."""
    if is_built_in(name_key(name).replace(" ", "_")):
        raise InvalidInput(fields={"name": "A built-in role is called this."})
    if OwnRole.objects.filter(unit_id=unit_id, name_key=name_key(name)).exists():
        raise NameTaken("Another role of this unit has this name.")


def perms_after(role: OwnRole, permissions: Collection[str] | None, masks: Collection[str] | None) -> Permission:
    """What a role allows after a change; None leaves that part as it is."""
    held = Permission(role.perms)
    return permissions_of(
        names_of(held) if permissions is None else permissions, masks_of(held) if masks is None else masks
    )


def role_of(grant: Grant) -> str:
    """What the role of a grant is called: the stored word of a built-in one, the name of an own one."""
    return grant.role or (grant.own_role.name if grant.own_role else "")


def resolve_any(unit: Unit, text: str) -> RoleChoice:
    """The same, whatever roles may hold there. Raises InvalidInput."""
    if is_built_in(text):
        return RoleChoice(ROLE_PERMISSIONS[Role(text)], text, None, text)
    own = assignable_roles(unit).filter(public_id=public_id).first() if (public_id := _as_id(text)) else None
    if own is None:
        raise InvalidInput(fields={"role": "There is no such role to give here."})
    return RoleChoice(Permission(own.perms), "", own.id, own.name)


def with_role(text: str) -> Q:
    """Grants with a role, by the name of a built-in one or the id of an own one."""
    if is_built_in(text):
        return Q(role=text)
    public_id = _as_id(text)
    return Q(own_role__public_id=public_id) if public_id else Q(role="", own_role=None)


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
