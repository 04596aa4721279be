"""The same change to several units at once, shown before it is made: all of them or none."""

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from underlet.foundation.actor import Actor
from underlet.foundation.database.constraints import refusal_of
from underlet.foundation.registry import operation, query
from underlet.kernel.errors import Forbidden, InvalidInput, Refusal
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.naming import search_key
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import Sentence, about
from underlet.organization.bulk.known import rights_in
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, visible_units
from underlet.organization.time_zones import check_time_zone
from underlet.organization.types import (
    ChangedUnit,
    ChangedValue,
    UnitsChanged,
    UnitsPreview,
    UpdateUnits,
)

_FIELDS = ("time_zone", "code", "organization_number", "price_type")


# A query that lists up to a hundred ids: short enough for an address.
@query("unit.preview_update_many", needs=Permission.UNIT_EDIT, subject=UNIT)
def preview_update_many(actor: Actor, unit: Unit, data: UpdateUnits) -> UnitsPreview:
    """Show what `unit.update_many` would change of each unit, and why it would refuse one (R14, R22)."""
    units = _found(actor, unit, data)
    refused = _refused(units, data)
    return UnitsPreview(
        tuple(_planned(one, data, refused.get(one.public_id)) for one in units),
        is_possible=not refused,
    )


@operation("unit.update_many", needs=Permission.UNIT_EDIT, subject=UNIT, below=True)
def update_units(actor: Actor, unit: Unit, data: UpdateUnits) -> UnitsChanged:
    """Give several units below this one the same time zone, code, organization number or price type (R14, R22).

    All of them or none; those that have the values already stay as they are. Raises InvalidInput that names each unit
    that cannot be changed.
    """
    if not _given(data):
        raise InvalidInput(fields={"time_zone": "Give at least one new value."})
    units = _found(actor, unit, data)
    refused = _refused(units, data)
    if refused:
        raise _refusal(data, units, refused)
    changed = [one for one in (_planned(one, data) for one in units) if one.changes]
    rows = {one.public_id: one for one in units}
    for row in sorted((rows[one.id] for one in changed), key=lambda row: row.id):
        wrong = _update(row, data)
        if wrong is not None:
            refused[row.public_id] = wrong.detail
    if refused:
        raise _refusal(data, units, refused)
    return UnitsChanged(tuple(changed), len(units) - len(changed))


def _planned(unit: Unit, data: UpdateUnits, refusal: str | None = None) -> ChangedUnit:
    return ChangedUnit(unit.public_id, UnitKind(unit.kind), unit.name, _changes(unit, data), refusal)


def _found(actor: Actor, unit: Unit, data: UpdateUnits) -> list[Unit]:
    """The units in the order asked for, each once. Raises InvalidInput that names those that are not below this one."""
    ids = list(dict.fromkeys(data.units))
    found = {row.public_id: row for row in visible_units(actor).filter(public_id__in=ids, anc__contains=[unit.id])}
    unknown = {
        f"units.{position}": "There is no such unit here."
        for position, id_ in enumerate(data.units)
        if id_ not in found
    }
    if unknown:
        raise InvalidInput(fields=unknown)
    check_time_zone(data.time_zone or "")
    return [found[id_] for id_ in ids]


def _given(data: UpdateUnits) -> dict[str, str]:
    return {name: value for name in _FIELDS if (value := getattr(data, name)) is not None}


def _changes(unit: Unit, data: UpdateUnits) -> tuple[ChangedValue, ...]:
    return tuple(
        ChangedValue(name, getattr(unit, name), value)
        for name, value in _given(data).items()
        if getattr(unit, name) != value
    )


def _refused(units: Sequence[Unit], data: UpdateUnits) -> dict[UUID, Sentence]:
    """What stands against the change of each unit, as far as it can be told without trying."""
    rights = rights_in([one.id for one in units])
    found: dict[UUID, Sentence] = {}
    for one in units:
        if one.id not in rights.edited:
            found[one.public_id] = Forbidden().detail
        elif data.price_type is not None and one.kind != UnitKind.CUSTOMER:
            found[one.public_id] = Sentence("Only customers have a price type.")
        elif one.state == "archived":
            found[one.public_id] = Sentence("An archived unit does not change.")
    return found


def _update(unit: Unit, data: UpdateUnits) -> Refusal | None:
    """Change one unit; what the database says against it."""
    for name, value in _given(data).items():
        setattr(unit, name, value)
    unit.also_key = search_key(unit.display_name, unit.code, unit.organization_number)
    unit.version += 1
    try:
        with transaction.atomic():
            unit.save(update_fields=[*_given(data), "also_key", "version"])
    except IntegrityError as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        return refusal
    return None


def _refusal(data: UpdateUnits, units: Sequence[Unit], refused: dict[UUID, Sentence]) -> InvalidInput:
    names = {one.public_id: one.name for one in units}
    fields = {f"units.{data.units.index(id_)}": about(names[id_], words) for id_, words in refused.items()}
    return InvalidInput("Some of the units cannot be changed, so none was.", fields=fields)
