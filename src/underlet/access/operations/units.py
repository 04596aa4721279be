"""Making units: here, because a new unit joins groups (R53). What becomes of them later: `organization`."""

import json

from underlet.access.models import UnitGroup
from underlet.access.queries.groups import GROUP, chosen_groups
from underlet.access.types.groups import CreateUnitInGroup, CreateUnitInGroups
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import scalar
from underlet.foundation.registry import operation
from underlet.foundation.types import to_json
from underlet.kernel.errors import Forbidden, GroupRequired, InvalidInput
from underlet.kernel.permission import Permission
from underlet.organization.customer_organizations import refer
from underlet.organization.models import Unit
from underlet.organization.new_units import create_below, new_unit
from underlet.organization.queries import PARENT, unit_view, visible_units
from underlet.organization.types import UnitView

_STORED = (
    "kind", "name", "name_key", "also_key", "display_name", "organization_number", "time_zone", "code", "price_type",
    "state", "anchor_id", "created_at",
)  # fmt: skip
"""Columns of a new unit that its place does not give."""


@operation("unit.create", needs=Permission.UNIT_EDIT, subject=PARENT, below=True, states={"active"})
def create_unit(actor: Actor, parent: Unit, data: CreateUnitInGroups) -> UnitView:
    """Create an organization or a customer below a unit, and let it join groups (R3, R7, R12, R13, R53).

    A customer may refer to its customer organization (R77, R82). As a draft a unit is in preparation: it can be edited,
    but is chosen nowhere until `unit.activate`. Raises ParentMustBeOrganization, DepthExceeded, NamePattern, NameTaken,
    NameUnavailable, RateLimited, CustomerOrganizationInactive, CustomerOrganizationInUse; GroupRequired for whoever
    changes units here by roles on groups alone, and MemberOutsideSubtree.
    """
    groups = chosen_groups(actor, parent.hierarchy_id, data.groups)
    if not groups and scalar("select only_by_groups(%s)", [parent.id]):
        raise GroupRequired(fields={"groups": GroupRequired.default_detail})
    unit_id = create_below(actor, parent, data)
    _join(unit_id, groups)
    return unit_view(actor, visible_units(actor).get(id=unit_id))


@operation("group.create_unit", needs=Permission.UNIT_EDIT, subject=GROUP)
def create_unit_in_group(actor: Actor, group: UnitGroup, data: CreateUnitInGroup) -> UnitView:
    """Create an organization or a customer in a group, right below the unit that keeps the group (R52, R53).

    Whoever looks after the group need not see that unit, and is not told which it is; the new one is theirs at once.
    Raises what `unit.create` raises.
    """
    if not scalar("select may_join_group(%s)", [group.id]):
        raise Forbidden("No units are made in this group by you.", hint="Its members may follow its rule.")
    groups = chosen_groups(actor, group.hierarchy_id, data.groups)
    unit = new_unit(actor, group.hierarchy_id, data)
    refer(actor, unit, data.customer_organization)
    made = {name: to_json(getattr(unit, name)) for name in _STORED}
    entity = (unit.display_name or unit.name) if unit.is_entity_own else None
    unit_id = int(scalar("select create_below_group(%s, %s::jsonb, %s)", [group.id, json.dumps(made), entity]))
    _join(unit_id, [other for other in groups if other.id != group.id])
    return unit_view(actor, visible_units(actor).get(id=unit_id))


def _join(unit_id: int, groups: list[UnitGroup]) -> None:
    if groups and scalar("select join_new_unit(%s, %s)", [unit_id, [group.id for group in groups]]) < len(groups):
        raise InvalidInput(fields={"groups": "Choose groups that you look after, and whose members are chosen."})
