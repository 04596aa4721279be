"""Writes on units; their life in `life`. `unit.create` lives in `access`, because a new unit joins groups; `unit.move`
in `contracts`, because a move ends contracts."""

from underlet.foundation.actor import Actor
from underlet.foundation.registry import operation
from underlet.kernel.errors import Forbidden, VersionConflict
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.naming import check_display_name, name_key, search_key
from underlet.kernel.permission import Permission
from underlet.organization.customer_organizations import refer
from underlet.organization.environments import check_not_frozen
from underlet.organization.masks import is_own_customer
from underlet.organization.models import Unit
from underlet.organization.names import check_name
from underlet.organization.new_units import checked_price_type
from underlet.organization.queries import UNIT, unit_view, visible_units
from underlet.organization.time_zones import check_time_zone
from underlet.organization.types import UnitView, UpdateUnit

_TEXTS = ("display_name", "organization_number", "time_zone", "code")


@operation(
    "unit.update", needs=Permission.UNIT_EDIT, subject=UNIT, states={"draft", "active"},
    audit=("name", *_TEXTS, "price_type"),
)  # fmt: skip
def update_unit(actor: Actor, unit: Unit, data: UpdateUnit) -> UnitView:
    """Rename a unit, change its texts, the price type of a customer (R4, R14, R20, R22), or choose a customer's
    customer organization (R77, R82).

    Raises VersionConflict, NamePattern, NameTaken, NameUnavailable, NameFrozen and PriceTypeFrozen while the customer's
    environment exists (R21, R22), and of a customer organization that it is permanent, inactive or in use. A price type
    is set by people with rights above the customer: Forbidden for others; RawCostNotDisclosed (R24) and RawCostAltered
    (R25) where contracts do not fit raw cost only.
    """
    if data.version is not None and data.version != unit.version:
        raise VersionConflict()
    price_type = checked_price_type(UnitKind(unit.kind), data.price_type) or unit.price_type
    check_not_frozen(
        unit,
        is_renamed=data.name is not None and data.name != unit.name,
        is_repriced=price_type != unit.price_type,
    )
    if price_type != unit.price_type and is_own_customer(unit):
        raise Forbidden("The price type of a customer is set from above it.")
    unit.price_type = price_type
    if data.name is not None and data.name != unit.name:
        unit.name = check_name(actor, UnitKind(unit.kind), unit.hierarchy_id, data.name, besides=unit.id)
        unit.name_key = name_key(unit.name)
    for field in _TEXTS:
        value = getattr(data, field)
        if value is not None:
            setattr(unit, field, value)
    unit.display_name = check_display_name(unit.display_name)
    check_time_zone(unit.time_zone)
    unit.also_key = search_key(unit.display_name, unit.code, unit.organization_number)
    unit.version += 1
    referring = ("anchor_id",) if refer(actor, unit, data.customer_organization) else ()
    unit.save(update_fields=["name", "name_key", "also_key", *_TEXTS, "price_type", "version", *referring])
    return unit_view(actor, visible_units(actor).get(id=unit.id))
