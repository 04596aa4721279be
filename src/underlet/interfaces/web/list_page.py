"""The answer of a list's address: the whole page, its region alone, or the list as a file."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponseBase

from underlet.interfaces.web.answers import wants_fragment
from underlet.interfaces.web.export import csv_answer, json_answer
from underlet.interfaces.web.tables import REGION, Table, table_view
from underlet.interfaces.web.visit import Visit


def list_page(
    visit: Visit,
    table: Table,
    template: str,
    title: str,
    *,
    can_pick: Callable[[Any], bool] | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponseBase:
    """Answer a list's address. can_pick: whether a row can be selected. The template extends `base`."""
    if visit.request.GET.get("export") == "csv":
        return csv_answer(visit, table)
    if visit.request.GET.get("export") == "json":
        return json_answer(visit, table)
    view = table_view(visit, table, can_pick=can_pick)
    is_region = _is_region(visit)
    base = "parts/region.html" if is_region else "base.html"
    answer = visit.page(template, title, status=status, table=view, base=base, **context)
    if is_region:
        answer["HX-Push-Url"] = view.address
    return answer


def _is_region(visit: Visit) -> bool:
    """Whether htmx asks for the list's region alone; htmx 4 names a target with its tag (interface.md §8.3)."""
    target = visit.request.headers.get("HX-Target", "")
    return wants_fragment(visit.request) and target.rpartition("#")[2] == REGION


def picked(visit: Visit, most: int) -> Sequence[str]:
    """The ids of the rows selected in a list, each once; at most so many."""
    source = visit.request.POST if visit.is_posted else visit.request.GET
    return tuple(dict.fromkeys(source.getlist("row")))[:most]
