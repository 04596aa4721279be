"""The life of a unit: a draft is activated, an archived unit restored, a customer promoted (ADR-0028).

Archiving lives in `contracts` and removing in `invoicing`, because of what stands against them.
"""

from underlet.foundation.actor import Actor, require
from underlet.foundation.registry import operation
from underlet.foundation.types import NoInput
from underlet.kernel.errors import UnitInUse, WrongState
from underlet.kernel.hierarchy import UnitKind, UnitState
from underlet.kernel.naming import name_key
from underlet.kernel.permission import Permission
from underlet.kernel.price_type import PriceType
from underlet.organization.models import Environment, Unit
from underlet.organization.names import check_name
from underlet.organization.queries import MOVING_UNIT, UNIT, unit_view, visible_units
from underlet.organization.types import RestoreUnit, UnitView


@operation("unit.activate", needs=Permission.UNIT_EDIT, subject=UNIT, states={"draft"}, audit=("state",))
def activate_unit(actor: Actor, unit: Unit, data: NoInput) -> UnitView:
    """Put a unit that was in preparation to work: from now on it can be chosen, assigned to and sold to (R76)."""
    unit.state = UnitState.ACTIVE
    unit.version += 1
    unit.save(update_fields=["state", "version"])
    return unit_view(actor, visible_units(actor).get(id=unit.id))


@operation(
    "unit.restore", needs=Permission.UNIT_EDIT, subject=MOVING_UNIT, below=True, states={"archived"},
    audit=("state", "name", "archived_at"),
)  # fmt: skip
def restore_unit(actor: Actor, unit: Unit, data: RestoreUnit) -> UnitView:
    """Bring an archived unit back as it was, below the unit it stood below, which must be active.

    Its contracts and assignments ended and stay so. Where its name was released and is gone, it takes another one.
    Raises WrongState, NamePattern, NameTaken, NameUnavailable.
    """
    _check_parent(unit)
    if data.name is not None or unit.name_released_at is not None:
        unit.name = check_name(
            actor, UnitKind(unit.kind), unit.hierarchy_id, data.name or unit.name, besides=unit.id
        )
        unit.name_key = name_key(unit.name)
    unit.state, unit.archived_at = UnitState.ACTIVE, None
    unit.version += 1
    unit.save(update_fields=["state", "archived_at", "name", "name_key", "version"])
    return unit_view(actor, visible_units(actor).get(id=unit.id))


@operation(
    "unit.promote", needs=Permission.UNIT_EDIT, subject=MOVING_UNIT, below=True, states={"draft", "active"},
    audit=("kind", "price_type"), idempotency="natural",
)  # fmt: skip
def promote_unit(actor: Actor, unit: Unit, data: NoInput) -> UnitView:
    """Make a customer an organization, which may have units below it and sell to them; for good (P33).

    Name, contract, accounts, people and history stay. The price type goes: organizations are not masked, so it needs
    the right to edit the unit above, too. Raises WrongState for what is no customer or belongs to a customer
    organization, UnitInUse for a customer that ever had an environment.
    """
    require(Permission.UNIT_EDIT, unit.parent_id or 0)
    if unit.kind != UnitKind.CUSTOMER or unit.anchors or unit.anchor_id is not None:
        raise WrongState("Only a customer outside of customer organizations becomes an organization.")
    if Environment.objects.filter(unit=unit).exists():
        raise UnitInUse(
            "It has or had an environment, which only a customer has.",
            hint="Create an organization, and leave this customer as it is.",
        )
    unit.kind, unit.price_type = UnitKind.ORGANIZATION, PriceType.SELLER_SET_ONLY
    unit.version += 1
    unit.save(update_fields=["kind", "price_type", "version"])
    return unit_view(actor, visible_units(actor).get(id=unit.id))


def _check_parent(unit: Unit) -> None:
    above = Unit.objects.filter(id=unit.parent_id or 0).first()
    if above is not None and above.state != UnitState.ACTIVE:  # a hidden one answers from its key
        raise WrongState("The unit above is archived too.", hint="Restore that one first.")
