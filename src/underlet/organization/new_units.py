"""Making a unit, as a step of the operations that do so: they live in `access`, because a new unit joins groups."""

from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, scalar
from underlet.kernel.errors import InvalidInput
from underlet.kernel.hierarchy import UnitKind, UnitState, check_child
from underlet.kernel.naming import check_display_name, name_key, search_key
from underlet.kernel.price_type import PriceType
from underlet.organization.customer_organizations import refer
from underlet.organization.models import LegalEntity, Unit
from underlet.organization.names import check_name
from underlet.organization.time_zones import check_time_zone
from underlet.organization.types import CreateUnit


def create_below(actor: Actor, parent: Unit, data: CreateUnit) -> int:
    """Make a unit below one that the actor sees; returns its internal id.

    Raises ParentMustBeOrganization, DepthExceeded, NamePattern, NameTaken, NameUnavailable, RateLimited,
    CustomerOrganizationInactive, CustomerOrganizationInUse.
    """
    check_child(UnitKind(parent.kind), data.kind, parent.depth)
    unit = new_unit(actor, parent.hierarchy_id, data)
    unit.parent = parent
    unit.entity_id = (
        new_entity(parent.entity, unit.display_name or unit.name) if unit.is_entity_own else parent.entity_id
    )
    refer(actor, unit, data.customer_organization)
    return int(Unit.objects.bulk_create([unit])[0].id)


def new_unit(actor: Actor, hierarchy_id: int, data: CreateUnit) -> Unit:
    """A unit of a hierarchy as it was asked for, not stored, and without parent and legal entity. Raises as above."""
    name = check_name(actor, data.kind, hierarchy_id, data.name)
    check_time_zone(data.time_zone)
    return Unit(
        hierarchy_id=hierarchy_id,
        kind=data.kind,
        name=name,
        name_key=name_key(name),
        also_key=search_key(data.display_name, data.code, data.organization_number),
        display_name=check_display_name(data.display_name),
        organization_number=data.organization_number,
        time_zone=data.time_zone,
        code=data.code,
        price_type=checked_price_type(data.kind, data.price_type) or PriceType.SELLER_SET_ONLY,
        is_entity_own=data.own_legal_entity
        if data.own_legal_entity is not None
        else data.kind is UnitKind.CUSTOMER,
        state=UnitState.DRAFT if data.draft else UnitState.ACTIVE,
        created_at=now(),
    )


def checked_price_type(kind: UnitKind, given: PriceType | None) -> PriceType | None:
    """The price type that was given, if any; organizations have none (R22)."""
    if given is not None and kind is not UnitKind.CUSTOMER:
        raise InvalidInput(fields={"price_type": "Only customers have a price type."})
    return given


def new_entity(like: LegalEntity, name: str) -> int:
    """Insert a legal entity and return its id; it takes language and country from another one.

    Not through the ORM: that reads the row back, and a new entity is visible only once a unit refers to it.
    """
    entity_id = int(scalar("select nextval(pg_get_serial_sequence('legal_entity', 'id'))"))
    execute(
        "insert into legal_entity (id, hierarchy_id, name, country, language) values (%s, %s, %s, %s, %s)",
        [entity_id, like.hierarchy_id, name, like.country, like.language],
    )
    return entity_id
