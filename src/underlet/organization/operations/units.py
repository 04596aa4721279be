"""Writes on units. `unit.move` lives in `contracts`, because a move ends contracts; the life of units in `life`."""

import zoneinfo
from functools import cache

from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.registry import operation
from underlet.kernel.errors import InvalidInput, VersionConflict
from underlet.kernel.hierarchy import UnitKind, UnitState, check_child
from underlet.kernel.naming import check_display_name, name_key, search_key
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.names import check_name
from underlet.organization.operations.legal_entities import new_entity
from underlet.organization.queries import PARENT, UNIT, unit_view, visible_units
from underlet.organization.types import CreateUnit, UnitView, UpdateUnit

_TEXTS = ("display_name", "organization_number", "time_zone", "code")


@operation("unit.create", needs=Permission.UNIT_EDIT, subject=PARENT, states={"active"})
def create_unit(actor: Actor, parent: Unit, data: CreateUnit) -> UnitView:
    """Create an organization or a customer below a unit (R3, R7, R12, R13).

    As a draft it is in preparation: it can be edited, but is chosen nowhere until `unit.activate`.
    Raises ParentMustBeOrganization, DepthExceeded, NamePattern, NameTaken, NameUnavailable, RateLimited.
    """
    check_child(UnitKind(parent.kind), data.kind, parent.depth)
    name = check_name(actor, data.kind, parent.hierarchy_id, data.name)
    _check_zone(data.time_zone)
    own = data.own_legal_entity if data.own_legal_entity is not None else data.kind is UnitKind.CUSTOMER
    entity_id = new_entity(parent.entity, data.display_name or name) if own else parent.entity_id
    unit_id = Unit.objects.bulk_create(
        [
            Unit(
                hierarchy_id=parent.hierarchy_id,
                parent=parent,
                kind=data.kind,
                name=name,
                name_key=name_key(name),
                also_key=search_key(data.display_name, data.code, data.organization_number),
                display_name=check_display_name(data.display_name),
                organization_number=data.organization_number,
                time_zone=data.time_zone,
                code=data.code,
                entity_id=entity_id,
                is_entity_own=own,
                state=UnitState.DRAFT if data.draft else UnitState.ACTIVE,
                created_at=now(),
            )
        ]
    )[0].id
    return unit_view(actor, visible_units(actor).get(id=unit_id))


@operation(
    "unit.update", needs=Permission.UNIT_EDIT, subject=UNIT, states={"draft", "active"}, audit=("name", *_TEXTS)
)
def update_unit(actor: Actor, unit: Unit, data: UpdateUnit) -> UnitView:
    """Rename a unit or change its texts (R4, R14, R20)."""
    if data.version is not None and data.version != unit.version:
        raise VersionConflict()
    if data.name is not None and data.name != unit.name:
        unit.name = check_name(actor, UnitKind(unit.kind), unit.hierarchy_id, data.name, besides=unit.id)
        unit.name_key = name_key(unit.name)
    for field in _TEXTS:
        value = getattr(data, field)
        if value is not None:
            setattr(unit, field, value)
    unit.display_name = check_display_name(unit.display_name)
    _check_zone(unit.time_zone)
    unit.also_key = search_key(unit.display_name, unit.code, unit.organization_number)
    unit.version += 1
    unit.save(update_fields=["name", "name_key", "also_key", *_TEXTS, "version"])
    return unit_view(actor, visible_units(actor).get(id=unit.id))


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())  # reads the zone files: once is enough


def _check_zone(name: str) -> None:
    if name and name not in _time_zones():
        raise InvalidInput(fields={"time_zone": "This is not an IANA time zone, for example Europe/Stockholm."})
