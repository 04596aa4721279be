"""What the unit panel shows: the units beside each step of the way to a unit, and a few that are named."""

from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, QuerySet, Value

from underlet.foundation.actor import Actor
from underlet.foundation.registry import query
from underlet.kernel.hierarchy import UnitKind
from underlet.organization.facets import CURRENT
from underlet.organization.lookups import children_count
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, visible_ids, visible_units
from underlet.organization.types import Around, ListAround, NearUnit, UnitLink

_NAMED = 0
MANY = 1000
"""More children than that are not counted: a panel says "999+"."""


@query("unit.around", subject=UNIT)
def list_around(actor: Actor, unit: Unit, data: ListAround) -> Around:
    """List the children of a unit and of every unit above it, and the units named, as far as they are visible.

    One statement, whatever the depth: each level is cut after `limit`, organizations first, then by name.
    """
    levels = [
        _told(visible_units(actor).filter(CURRENT, parent_id=id_).order_by("-kind", "name_key", "id"), id_)[
            : data.limit
        ]
        for id_ in unit.anc
    ]
    if data.named:
        levels.append(_told(visible_units(actor).filter(public_id__in=data.named[:10]), _NAMED))
    above = visible_ids(unit)
    below: list[NearUnit] = []
    named: dict[UUID, UnitLink] = {}
    found = levels[0].union(*levels[1:], all=True)
    for level, kind, _key, public_id, name, children in sorted(found, key=_order):
        if level == _NAMED:
            named[public_id] = UnitLink(public_id, UnitKind(kind), name)
        else:
            below.append(NearUnit(public_id, UnitKind(kind), name, above.get(level), children))
    return Around(tuple(below), tuple(named[id_] for id_ in data.named if id_ in named))


def _order(row: tuple[Any, ...]) -> tuple[bool, str]:
    return row[1] == UnitKind.CUSTOMER, row[2]


def _told(units: QuerySet[Unit], level: int) -> "QuerySet[Unit, tuple[Any, ...]]":
    """What the panel tells of these units. level: id of the unit they are children of, 0 for units named."""
    return units.annotate(level=Value(level, BigIntegerField()), below=children_count(MANY)).values_list(
        "level", "kind", "name_key", "public_id", "name", "below"
    )
