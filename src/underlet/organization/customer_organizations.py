"""Customer organizations: a customer that others refer to, and that is itself never billed (R72–R82, ADR-0029).

The database keeps the rules; here they get their words, and the reads of what refers to what.
"""

from uuid import UUID

from underlet.foundation.actor import Actor, require
from underlet.foundation.registry import query
from underlet.foundation.types import Page
from underlet.kernel.errors import (
    CustomerOrganizationInactive,
    CustomerOrganizationInUse,
    CustomerOrganizationPermanent,
    InvalidInput,
)
from underlet.kernel.hierarchy import UnitKind, UnitState
from underlet.kernel.permission import Permission
from underlet.organization.facets import chosen, named_like
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, find_unit, units_by_name, visible_units
from underlet.organization.types import ListChildren, ListCustomersOf, UnitRow

_FIELD = "customer_organization"


def refer(actor: Actor, unit: Unit, wanted: UUID | None) -> bool:
    """Let a customer, new or present, refer to its customer organization; returns whether that is a change (R77, R82).

    Needs UNIT_EDIT there too, because it can never be billed from then on. Raises InvalidInput for what the actor does
    not see or cannot choose, Forbidden, CustomerOrganizationPermanent, CustomerOrganizationInactive,
    CustomerOrganizationInUse; the last, for hidden accounts and contracts, comes from the database.
    """
    if wanted is None:
        return False
    if unit.kind != UnitKind.CUSTOMER:
        raise InvalidInput(fields={_FIELD: "Only a customer has a customer organization."})
    found = find_unit(actor, wanted)
    if found is None or found.hierarchy_id != unit.hierarchy_id or found.kind != UnitKind.CUSTOMER:
        raise InvalidInput(fields={_FIELD: "Choose a customer of this hierarchy."})
    if unit.anchor_id is not None:
        if unit.anchor_id == found.id:
            return False
        raise CustomerOrganizationPermanent()
    require(Permission.UNIT_EDIT, found.id)
    if unit.anchors:
        raise CustomerOrganizationInUse(
            "This customer is a customer organization itself, so it refers to none.",
            hint="Create another customer instead.",
        )
    if found.id == unit.id:
        raise CustomerOrganizationInUse("A customer does not refer to itself.")
    if found.state != UnitState.ACTIVE:
        raise CustomerOrganizationInactive()
    if found.anchor_id is not None:
        raise CustomerOrganizationInUse("This customer refers to a customer organization itself.")
    unit.anchor_id = found.id
    return True


@query("customer_organization.customers", subject=UNIT)
def list_customers_of(actor: Actor, unit: Unit, data: ListCustomersOf) -> Page[UnitRow]:
    """List the customers that refer to a customer, as far as one sees them, by name (R73, R75)."""
    in_state = chosen(ListChildren(state=data.state))
    found = visible_units(actor).filter(in_state, named_like(data.q), anchor=unit)
    return units_by_name(actor, found, data, data.sort)
