"""Reads of the organization context, and the subjects that its operations address.

`visible_units` is the first belt: it scopes by grants in the query itself; row-level security is the second.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows, scalar
from underlet.foundation.registry import Subject, query
from underlet.foundation.settings import settings
from underlet.foundation.types import NoInput, Page, PageInput, decode_cursor, page_of
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.naming import name_key
from underlet.kernel.permission import Permission
from underlet.organization.models import LegalEntity, Unit
from underlet.organization.scope import InScope
from underlet.organization.types import LegalEntityView, ListUnits, UnitLink, UnitRow, UnitView


def visible_units(actor: Actor) -> QuerySet[Unit]:
    """The units that the actor may read, scoped by grants (first belt)."""
    if not settings().query_scoping:
        return Unit.objects.all()
    return Unit.objects.filter(InScope(actor, "anc", "id"))


def find_unit(actor: Actor, public_id: UUID) -> Unit | None:
    """The visible unit with this public id, with its hierarchy and legal entity."""
    return visible_units(actor).filter(public_id=public_id).first()


def _share_hierarchy(unit: Unit) -> None:
    rows("select pg_advisory_xact_lock_shared(%s)", [unit.hierarchy_id])


def _lock_unit(unit: Unit) -> None:
    _share_hierarchy(unit)
    rows("select 1 from unit where id = %s for update", [unit.id])


def _lock_structure(unit: Unit) -> None:
    # Exclusive before any row: two opposite moves can then never form a cycle or a deadlock (data-core.md §7).
    rows("select pg_advisory_xact_lock(%s)", [unit.hierarchy_id])
    rows("select 1 from unit where id = %s for update", [unit.id])


def _unit_id(unit: Unit) -> int:
    return unit.id


def _hierarchy_id(unit: Unit) -> int:
    return unit.hierarchy_id


UNIT = Subject("unit", find_unit, _unit_id, _hierarchy_id, _lock_unit)
PARENT = Subject("unit", find_unit, _unit_id, _hierarchy_id, _share_hierarchy)
MOVING_UNIT = Subject("unit", find_unit, _unit_id, _hierarchy_id, _lock_structure)


def unit_links(actor: Actor, ids: Sequence[int]) -> dict[int, UnitLink]:
    """Links to those of the units that the actor may read."""
    found = visible_units(actor).filter(id__in=ids).values_list("id", "public_id", "kind", "name")
    return {id_: UnitLink(public_id, UnitKind(kind), name) for id_, public_id, kind, name in found}


def unit_public_ids(actor: Actor, ids: Collection[int]) -> dict[int, UUID]:
    """The public ids of those units that the actor may read."""
    return dict(visible_units(actor).filter(id__in=ids).values_list("id", "public_id"))


def unit_rows(actor: Actor, units: Sequence[Unit]) -> list[UnitRow]:
    """List rows of units already found visible; two more queries, whatever their number."""
    above = unit_links(actor, list({id_ for unit in units for id_ in unit.anc}))
    counts = dict(
        visible_units(actor)
        .filter(parent_id__in=[unit.id for unit in units])
        .values_list("parent_id")
        .annotate(Count("id"))
    )
    return [
        UnitRow(
            unit.public_id,
            UnitKind(unit.kind),
            unit.name,
            unit.display_name,
            sum(id_ in above for id_ in unit.anc),
            above[unit.parent_id].id if unit.parent_id in above else None,
            unit.organization_number,
            unit.code,
            counts.get(unit.id, 0),
        )
        for unit in units
    ]


@query("unit.list", subject=UNIT)
def list_units(actor: Actor, unit: Unit, data: ListUnits) -> Page[UnitRow]:
    """List a unit and everything below it, by name.

    Paged by key: the first page of a million units costs what the first page of a hundred does.
    """
    after = decode_cursor(data.after, str, int) or ("", 0)
    found = rows(
        "select p.id from page_units(%s, %s, %s, %s, %s, %s) p order by p.name_key, p.id",
        [unit.id, *after, name_key(data.q), data.kind, data.limit + 1],
    )
    order = {id_: position for position, (id_,) in enumerate(found)}
    units = sorted(visible_units(actor).filter(id__in=order), key=lambda row: order[row.id])
    page = page_of(units, data.limit, lambda row: (row.name_key, row.id))
    return Page(tuple(unit_rows(actor, page.items)), page.next)


@query("unit.children", subject=UNIT)
def list_children(actor: Actor, unit: Unit, data: ListUnits) -> Page[UnitRow]:
    """List the direct children of a unit: organizations first, then customers, by name."""
    children = visible_units(actor).filter(parent=unit).order_by("-kind", "name_key", "id")
    if data.q:
        children = children.filter(name_key__contains=name_key(data.q))
    if data.kind:
        children = children.filter(kind=data.kind)
    after = decode_cursor(data.after, str, str, int)
    if after:
        kind, key, id_ = after
        same = Q(kind=kind, name_key__gt=key) | Q(kind=kind, name_key=key, id__gt=id_)
        children = children.filter(Q(kind__lt=kind) | same)
    units = list(children[: data.limit + 1])
    page = page_of(units, data.limit, lambda row: (row.kind, row.name_key, row.id))
    return Page(tuple(unit_rows(actor, page.items)), page.next)


def has_children(actor: Actor, unit: Unit) -> bool:
    """Whether the actor sees a unit below this one."""
    return visible_units(actor).filter(parent=unit).exists()


@query("unit.mine")
def list_home_units(actor: Actor, data: PageInput) -> Page[UnitRow]:
    """List the topmost units of one's own grants, by name: where one's work begins."""
    ids = [
        id_
        for (id_,) in rows(
            "select distinct s.unit_id from user_scope s join unit u on u.id = s.unit_id"
            " where s.actor_id = %s and s.perms & 1 = 1 and not exists ("
            "  select 1 from user_scope above where above.actor_id = s.actor_id and above.subtree"
            "  and above.perms & 1 = 1 and above.unit_id <> s.unit_id and above.unit_id = any (u.anc))",
            [actor.id],
        )
    ]
    units = visible_units(actor).filter(id__in=ids).order_by("name_key", "id")
    after = decode_cursor(data.after, str, int)
    if after:
        units = units.filter(Q(name_key__gt=after[0]) | Q(name_key=after[0], id__gt=after[1]))
    page = page_of(list(units[: data.limit + 1]), data.limit, lambda row: (row.name_key, row.id))
    return Page(tuple(unit_rows(actor, page.items)), page.next)


def entity_view(entity: LegalEntity) -> LegalEntityView:
    """The printable form of a legal entity."""
    return LegalEntityView(
        entity.public_id,
        entity.name,
        entity.street,
        entity.postal_code,
        entity.city,
        entity.country,
        entity.organization_number,
        entity.vat_id,
        entity.email,
        entity.phone,
        entity.bank_name,
        entity.iban,
        entity.bic,
        entity.language,
    )


def permissions_in(unit: Unit) -> Permission:
    """Every permission that the actor of the open transaction holds in the unit."""
    held = scalar(
        "select coalesce(bit_or(s.perms), 0) from user_scope s where s.actor_id = (select actor_id())"
        " and s.unit_id = any (%s) and (s.subtree or s.unit_id = %s)",
        [unit.anc, unit.id],
    )
    return Permission(int(held))


def reporting_currency(unit: Unit) -> str:
    """The ISO 4217 code that the unit's hierarchy reports in; known to all its units, unlike anything else of it."""
    return str(scalar("select reporting_currency(%s)", [unit.id]))


def acts_for(permission: Permission, unit_id: int, entity_id: int) -> bool:
    """Whether the actor of the open transaction holds the permission in the unit while acting for the legal entity."""
    return bool(scalar("select acts_for(%s, %s, %s)", [unit_id, entity_id, int(permission)]))


def unit_view(actor: Actor, unit: Unit) -> UnitView:
    """One visible unit in full."""
    links = unit_links(actor, unit.anc)
    path = tuple(links[id_] for id_ in unit.anc if id_ in links)
    return UnitView(
        unit.public_id,
        UnitKind(unit.kind),
        unit.name,
        unit.display_name,
        len(path),
        unit.parent_id is None,
        unit.organization_number,
        unit.time_zone,
        unit.code,
        unit.price_type,
        unit.version,
        unit.is_entity_own,
        entity_view(unit.entity),
        path,
        tuple(permission.name.lower() for permission in permissions_in(unit) if permission.name),
    )


@query("unit.show", subject=UNIT)
def show_unit(actor: Actor, unit: Unit, data: NoInput) -> UnitView:
    """Show a unit: its texts, its legal entity, the way to it, and what one may do there."""
    return unit_view(actor, unit)
