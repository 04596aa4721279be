"""Rows of the outline and nodes of the unit panel, from the lists of units."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from underlet.interfaces.web.addresses import address_of
from underlet.interfaces.web.frame import Node
from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import NotFound
from underlet.organization.types import UnitRow

_MOST_OPEN = 40


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """A unit in the outline. level: 0 for the context unit. toggle: value of `open` after a click on it, None = it
    has nothing below. parent_id: None at the topmost visible unit."""

    id: str
    kind: str
    name: str
    display_name: str
    code: str
    children: int
    level: int
    is_open: bool
    toggle: str | None
    parent_id: UUID | None


def outline(visit: Visit, opened: Sequence[str]) -> tuple[OutlineRow, ...]:
    """The context unit with its children, and below every opened one its own. Uses `unit.children`.

    An opened unit that is hidden or gone is left out, as if it had never been opened.
    """
    unit = visit.unit
    opened = list(dict.fromkeys(opened))[:_MOST_OPEN]
    first = visit.ask("unit.children", visit.here, {"limit": 100}).items
    above = unit.path[-2].id if len(unit.path) > 1 else None
    count = len(first)
    top = OutlineRow(visit.here, unit.kind, unit.name, unit.display_name, unit.code, count, 0, True, None, above)
    return (top, *_rows(visit, first, 1, opened))


def _rows(visit: Visit, units: Sequence[UnitRow], level: int, opened: list[str]) -> list[OutlineRow]:
    rows: list[OutlineRow] = []
    for unit in units:
        key = str(unit.id)
        is_open = key in opened and unit.children > 0
        others = [one for one in opened if one != key]
        toggle = ",".join(others if is_open else [*others, key]) if unit.children else None
        rows.append(
            OutlineRow(
                key,
                unit.kind,
                unit.name,
                unit.display_name,
                unit.code,
                unit.children,
                min(level, 9),
                is_open,
                toggle,
                unit.parent_id,
            )
        )
        if is_open:
            rows += _rows(visit, _children(visit, key), level + 1, opened)
    return rows


def _children(visit: Visit, address: str) -> Sequence[UnitRow]:
    try:
        found: Sequence[UnitRow] = visit.ask("unit.children", address, {"limit": 100}).items
    except NotFound:
        return ()
    return found


def unit_node(unit: UnitRow, tab: str, current: UUID | None) -> Node:
    """A unit of a list as a closed node of the panel."""
    key = str(unit.id)
    return Node(
        unit.id, unit.kind, unit.name, address_of("go", key, tab=tab), unit.id == current,
        below=f"{address_of('below', key)}?tab={tab}" if unit.children else "", count=unit.children,
    )  # fmt: skip


def panel_nodes(visit: Visit, tab: str) -> tuple[Node, ...]:
    """The way from the topmost visible unit to the context unit, each step open with all its children."""
    path = visit.unit.path
    inner: tuple[Node, ...] = ()
    for position in range(len(path) - 1, -1, -1):
        step = path[position]
        below = path[position + 1].id if position + 1 < len(path) else None
        children = () if step.kind == "customer" else _children(visit, str(step.id))
        nodes = tuple(
            inner[0] if inner and unit.id == below else unit_node(unit, tab, visit.unit.id) for unit in children
        )
        key = str(step.id)
        node = Node(
            step.id, step.kind, step.name, address_of("go", key, tab=tab), step.id == visit.unit.id, True,
            f"{address_of('below', key)}?tab={tab}" if nodes else "", len(nodes), nodes,
        )  # fmt: skip
        inner = (node,)
    return inner
