"""Writes to what belongs to the whole installation."""

from underlet.access.types import CreateHierarchy, NameHeld, NameInput
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import scalar
from underlet.foundation.registry import operation
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.money import exponent
from underlet.kernel.naming import check_unit_name, name_key
from underlet.kernel.permission import ROLE_PERMISSIONS, Role
from underlet.organization.models import Hierarchy, Unit
from underlet.organization.types import HierarchyView


@operation("hierarchy.create", waive={"web": "on the set-up page only, where it is called root unit"})
def create_hierarchy(actor: Actor, data: CreateHierarchy) -> HierarchyView:
    """Create a hierarchy and name its root unit (R1); the actor becomes its owner."""
    name = check_unit_name(UnitKind.ORGANIZATION, data.name)
    exponent(data.currency)
    hierarchy_id = scalar(
        "select create_hierarchy(%s, %s, %s, %s, %s, %s)",
        [name, name_key(name), data.currency, data.metric, now(), int(ROLE_PERMISSIONS[Role.OWNER])],
    )
    hierarchy = Hierarchy.objects.get(id=hierarchy_id)
    root = Unit.objects.get(hierarchy=hierarchy, parent=None)
    return HierarchyView(hierarchy.public_id, hierarchy.name, hierarchy.currency, hierarchy.metric, root.public_id)


@operation("name.reserve", idempotency="natural")
def reserve_name(actor: Actor, data: NameInput) -> NameHeld:
    """Reserve a name: no new unit of the installation gets it, whoever asks; a unit that has it keeps it (R19)."""
    name = check_unit_name(UnitKind.ORGANIZATION, data.name)
    has_changed = bool(scalar("select reserve_name(%s, %s, %s)", [name, name_key(name), now()]))
    return NameHeld(name, is_held=True, has_changed=has_changed)


@operation("name.release", idempotency="natural")
def release_name(actor: Actor, data: NameInput) -> NameHeld:
    """Free a name that was reserved, or that an archived customer had: the next unit that asks may take it (R19).

    The archived customer keeps it for itself until then; it is restored under another one afterwards.
    """
    has_changed = bool(scalar("select release_name(%s, %s)", [name_key(data.name), now()]))
    return NameHeld(data.name, is_held=False, has_changed=has_changed)
