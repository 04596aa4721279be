"""Writes of own roles and of ceilings."""

from uuid import UUID

from underlet.access.models import OwnRole, UnitCeiling
from underlet.access.queries.roles import ROLE, ceiling_view, holders_of, role_view
from underlet.access.roles import OWN_ROLES_AT_MOST, check_ceiling, check_role_name, may_limit, perms_after
from underlet.access.types import CeilingView, EditRole, RoleDeleted, RoleView, SetCeiling, UpdateRole
from underlet.foundation.actor import Actor, can_below
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute
from underlet.foundation.registry import operation
from underlet.foundation.types import NoInput
from underlet.kernel.errors import Forbidden, GrantExceedsCeiling, NotFound, RoleInUse, VersionConflict, WrongState
from underlet.kernel.naming import name_key
from underlet.kernel.permission import EVERY_PERMISSION, Permission, permissions_of
from underlet.kernel.sentence import Sentence
from underlet.organization.models import Unit
from underlet.organization.queries import MOVING_UNIT, UNIT

_NAMED = 5


@operation("role.create", needs=Permission.ROLE_EDIT, subject=UNIT)
def create_role(actor: Actor, unit: Unit, data: EditRole) -> RoleView:
    """Make a role of the unit's own, to be given on it and everything below it (R34, R44, P3).

    Raises GrantExceedsCeiling for more than the actor holds in the unit and below, or than roles may hold there (P2);
    NameTaken, WrongState for one too many.
    """
    perms = permissions_of(data.permissions, data.masks)
    _check_held(unit.id, perms)
    check_ceiling(unit, perms)
    check_role_name(unit.id, data.name)
    if OwnRole.objects.filter(unit=unit).count() >= OWN_ROLES_AT_MOST:
        raise WrongState(Sentence("A unit has at most {most} roles of its own.", most=OWN_ROLES_AT_MOST))
    execute(
        "insert into role (unit_id, name, name_key, description, perms, created_at) values (%s, %s, %s, %s, %s, %s)",
        [unit.id, data.name, name_key(data.name), data.description, int(perms), now()],
    )
    return role_view(actor, unit, OwnRole.objects.get(unit=unit, name_key=name_key(data.name)))


@operation(
    "role.update",
    needs=Permission.ROLE_EDIT,
    subject=ROLE,
    audit=("name", "description", "perms"),
    idempotency="natural",
)
def update_role(actor: Actor, role: OwnRole, data: UpdateRole) -> RoleView:
    """Change an own role; what it allows changes at once for everybody who has it (A6).

    Raises GrantExceedsCeiling for a role that allows, or would allow, more than the actor holds in its unit and below,
    in every customer for which it was given, or than roles may hold there; NameTaken, VersionConflict.
    """
    if data.version is not None and data.version != role.version:
        raise VersionConflict()
    perms = perms_after(role, data.permissions, data.masks)
    _check_held(role.unit_id, Permission(role.perms) | perms)
    if perms != role.perms:
        check_ceiling(role.unit, perms)
    if data.name is not None and name_key(data.name) != role.name_key:
        check_role_name(role.unit_id, data.name)
    role.name = role.name if data.name is None else data.name
    role.name_key = name_key(role.name)
    role.description = role.description if data.description is None else data.description
    role.perms = int(perms)
    role.version += 1
    role.save(update_fields=["name", "name_key", "description", "perms", "version"])
    return role_view(actor, role.unit, role)


@operation("role.delete", needs=Permission.ROLE_EDIT, subject=ROLE, audit=("name", "perms"))
def delete_role(actor: Actor, role: OwnRole, data: NoInput) -> RoleDeleted:
    """Delete an own role that nobody has any more. Raises RoleInUse, which says how many have it and where."""
    _check_held(role.unit_id, Permission(role.perms))
    holders = holders_of(actor, role)
    if holders:
        places = sorted({one.unit.name for one in holders if one.unit is not None})
        where = ", ".join(places[:_NAMED]) + (" …" if len(places) > _NAMED else "")
        count = len({one.id for one in holders})
        raise RoleInUse(
            Sentence("{count} people have this role, in {where}.", count=count, where=where)
            if count > 1
            else Sentence("{name} has this role, in {where}.", name=holders[0].name, where=where)
        )
    public_id: UUID = role.public_id
    role.delete()
    return RoleDeleted(public_id)


def _check_held(unit_id: int, perms: Permission) -> None:
    """Nobody makes or changes a role beyond what they hold in its unit and everything below (P2)."""
    if not can_below(perms | Permission.ROLE_EDIT, unit_id):
        raise GrantExceedsCeiling(
            "This role allows more than you may do in the unit and everything below it.",
            hint="Take out what you may not do yourself, or ask an administrator who may.",
        )


@operation("role_ceiling.set", needs=Permission.ROLE_EDIT, subject=MOVING_UNIT, idempotency="natural")
def set_ceiling(actor: Actor, unit: Unit, data: SetCeiling) -> CeilingView:
    """Set what roles on a unit and below it may hold at most; binds at once on all of them (P2).

    For whoever administers roles above the unit: its own people cannot lift their own limit. Raises Forbidden, and
    GrantExceedsCeiling for a limit that is raised above what the actor holds.
    """
    perms = int(permissions_of(data.permissions, data.masks) | Permission.WRITE)
    _require_above(unit, perms)
    changed = UnitCeiling.objects.filter(unit=unit).update(perms=perms)
    if not changed:
        execute("insert into unit_ceiling (unit_id, perms) values (%s, %s)", [unit.id, perms])
    return ceiling_view(unit)


@operation("role_ceiling.clear", needs=Permission.ROLE_EDIT, subject=MOVING_UNIT, idempotency="natural")
def clear_ceiling(actor: Actor, unit: Unit, data: NoInput) -> CeilingView:
    """Take the limit for roles on a unit away; what was set above it stays (P2).

    Raises Forbidden for the unit's own people, NotFound without a limit, GrantExceedsCeiling where that lets roles hold
    more than the actor does.
    """
    _require_above(unit, int(EVERY_PERMISSION))
    if not UnitCeiling.objects.filter(unit=unit).delete()[0]:
        raise NotFound()
    return ceiling_view(unit)


def _require_above(unit: Unit, perms: int) -> None:
    """Whether the actor may let roles there hold so much; the database checks the same again (P2)."""
    if not may_limit(unit):
        raise Forbidden(
            "Only who administers roles above this unit sets what its roles may hold.",
            hint="Ask an administrator of the unit above.",
        )
    limited = UnitCeiling.objects.filter(unit=unit).values_list("perms", flat=True).first()
    if limited is not None and not may_limit(unit, perms & ~limited):
        raise GrantExceedsCeiling(
            "This would let roles hold more than you may do in the unit above and everything below it.",
            hint="Take out what you may not do yourself, or ask an administrator who may.",
        )
