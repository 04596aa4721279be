"""Writes on legal entities: the parties that contracts and documents name."""

from collections.abc import Mapping

from underlet.foundation.actor import Actor
from underlet.foundation.registry import operation
from underlet.kernel.errors import InvalidInput
from underlet.kernel.permission import Permission
from underlet.organization.models import LegalEntity, Unit
from underlet.organization.new_units import new_entity
from underlet.organization.queries import UNIT, unit_view, visible_units
from underlet.organization.types import UnitView, UpdateLegalEntity

_AUDITED = ("is_entity_own", *(f"entity.{name}" for name in UpdateLegalEntity.model_fields))


@operation(
    "legal_entity.update",
    needs=Permission.UNIT_EDIT,
    subject=UNIT,
    below=True,
    states={"draft", "active"},
    audit=_AUDITED,
)
def update_legal_entity(actor: Actor, unit: Unit, data: UpdateLegalEntity) -> UnitView:
    """Set the legal data of a unit, as documents print it.

    A unit that inherited its legal entity gets its own; units below that inherit follow it.
    """
    changes = data.model_dump(exclude_none=True)
    if not unit.is_entity_own:
        unit.entity_id = new_entity(unit.entity, unit.display_name or unit.name)
        unit.is_entity_own = True
        unit.save(update_fields=["entity_id", "is_entity_own"])
    if changes:
        _check_electronic(unit.entity, changes)
        LegalEntity.objects.filter(id=unit.entity_id).update(**changes)
    return unit_view(actor, visible_units(actor).get(id=unit.id))


def _check_electronic(entity: LegalEntity, changes: Mapping[str, str]) -> None:
    """An electronic address means something only in a scheme (EN 16931 BR-62, BR-63)."""
    address, scheme = (
        changes.get(name, getattr(entity, name)) for name in ("electronic_address", "electronic_address_scheme")
    )
    if bool(address) != bool(scheme):
        missing = "electronic_address_scheme" if address else "electronic_address"
        raise InvalidInput(fields={missing: "An e-invoice address and its kind go together."})
