"""Rows of the outline, from the lists of units."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

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
