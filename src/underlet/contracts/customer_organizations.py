"""What a customer can choose as its customer organization: known here, because contracts and accounts decide it."""

from django.db.models import BooleanField, F, Func, Q

from underlet.foundation.actor import Actor
from underlet.foundation.registry import query
from underlet.foundation.types import Page
from underlet.kernel.hierarchy import UnitKind, UnitState
from underlet.kernel.permission import Permission
from underlet.organization.facets import named_like
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, units_by_name, visible_units
from underlet.organization.scope import InScope
from underlet.organization.types import FindUnits, UnitRow


@query("customer_organization.choices", needs=Permission.UNIT_EDIT, subject=UNIT)
def list_choices(actor: Actor, unit: Unit, data: FindUnits) -> Page[UnitRow]:
    """List what a customer of the hierarchy, this one or a new one below this unit, can refer to, by name (R77, R78).

    Activated customers that one may change and that are customer organizations or could be: without accounts,
    contracts and charges, past ones included, and referring to no other (R73, R74). None for a customer that has one
    already (R82) or is one.
    """
    is_open = unit.kind == UnitKind.ORGANIZATION or not (unit.anchors or unit.anchor_id)
    found = visible_units(actor).filter(
        InScope(actor, "anc", "id", Permission.UNIT_EDIT),
        Q(anchors=True) | ~Q(Func(F("id"), function="is_billed", output_field=BooleanField())),
        named_like(data.q),
        hierarchy_id=unit.hierarchy_id,
        kind=UnitKind.CUSTOMER,
        state=UnitState.ACTIVE,
        anchor=None,
    )
    return units_by_name(actor, found.exclude(id=unit.id) if is_open else found.none(), data, "name")
