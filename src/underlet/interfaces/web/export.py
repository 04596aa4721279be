"""Lists as CSV and JSON files: the same query, filters, order and columns as the page, streamed page by page.

RFC 4180, UTF-8. Values are the API's: decimals and dates that programs read, states by their code. Text that a
spreadsheet would take for a formula is guarded by an apostrophe; numbers never are (documents.md §9).
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from underlet.foundation.clock import today
from underlet.foundation.types import MAX_PAGE_SIZE, to_json
from underlet.interfaces.web import tables
from underlet.interfaces.web.tables import Column, Table
from underlet.interfaces.web.visit import Visit

MOST_ROWS = 100_000
"""Rows of one file; a last line says so when there were more."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BOM = "\ufeff"


def json_answer(visit: Visit, table: Table) -> HttpResponseBase:
    """The list as a JSON file: the rows of its query, as the API gives them."""
    asked = tables.asked_of(visit.request.GET, table)
    asked.pop("after", None)
    tables.page_of(visit, table, {**asked, "limit": "1"})  # refused before the file begins
    return _file(
        StreamingHttpResponse(_objects(visit, table, asked), content_type="application/json"), table, "json"
    )


def _objects(visit: Visit, table: Table, asked: dict[str, str]) -> Iterator[str]:
    """The file in pieces; a last object says so when there were more rows."""
    start = "["
    for rows, is_cut in _pages(visit, table, asked):
        found = [to_json(row) for row in rows] + ([{"cut_after": MOST_ROWS}] if is_cut else [])
        if found:
            yield start + ",\n".join(json.dumps(one, ensure_ascii=False) for one in found)
            start = ",\n"
    yield "[]" if start == "[" else "]"


def _pages(visit: Visit, table: Table, asked: dict[str, str]) -> Iterator[tuple[Sequence[Any], bool]]:
    """The rows, a page at a time, and whether more were left off after the last one.

    Each page is read in a transaction of its own, as the reader's rights are at that moment.
    """
    count, after = 0, ""
    while True:
        visit.come_again()
        page = tables.page_of(visit, table, {**asked, "after": after, "limit": str(MAX_PAGE_SIZE)})
        rows = page.items[: MOST_ROWS - count]
        count += len(rows)
        is_cut = page.next is not None and count >= MOST_ROWS
        yield rows, is_cut
        if page.next is None or is_cut:
            return
        after = page.next


def _file(answer: StreamingHttpResponse, table: Table, kind: str) -> HttpResponseBase:
    answer["Content-Disposition"] = f'attachment; filename="{table.file}-{today():%Y-%m-%d}.{kind}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def csv_answer(visit: Visit, table: Table) -> HttpResponseBase:
    """The list as a file. `bom=0` leaves out the mark by which spreadsheets know UTF-8."""
    asked = tables.asked_of(visit.request.GET, table)
    asked.pop("after", None)
    shown = tables.shown_columns(visit, table)
    columns = [one for one in table.columns if one.name in shown and one.value is not None]
    start = "" if visit.request.GET.get("bom") == "0" else _BOM
    # Translated now: a stream is written after the request, when no language is active.
    heads = [str(one.label) for one in columns]
    cut = _("Only the first {n} rows: narrow the list by its filters.").format(n=MOST_ROWS)
    tables.page_of(visit, table, {**asked, "limit": "1"})  # refused before the file begins
    answer = StreamingHttpResponse(
        _lines(visit, table, asked, columns, heads, start, cut), content_type="text/csv; charset=utf-8"
    )
    return _file(answer, table, "csv")


def _lines(
    visit: Visit,
    table: Table,
    asked: dict[str, str],
    columns: list[Column],
    heads: list[str],
    start: str,
    cut: str,
) -> Iterator[str]:
    """The file in pieces."""
    yield start + text_of([heads])
    for rows, is_cut in _pages(visit, table, asked):
        yield text_of([[cell(column.value(row)) for column in columns if column.value] for row in rows])
        if is_cut:
            yield text_of([[cut, *[""] * (len(columns) - 1)]])


def cell(value: object) -> str:
    """A value as a CSV cell. Text that begins like a formula gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | int):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    text = str(to_json(value)) if isinstance(value, date | datetime) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def text_of(rows: list[list[Any]]) -> str:
    """Rows as lines of CSV."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)  # RFC 4180: commas, quotes doubled, lines end with CR LF
    return buffer.getvalue()
