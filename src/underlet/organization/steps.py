"""Writes that higher contexts call inside their own operation: no transaction, no registration."""

from underlet.foundation.actor import Actor, require
from underlet.foundation.database.sql import scalar
from underlet.kernel.errors import MoveIntoOwnSubtree, RootCannotMove
from underlet.kernel.hierarchy import UnitKind, check_move
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit


def relocate_unit(actor: Actor, unit: Unit, parent: Unit) -> None:
    """Move a unit with all its descendants below another organization (R10, R11).

    Both must be locked by the caller. Needs UNIT_EDIT at both ends. Raises the named structural refusals.
    """
    if unit.parent_id is None:
        raise RootCannotMove()
    require(Permission.UNIT_EDIT, parent.id)
    require(Permission.UNIT_EDIT, unit.parent_id)
    if unit.id in parent.anc:
        raise MoveIntoOwnSubtree()
    height = int(scalar("select coalesce(max(cardinality(anc)), 0) from unit where %s = any (anc)", [unit.id]))
    check_move(UnitKind(parent.kind), UnitKind(unit.kind), parent.depth, height - unit.depth + 1)
    unit.parent = parent
    unit.version += 1
    unit.save(update_fields=["parent", "version"])
