"""Reads of the organization context, and the subjects that its operations address.

`visible_units` is the first belt: it scopes by grants in the query itself; row-level security is the second.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, LiteralString
from uuid import UUID

from django.db.models import (
    Q,
    QuerySet,
    Value,
)

from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows, scalar
from underlet.foundation.listing import Order, sorted_page
from underlet.foundation.registry import Subject, query
from underlet.foundation.settings import settings
from underlet.foundation.types import NoInput, Page, decode_cursor, not_a_cursor, page_of
from underlet.kernel.hierarchy import MAX_DEPTH, UnitKind, UnitState
from underlet.kernel.naming import name_key
from underlet.kernel.permission import Permission
from underlet.organization.facets import bits, chosen, named_like
from underlet.organization.lookups import ChildrenAmong, OnPage, among
from underlet.organization.masks import shown_in_unit
from underlet.organization.models import LegalEntity, Unit
from underlet.organization.scope import Held, InGroup, InScope, Linked, Mask
from underlet.organization.types import (
    FindUnits,
    LegalEntityView,
    ListChildren,
    ListUnits,
    UnitLink,
    UnitRow,
    UnitView,
)


def visible_units(actor: Actor) -> QuerySet[Unit]:
    """The units that the actor may read, scoped by grants (first belt)."""
    if not settings().query_scoping:
        return Unit.objects.all()
    return Unit.objects.filter(InScope(actor, "anc", "id"))


def find_unit(actor: Actor, public_id: UUID) -> Unit | None:
    """The visible unit with this public id; with it its legal entity, the way to it, what the actor may do in it."""
    return (
        visible_units(actor)
        .select_related("entity")
        .annotate(
            held=Held(actor, "anc", "id"),
            held_below=Held(actor, "anc", "id", below=True),
            linked=Linked(actor, is_scoped=settings().query_scoping),
            mask=Mask(actor),
        )
        .filter(public_id=public_id)
        .first()
    )


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


def _held(unit: Unit) -> Permission | None:
    held: int | None = getattr(unit, "held", None)
    return None if held is None else Permission(held)


def held_in(unit: Unit) -> Permission:
    """What the actor of a read may do in the unit: as it came with the unit, else asked."""
    held = _held(unit)
    return permissions_in(unit) if held is None else held


UNIT = Subject("unit", find_unit, _unit_id, _hierarchy_id, _lock_unit, held=_held, shown=shown_in_unit)
PARENT = Subject("unit", find_unit, _unit_id, _hierarchy_id, _share_hierarchy, held=_held, shown=shown_in_unit)
MOVING_UNIT = Subject("unit", find_unit, _unit_id, _hierarchy_id, _lock_structure, held=_held, shown=shown_in_unit)


def unit_links(actor: Actor, ids: Sequence[int]) -> dict[int, UnitLink]:
    """Links to those of the units that the actor may read."""
    found = visible_units(actor).filter(among(ids)).values_list("id", "public_id", "kind", "name")
    return {id_: UnitLink(public_id, UnitKind(kind), name) for id_, public_id, kind, name in found}


def unit_public_ids(actor: Actor, ids: Collection[int]) -> dict[int, UUID]:
    """The public ids of those units that the actor may read."""
    return dict(visible_units(actor).filter(among(ids)).values_list("id", "public_id"))


def unit_rows(actor: Actor, units: Sequence[Unit]) -> list[UnitRow]:
    """List rows of units already found visible; one more statement, whatever their number."""
    # A unit is among its own ancestors, so one look at them all gives the ways and the numbers below; only those of
    # the units themselves are counted.
    parents = [unit.id for unit in units if unit.kind == UnitKind.ORGANIZATION]
    anchors = {unit.anchor_id for unit in units if unit.anchor_id is not None}
    ways = visible_units(actor).filter(among(anchors.union(*(unit.anc for unit in units))))
    below = ChildrenAmong(parents) if parents else Value(0)
    found = ways.annotate(below=below).values_list("id", "public_id", "below", "kind", "name")
    above = {id_: UnitLink(public_id, UnitKind(kind), name) for id_, public_id, _, kind, name in found}
    counts = {id_: below for id_, _, below, *_ in found}
    return [
        UnitRow(
            unit.public_id,
            UnitKind(unit.kind),
            unit.name,
            unit.display_name,
            len(above.keys() & unit.anc),
            above[unit.parent_id].id if unit.parent_id in above else None,
            unit.organization_number,
            unit.code,
            counts[unit.id],
            UnitState(unit.state),
            unit.anchors,
            above.get(unit.anchor_id or 0),
        )
        for unit in units
    ]


_PAGE_UNITS: dict[str, LiteralString] = {
    "name": "select p.id from page_units(%s, %s, %s, %s, %s, %s, %s) p",
    "-name": "select p.id from page_units_down(%s, %s, %s, %s, %s, %s, %s) p",
}
_PAGE_GROUP_UNITS: dict[str, LiteralString] = {
    "name": "select p.id from page_group_units(%s, %s, %s, %s, %s, %s, %s, %s) p",
    "-name": "select p.id from page_group_units_down(%s, %s, %s, %s, %s, %s, %s, %s) p",
}
_PAGE_CHILDREN: LiteralString = "select p.id from page_children(%s, %s, %s, %s, %s, %s, %s, %s) p"
_PAGE_PARENTS: LiteralString = "select p.id from page_parents(%s, %s, %s, %s, %s, %s, %s, %s) p"
_PAGE_MINE: LiteralString = "select p.id from page_mine(%s, %s, %s, %s) p"
_BY_NAME = {"name": ("name_key", "id"), "-name": ("-name_key", "-id")}
_BEFORE_ALL: dict[str, tuple[str, int]] = {"name": ("", 0), "-name": ("\U0010ffff", 2**63 - 1)}
"""What the first page begins after; no name holds that character, which is none."""


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None


@query("unit.list", subject=UNIT)
def list_units(actor: Actor, unit: Unit, data: ListUnits) -> Page[UnitRow]:
    """List a unit and everything below it, by name.

    Archived units show when asked for. A search also finds by display name, code, organization number or whole id.
    Paged by key: the first page of a million units costs what the first page of a hundred does.
    """
    sort, *after = decode_cursor(data.after, str, str, int) or (data.sort, *_BEFORE_ALL[data.sort])
    if sort != data.sort:
        raise not_a_cursor()
    of_id = _as_id(data.q)
    if of_id is not None:
        same = visible_units(actor).filter(
            chosen(data), in_group(actor, data.group), public_id=of_id, anc__contains=[unit.id]
        )
        return Page(tuple(unit_rows(actor, list(same))), None)
    if data.customer_organization is not None:
        return _list_referring(actor, unit, data, data.customer_organization)
    narrowed = [*after, name_key(data.q), *bits(data), data.limit + 1]
    if data.group is not None:
        on_page = OnPage(_PAGE_GROUP_UNITS[data.sort], [unit.id, data.group, *narrowed])
    else:
        on_page = OnPage(_PAGE_UNITS[data.sort], [unit.id, *narrowed])
    units = list(visible_units(actor).filter(on_page).order_by(*_BY_NAME[data.sort]))
    page = page_of(units, data.limit, lambda row: (data.sort, row.name_key, row.id))
    return Page(tuple(unit_rows(actor, page.items)), page.next)


def _list_referring(actor: Actor, unit: Unit, data: ListUnits, to: UUID) -> Page[UnitRow]:
    """The same, of customers that refer to one: few, so found by an index of their own."""
    anchor = visible_units(actor).filter(public_id=to)
    found = visible_units(actor).filter(
        chosen(data), in_group(actor, data.group), anchor__in=anchor, anc__contains=[unit.id]
    )
    return units_by_name(actor, found.filter(named_like(data.q)), data, data.sort)


def in_group(actor: Actor, group: UUID | None, unit_id: str = "id") -> Q:
    """Rows whose unit is in a group that the actor sees, or stands below a member; all for no group (R54)."""
    return Q() if group is None else Q(InGroup(actor, group, unit_id))


def units_by_name(actor: Actor, found: QuerySet[Unit], data: FindUnits, sort: str) -> Page[UnitRow]:
    """A page of units found, by name. sort: name or -name."""
    page = sorted_page(found, data, sort, {"name": Order("name_key", str)})
    return Page(tuple(unit_rows(actor, page.items)), page.next)


@query("unit.children", subject=UNIT)
def list_children(actor: Actor, unit: Unit, data: ListChildren) -> Page[UnitRow]:
    """List the direct children of a unit: organizations first, then customers, by name."""
    after = decode_cursor(data.after, str, str, int) or ("", "", 0)
    on_page = OnPage(_PAGE_CHILDREN, [unit.id, *after, name_key(data.q), *bits(data), data.limit + 1])
    units = list(visible_units(actor).filter(on_page).order_by("-kind", "name_key", "id"))
    page = page_of(units, data.limit, lambda row: (row.kind, row.name_key, row.id))
    return Page(tuple(unit_rows(actor, page.items)), page.next)


def has_children(actor: Actor, unit: Unit) -> bool:
    """Whether the actor sees a unit below this one."""
    return visible_units(actor).filter(parent=unit).exists()


def levels_below(unit: Unit) -> int:
    """How many levels the unit's branch has below it, hidden ones included."""
    return int(scalar("select levels_below(%s)", [unit.id]))


def sizes_of(actor: Actor, units: Collection[Unit]) -> dict[int, tuple[int, int]]:
    """How many organizations and customers the actor sees in the branch of each of these units, itself included."""
    sizes = {unit.id: [0, 1] for unit in units}
    branches = {unit.id: [0, 0] for unit in units if unit.kind == UnitKind.ORGANIZATION}
    if branches:
        below = visible_units(actor).filter(anc__overlap=list(branches)).values_list("anc", "kind")
        for anc, kind in below.iterator():
            for id_ in branches.keys() & set(anc):
                branches[id_][kind == UnitKind.CUSTOMER] += 1
    sizes |= branches
    return {id_: (organizations, customers) for id_, (organizations, customers) in sizes.items()}


@query("unit.parents", needs=Permission.UNIT_EDIT, subject=UNIT, below=True)
def list_parents(actor: Actor, unit: Unit, data: FindUnits) -> Page[UnitRow]:
    """List the organizations below which a unit may move, by name: where one may change units, outside its own branch,
    not too deep for it (R8, R10), and below every limit for roles that one may not lift (P2). The present parent is
    among them, and without a right to change that there are none; nor has the root any.
    """
    needs = Permission.UNIT_EDIT
    [(may_leave, within)] = rows("select can(%s, %s), move_within(%s)", [unit.parent_id, int(needs), unit.id])
    if not may_leave:
        return Page((), None)
    deepest = MAX_DEPTH - 1 - levels_below(unit)
    after = decode_cursor(data.after, str, int) or _BEFORE_ALL["name"]
    on_page = OnPage(
        _PAGE_PARENTS, [unit.id, deepest, within, int(needs), *after, name_key(data.q), data.limit + 1]
    )
    below = Q() if within is None else Q(anc__contains=[within])
    editable = visible_units(actor).filter(on_page, InScope(actor, "anc", "id", needs), below)
    page = page_of(list(editable.order_by(*_BY_NAME["name"])), data.limit, lambda row: (row.name_key, row.id))
    return Page(tuple(unit_rows(actor, page.items)), page.next)


@query("unit.mine")
def list_home_units(actor: Actor, data: FindUnits) -> Page[UnitRow]:
    """List the topmost units of one's own grants, by name: where one's work begins."""
    after = decode_cursor(data.after, str, int) or _BEFORE_ALL["name"]
    on_page = OnPage(_PAGE_MINE, [*after, name_key(data.q), data.limit + 1])
    units = list(visible_units(actor).filter(on_page).order_by(*_BY_NAME["name"]))
    page = page_of(units, data.limit, lambda row: (row.name_key, row.id))
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
        entity.address_line_2,
        entity.region,
        entity.tax_number,
        entity.electronic_address,
        entity.electronic_address_scheme,
    )


def permissions_in(unit: Unit) -> Permission:
    """Every permission that the actor of the open transaction holds in the unit."""
    return _rights_in(unit)[0]


def _rights_in(unit: Unit) -> tuple[Permission, Permission]:
    """What the actor of the open transaction may do in the unit, and what of it counts for everything below as well."""
    [(held, below)] = rows(
        "select coalesce(bit_or(s.perms), 0), coalesce(bit_or(s.perms) filter (where s.subtree), 0)"
        " from user_scope s where s.actor_id = (select actor_id())"
        " and s.unit_id = any (%s) and (s.subtree or s.unit_id = %s)",
        [unit.anc, unit.id],
    )
    return Permission(held), Permission(below)


def reporting_currency(unit: Unit) -> str:
    """The ISO 4217 code that the unit's hierarchy reports in; known to all its units, unlike anything else of it."""
    return str(scalar("select reporting_currency(%s)", [unit.id]))


def acts_for(permission: Permission, unit_id: int, entity_id: int) -> bool:
    """Whether the actor of the open transaction holds the permission in the unit while acting for the legal entity."""
    return bool(scalar("select acts_for(%s, %s, %s)", [unit_id, entity_id, int(permission)]))


def unit_view(actor: Actor, unit: Unit) -> UnitView:
    """One visible unit in full, as it is now."""
    links = unit_links(actor, [*unit.anc, unit.anchor_id or 0])
    path = tuple(links[id_] for id_ in unit.anc if id_ in links)
    return _view(unit, path, *_rights_in(unit), links.get(unit.anchor_id or 0))


def _view(
    unit: Unit, path: tuple[UnitLink, ...], held: Permission, below: Permission, anchor: UnitLink | None
) -> UnitView:
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
        UnitState(unit.state),
        unit.anchors,
        anchor,
        unit.version,
        unit.is_entity_own,
        entity_view(unit.entity),
        path,
        _names(held),
        _names(held if unit.kind == UnitKind.CUSTOMER else below),  # a customer has nothing below it
        unit.archived_at,
    )


def _names(perms: Permission) -> tuple[str, ...]:
    return tuple(permission.name.lower() for permission in perms if permission.name)


@query("unit.show", subject=UNIT)
def show_unit(actor: Actor, unit: Unit, data: NoInput) -> UnitView:
    """Show a unit: its texts, its legal entity, the way to it, and what one may do there."""
    links: list[dict[str, Any]] | None = getattr(unit, "linked", None)
    if links is None:
        return unit_view(actor, unit)
    way = tuple(linked(link) for link in links if link["is_above"])
    anchor = next((linked(link) for link in links if not link["is_above"]), None)
    return _view(unit, way, held_in(unit), Permission(getattr(unit, "held_below", 0)), anchor)


def visible_ids(unit: Any) -> dict[int, UUID]:
    """Public ids by id of those units above a unit, itself included, that its reader may read: as they came with it."""
    return {link["key"]: UUID(link["id"]) for link in unit.linked if link["is_above"]}


def linked(found: Mapping[str, str]) -> UnitLink:
    """The link of a unit that a subquery gave as JSON."""
    return UnitLink(UUID(found["id"]), UnitKind(found["kind"]), found["name"])
