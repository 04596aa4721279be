"""Rows of the outline, from the lists of units."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import NotFound
from underlet.organization.types import PastUnit, UnitRow, UnitView

_MOST_OPEN, _PAGE = 40, 100


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """A unit in the outline. level: 0 for the context unit. toggle: value of `open` after a click on it, None = it
    has nothing below. parent_id: None at the topmost visible unit. note: what a search found in it.
    children: None = not counted. is_gone: removed since the day that is shown. is_apart: what stood between it and the
    context unit then is hidden now.
    """

    id: str
    kind: str
    name: str
    display_name: str
    code: str
    children: int | None
    level: int
    is_open: bool
    toggle: str | None
    parent_id: UUID | None
    note: str = ""
    is_gone: bool = False
    is_apart: bool = False
    state: str = "active"


@dataclass(frozen=True, slots=True)
class MoreRow:
    """The place of further children. query: of the address that shows the next hundred. name: of their parent."""

    level: int
    query: str
    name: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What stands open. ids: of units. more: a unit's id once for each hundred of children beyond the first.
    selected: a unit below the context unit whose place is shown, with the way to it open.
    as_of: the past day that is shown, "" = the present.
    """

    ids: tuple[str, ...]
    more: tuple[str, ...] = ()
    selected: UnitView | None = None
    as_of: str = ""


def opened_by(visit: Visit, as_of: str = "") -> Opened:
    """What the address opens and selects; a hidden or absent selection is as if it were not there. Uses `unit.show`."""
    ids = [text for text in visit.request.GET.get("open", "").split(",") if text]
    more = tuple(visit.request.GET.getlist("more"))[:_MOST_OPEN]
    selected: UnitView | None = None
    if not as_of and (key := visit.request.GET.get("sel", "")):
        with suppress(NotFound):
            found: UnitView = visit.ask("unit.show", key)
            way = [link.id for link in found.path]
            if visit.unit.id in way:
                selected = found
                ids += [str(id_) for id_ in way[way.index(visit.unit.id) + 1 : -1]]
    return Opened(tuple(dict.fromkeys(ids))[-_MOST_OPEN:], more, selected, as_of)


def outline(visit: Visit, opened: Opened) -> tuple[OutlineRow | MoreRow, ...]:
    """The context unit with its children, and below every opened one its own. Uses `unit.children`, `unit.past`.

    An opened unit that is hidden or gone is left out, as if it had never been opened.
    """
    unit: UnitView | PastUnit = visit.unit
    if opened.as_of:
        was = visit.ask("unit.past", visit.here, {"as_of": opened.as_of, "limit": 1, "state": "all"}).items
        if not was or was[0].id != visit.unit.id:
            return ()
        unit = was[0]
    rows = [] if unit.kind == "customer" else _below(visit, visit.here, unit.name, 1, opened)
    above = visit.unit.path[-2].id if len(visit.unit.path) > 1 else None
    direct = [row for row in rows if row.level == 1]
    count = None if any(isinstance(row, MoreRow) for row in direct) else len(direct)
    top = OutlineRow(
        visit.here,
        unit.kind,
        unit.name,
        unit.display_name,
        unit.code,
        count,
        0,
        True,
        None,
        above,
        state=unit.state,
    )
    return (top, *rows)


def _below(visit: Visit, key: str, name: str, level: int, opened: Opened) -> list[OutlineRow | MoreRow]:
    rows: list[OutlineRow | MoreRow] = []
    units, is_cut = _children(visit, key, opened)
    for unit in units:
        id_ = str(unit.id)
        is_open = id_ in opened.ids and unit.children > 0
        others = [one for one in opened.ids if one != id_]
        toggle = ",".join(others if is_open else [*others, id_]) if unit.children else None
        rows.append(_row(unit, min(level, 9), is_open=is_open, toggle=toggle))
        if is_open:
            rows += _below(visit, id_, unit.name, level + 1, opened)
    if is_cut:
        kept = {"as_of": opened.as_of} if opened.as_of else {}
        query = urlencode({**kept, "open": ",".join(opened.ids), "more": (*opened.more, key)}, doseq=True)
        rows.append(MoreRow(min(level, 9), query, name))
    return rows


def _row(
    unit: UnitRow | PastUnit, level: int = 0, *, is_open: bool = False, toggle: str | None = None
) -> OutlineRow:
    was = unit if isinstance(unit, PastUnit) else None
    return OutlineRow(
        str(unit.id), unit.kind, unit.name, unit.display_name, unit.code, unit.children, level, is_open, toggle,
        unit.parent_id, is_gone=was is not None and was.is_removed, is_apart=was is not None and was.parent_id is None,
        state=unit.state,
    )  # fmt: skip


def _children(visit: Visit, key: str, opened: Opened = Opened(())) -> tuple[Sequence[UnitRow | PastUnit], bool]:
    """Children of a unit and whether there are more; the selected one among them wherever it stands."""
    units: list[UnitRow | PastUnit] = []
    after = ""
    query, to, given = "unit.children", key, {}
    if opened.as_of:
        query, to, given = "unit.past", visit.here, {"as_of": opened.as_of, "below": key, "direct": "true"}
    try:
        for _ in range(1 + opened.more.count(key)):
            page = visit.ask(query, to, {**given, "limit": _PAGE, "after": after})
            units += page.items
            if not (after := page.next or ""):
                break
    except NotFound:
        return [], False
    selected = opened.selected
    if after and selected and str(selected.path[-2].id) == key and all(unit.id != selected.id for unit in units):
        found = visit.ask("unit.children", key, {"q": selected.name, "limit": _PAGE}).items
        units += [unit for unit in found if unit.id == selected.id]
    return units, bool(after)


@dataclass(frozen=True, slots=True)
class Hits:
    """Units that a search finds, by name or by an account inside them. next: cursor of further ones by name."""

    items: tuple[OutlineRow, ...]
    next: str | None

    def beside(self, selected: UnitView | None) -> tuple[OutlineRow, OutlineRow, int]:
        """The hits before and after the selected unit, round and round, and the number of that one (0 = none)."""
        ids = [row.id for row in self.items]
        at = ids.index(str(selected.id)) if selected and str(selected.id) in ids else -1
        return self.items[at - 1 if at >= 0 else -1], self.items[(at + 1) % len(ids)], at + 1


def hits(visit: Visit, *, finds_accounts: bool) -> Hits:
    """What `q` finds in the context unit (R17, R18). Uses `unit.list`, `sub_account.list`."""
    filters = visit.filters("q")
    found = visit.ask("unit.list", visit.here, {**filters, "limit": _PAGE})
    rows = {unit.id: _row(unit) for unit in found.items}
    if finds_accounts and "after" not in filters:
        for account in visit.ask("sub_account.list", visit.here, {**filters, "limit": _PAGE}).items:
            owner = account.owner
            if owner is not None and owner.id not in rows:
                above = None if owner.id == visit.unit.path[0].id else visit.unit.id
                note = account.name or account.external_id
                rows[owner.id] = OutlineRow(
                    str(owner.id), owner.kind, owner.name, "", "", None, 0, False, None, above, note
                )
    return Hits(tuple(rows.values()), found.next)
