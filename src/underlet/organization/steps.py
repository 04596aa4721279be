"""Writes that higher contexts call inside their own operation: no transaction, no registration."""

from underlet.foundation.actor import require
from underlet.foundation.clock import now
from underlet.kernel.errors import InvalidInput, MoveIntoOwnSubtree, RootCannotMove
from underlet.kernel.hierarchy import UnitKind, UnitState, check_child
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import levels_below


def check_move(unit: Unit, parent: Unit) -> None:
    """Whether the actor of the open transaction may move a unit, with all below it, below another organization.

    Needs UNIT_EDIT at both ends. Raises RootCannotMove, Forbidden, MoveIntoOwnSubtree, ParentMustBeOrganization,
    DepthExceeded.
    """
    if unit.parent_id is None:
        raise RootCannotMove()
    require(Permission.UNIT_EDIT, parent.id)
    require(Permission.UNIT_EDIT, unit.parent_id)
    if unit.id in parent.anc:
        raise MoveIntoOwnSubtree()
    if parent.state != UnitState.ACTIVE:
        no = "Choose an active organization."
        raise InvalidInput(no, fields={"parent": no})
    check_child(UnitKind(parent.kind), UnitKind(unit.kind), parent.depth, levels_below(unit))


def set_archived(unit: Unit) -> None:
    """Archive an active unit; its keys and triggers refuse what stands against it. The caller holds the hierarchy's
    lock."""
    unit.state, unit.archived_at = UnitState.ARCHIVED, now()
    unit.version += 1
    unit.save(update_fields=["state", "archived_at", "version"])


def relocate_unit(unit: Unit, parent: Unit) -> None:
    """Move a unit with all its descendants below another organization, after `check_move` (R10, R11).

    The caller holds the hierarchy's lock.
    """
    unit.parent = parent
    unit.version += 1
    unit.save(update_fields=["parent", "version"])
