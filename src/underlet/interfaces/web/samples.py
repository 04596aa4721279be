"""A list of invented rows for the style page: filtered, sorted and paged as a query would, without a database."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.http import HttpResponseBase, QueryDict

from underlet.accounts.types import SubAccountRow
from underlet.foundation.types import FileAnswer, Page
from underlet.interfaces.web.answers import file_answer
from underlet.interfaces.web.export import cell, text_of
from underlet.interfaces.web.lists import SUB_ACCOUNTS
from underlet.interfaces.web.tables import TableView, asked_of, chosen_columns, columns_of, view_of
from underlet.kernel.hierarchy import UnitKind
from underlet.organization.types import UnitLink

_PAGE = 4
_AT_FIRST = {"state": "assigned", "sort": "-name"}
"""What the list shows until its address says something: a filter and an order, so that both are seen."""
_BIRCH = UnitLink(UUID(int=1), UnitKind.ORGANIZATION, "Birch")
_ACME = UnitLink(UUID(int=2), UnitKind.CUSTOMER, "acme.example.com")
UNITS = tuple((str(one.id), one.name) for one in (_BIRCH, _ACME))
"""Ids and names of the units, to choose from."""


def _row(number: int, name: str, provider: str, owner: UnitLink | None) -> SubAccountRow:
    used = (date(2026, 4, 1), date(2026, 4, 30 - number))
    return SubAccountRow(UUID(int=number), provider, "4711", f"sample-{number:04}", name, *used, owner, ())


_ROWS = (
    _row(1, "Archive", "Provider A", _BIRCH),
    _row(2, "Build machines", "Provider B", _BIRCH),
    _row(3, "Mail", "Provider A", _ACME),
    _row(4, "Old experiments", "Provider B", None),
    _row(5, "Search", "Provider A", _ACME),
    _row(6, "Web shop", "Provider B", _BIRCH),
)


def sample_list(parameters: QueryDict, here: str) -> TableView:
    """The list as the address asks for it; rows with an owner can be selected."""
    names = {"sort", "after", *(one.name for one in SUB_ACCOUNTS.filters)}
    asked = asked_of(parameters, SUB_ACCOUNTS) if names & parameters.keys() else _AT_FIRST
    shown = columns_of(SUB_ACCOUNTS, chosen_columns(parameters, SUB_ACCOUNTS))
    return view_of(SUB_ACCOUNTS, _page(asked), asked, here, shown, lambda row: row.owner is not None)


def sample_file(view: TableView) -> HttpResponseBase:
    """The list's rows as a file."""
    columns = [one for one in view.table.columns if one.name in view.columns and one.value]
    rows = [[cell(one.value(row)) for one in columns if one.value] for row in view.rows]
    text = text_of([[str(one.label) for one in columns], *rows])
    return file_answer(FileAnswer("sample.csv", "text/csv; charset=utf-8", text.encode()))


def _page(asked: Mapping[str, str]) -> Page[SubAccountRow]:
    state, order, words = asked.get("state", ""), asked.get("sort", "name"), asked.get("q", "").casefold()
    found = [
        row
        for row in _ROWS
        if words in f"{row.name} {row.external_id}".casefold()
        and state in ("", "assigned" if row.owner else "unassigned")
    ]
    by_id = order.endswith("id")
    found.sort(key=lambda row: row.external_id if by_id else row.name, reverse=order.startswith("-"))
    if asked.get("after"):
        return Page(tuple(found[_PAGE:]))
    return Page(tuple(found[:_PAGE]), "rest" if len(found) > _PAGE else None)
