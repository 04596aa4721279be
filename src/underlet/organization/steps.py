"""Writes that higher contexts call inside their own operation: no transaction, no registration."""

from underlet.foundation.actor import can, require
from underlet.foundation.clock import now
from underlet.foundation.database.sql import scalar
from underlet.kernel.errors import GrantExceedsCeiling, InvalidInput, MoveIntoOwnSubtree, RootCannotMove
from underlet.kernel.hierarchy import UnitKind, UnitState, check_child
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import Sentence
from underlet.organization.models import Unit
from underlet.organization.queries import levels_below


def check_move(unit: Unit, parent: Unit) -> None:
    """Whether the actor of the open transaction may move a unit, with all below it, below another organization.

    Needs UNIT_EDIT at both ends. Raises RootCannotMove, Forbidden, MoveIntoOwnSubtree, ParentMustBeOrganization,
    DepthExceeded; GrantExceedsCeiling out of the branch of a limit for roles that the actor may not lift (P2).
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
    _check_limits(unit, parent)


def _check_limits(unit: Unit, parent: Unit) -> None:
    """Limits for roles belong to `access`, which stands above this context; so they are asked for in SQL alone."""
    within = scalar("select move_within(%s)", [unit.id])
    if within is None or within in parent.anc:
        return
    limited = Unit.objects.filter(id=within).first() if can(Permission.READ, within) else None
    raise GrantExceedsCeiling(
        Sentence("This would leave the limit for roles in {unit}, which you may not lift.", unit=limited.name)
        if limited
        else "This would leave a limit for roles that is set from above, which you may not lift.",
        hint="Choose a parent below the same limit, or ask whoever may lift it to move the unit.",
    )


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
