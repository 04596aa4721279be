"""The one convention of lists: what a table declares once, and what becomes of it for a visit.

A `Table` names its query, columns and filters. From it come the header with its links to sort, the chips of active
filters, the choice of columns, the pager, the count and the export; a page's template writes the rows alone.
Everything that shapes a list stands in its address, so a view of it can be kept, shared and exported. What the
address holds and the list does not know is ignored. The columns that a person chose are remembered with the sign-in.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext

from underlet.foundation.operations import validate
from underlet.foundation.registry import QUERIES
from underlet.foundation.types import Page
from underlet.interfaces.web.forms import Choices
from underlet.interfaces.web.parts import month_words
from underlet.interfaces.web.say import day_words
from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import InvalidInput

Text = str | Promise
"""Words that are translated when they are shown."""
REGION = "grid"
"""The id of the part of a page that sorting, filtering and paging replace."""
_REMEMBERED = "columns"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. name: in `columns=`. sort: name of the query's order, "" = none. kind: CSS class of its cells.

    value: of a row, for the export; None leaves the column out of it. is_fixed: cannot be hidden.
    is_shown: unless the reader chose otherwise.
    """

    name: str
    label: Text
    sort: str = ""
    kind: str = ""
    value: Callable[[Any], object] | None = None
    is_fixed: bool = False
    is_shown: bool = True


ACTIONS = Column("do", "", kind="tight", is_fixed=True)
"""What can be done with a row, at its end."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One input of the query that people filter by. choices: of a select, values and words, the first one "all".

    A group is chosen among those that the reader sees (R54); where there are none, nobody is asked.
    """

    name: str
    label: Text
    kind: Literal["search", "select", "month", "day", "group"] = "select"
    choices: Callable[[], Choices] = tuple

    def words(self, value: str) -> str:
        """A value as its chip says it."""
        if self.kind == "month":
            return month_words(value)
        if self.kind == "day":
            return f"{self.label} {day_words(date.fromisoformat(value))}"
        return f"“{value}”" if self.kind == "search" else str(dict(self.choices()).get(value, value))


@dataclass(frozen=True, slots=True)
class Table:
    """A list, declared once. file: begins the name of an exported file. caption: names the table.

    has_subject: the query asks about the context unit. subject: about this thing instead. fixed: inputs of the query
    that are always the same.
    """

    query: str
    file: str
    caption: Text
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    has_subject: bool = True
    fixed: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""

    @property
    def default_sort(self) -> str:
        """The order of the list when none is chosen."""
        found = QUERIES[self.query].input.model_fields["sort"]
        return str(found.default)


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head. state: the value of `aria-sort`, "" = not sorted by it. href: sorts by it, "" = cannot."""

    name: str
    label: Text
    kind: str
    href: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter and the address without it."""

    name: str
    label: str
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A column in the choice of columns."""

    name: str
    label: Text
    is_shown: bool


@dataclass(frozen=True, slots=True)
class TableView:
    """A table for one visit. rows: of this page. next, first: addresses, "" = there is none.

    columns: names of those shown. kept: parameters that a form of the table has to send along. values: of filters.
    export: the address of the file. picks: ids of the rows that can be selected; none, and the list
    has no checkboxes.
    """

    table: Table
    rows: tuple[Any, ...]
    heads: tuple[Head, ...]
    columns: frozenset[str]
    filters: tuple[tuple[Filter, str, Choices], ...]
    chips: tuple[Chip, ...]
    choices: tuple[Choice, ...]
    kept: tuple[tuple[str, str], ...]
    sort: str
    count: str
    clear: str
    next: str
    first: str
    export: str
    address: str
    picks: frozenset[Any] = frozenset()

    @property
    def is_filtered(self) -> bool:
        return bool(self.chips)

    @property
    def trigger(self) -> str:
        """When the filters' form asks anew; each source is named, for leaving a field is no change (§8.1)."""
        found = ["submit"]
        for one in self.table.filters:
            when = "input changed delay:250ms" if one.kind == "search" else "change"
            found.append(f"{when} from:#filter-{one.name}")
        return ", ".join(found)

    @property
    def values(self) -> dict[str, str]:
        """The filters' values by name."""
        return {one.name: value for one, value, _choices in self.filters}

    def kind_of(self, name: str) -> str:
        """The class of a column's cells."""
        return next((column.kind for column in self.table.columns if column.name == name), "")


def table_view(visit: Visit, table: Table, *, can_pick: Callable[[Any], bool] | None = None) -> TableView:
    """A table as the address asks for it, with the rows of one page. can_pick: whether a row can be selected."""
    asked = asked_of(visit.request.GET, table)
    page = _page(visit, table, asked)
    table = _with_groups(visit, table)
    return view_of(table, page, asked, visit.request.path, shown_columns(visit, table), can_pick)


def _with_groups(visit: Visit, table: Table) -> Table:
    """The table with the groups that it can be filtered by; its page uses `group.choices`."""
    if all(one.kind != "group" for one in table.filters):
        return table
    found = visit.ask("group.choices", visit.here, {"limit": "500"}).groups
    choices = (("", gettext("All groups")), *((str(one.id), one.name) for one in found))
    kept = (one for one in table.filters if one.kind != "group" or found)
    filters = (
        replace(one, kind="select", choices=lambda: choices) if one.kind == "group" else one for one in kept
    )
    return replace(table, filters=tuple(filters))


def view_of(
    table: Table,
    page: Page[Any],
    asked: Mapping[str, str],
    here: str,
    shown: frozenset[str],
    can_pick: Callable[[Any], bool] | None = None,
) -> TableView:
    """What is shown of one page of rows. asked: what the address says. here: its path. shown: names of columns."""
    sort = asked.get("sort", table.default_sort)
    given = {name: value for name, value in asked.items() if name != "after"}
    values = {one.name: asked.get(one.name, "") for one in table.filters}
    is_cut = bool(page.next or asked.get("after"))
    return TableView(
        table=table,
        rows=page.items,
        heads=tuple(_head(column, sort, table, here, given) for column in table.columns if column.name in shown),
        columns=shown,
        filters=tuple((one, values[one.name], one.choices()) for one in table.filters),
        chips=tuple(
            Chip(one.name, str(one.label), one.words(values[one.name]), _address(here, given, **{one.name: ""}))
            for one in table.filters
            if values[one.name]
        ),
        choices=tuple(Choice(one.name, one.label, one.name in shown) for one in table.columns if not one.is_fixed),
        kept=tuple(given.items()),
        sort=asked.get("sort", ""),
        count=_count(len(page.items), is_cut=is_cut),
        clear=_address(here, {"sort": asked.get("sort", "")}),
        next=_address(here, given, after=page.next) if page.next else "",
        first=_address(here, given) if asked.get("after") else "",
        export=_address(here, given, export="csv"),
        address=_address(here, asked),
        picks=frozenset(row.id for row in page.items if can_pick is not None and can_pick(row)),
    )


def asked_of(parameters: QueryDict, table: Table) -> dict[str, str]:
    """Filters, order and cursor of an address, without what the query's input does not take."""
    names = (*(one.name for one in table.filters), "sort", "after")
    given = {name: value.strip() for name in names if (value := parameters.get(name, "")).strip()}
    try:
        validate(QUERIES[table.query].input, {**table.fixed, **given})
    except InvalidInput as refusal:
        given = {name: value for name, value in given.items() if name not in refusal.fields}
    return given


def page_of(visit: Visit, table: Table, asked: Mapping[str, str], **more: Any) -> Page[Any]:
    """The rows that a table's query gives: the only place that asks it."""
    to = table.subject or (visit.here if table.has_subject else None)
    page: Page[Any] = visit.ask(table.query, to, {**table.fixed, **asked, **more})
    return page


def _page(visit: Visit, table: Table, asked: dict[str, str]) -> Page[Any]:
    """The page asked for; the first one when the cursor is none of this order."""
    try:
        return page_of(visit, table, asked)
    except InvalidInput as refusal:
        if set(refusal.fields) != {"after"}:
            raise
        del asked["after"]
        return page_of(visit, table, asked)


def shown_columns(visit: Visit, table: Table) -> frozenset[str]:
    """Names of the columns to show: those that the address chooses, else those chosen last, else the usual ones."""
    session = visit.request.session
    kept = session.get(_REMEMBERED, {})
    chosen = chosen_columns(visit.request.GET, table)
    if chosen is not None and kept.get(table.query) != sorted(chosen):
        session[_REMEMBERED] = {**kept, table.query: sorted(chosen)}
    return columns_of(table, kept.get(table.query) if chosen is None else chosen)


def chosen_columns(parameters: QueryDict, table: Table) -> frozenset[str] | None:
    """The columns that an address chooses, of those that can be hidden; None = it does not choose."""
    if "columns" not in parameters:
        return None
    asked = {name for text in parameters.getlist("columns") for name in text.split(",")}
    return frozenset(column.name for column in table.columns if not column.is_fixed and column.name in asked)


def columns_of(table: Table, chosen: Collection[str] | None) -> frozenset[str]:
    """The fixed columns and those chosen; None = the usual ones."""
    return frozenset(
        column.name
        for column in table.columns
        if column.is_fixed or (column.is_shown if chosen is None else column.name in chosen)
    )


def _head(column: Column, sort: str, table: Table, here: str, given: Mapping[str, str]) -> Head:
    if not column.sort:
        return Head(column.name, column.label, column.kind)
    state = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(sort, "")
    # A first click sorts upwards, except where the list's own order by it is downwards (the newest first).
    first = table.default_sort if table.default_sort == f"-{column.sort}" else column.sort
    other = column.sort if first.startswith("-") else f"-{column.sort}"
    wanted = other if sort == first else first
    return Head(column.name, column.label, column.kind, _address(here, given, sort=wanted), state)


def _address(here: str, given: Mapping[str, str], **change: str | None) -> str:
    """The address of the list with parameters changed; empty ones are left out."""
    query = urlencode({name: value for name, value in {**given, **change}.items() if value})
    return f"{here}?{query}" if query else here


def _count(rows: int, *, is_cut: bool) -> str:
    """How many rows there are, or are shown, in words."""
    if is_cut:
        return ngettext("{n} on this page", "{n} on this page", rows).format(n=rows)
    return ngettext("{n} in all", "{n} in all", rows).format(n=rows)
