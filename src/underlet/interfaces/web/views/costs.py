"""What a unit bought in a month, in the cost metrics that its reader may see."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _

from underlet.interfaces.web.bind import page
from underlet.interfaces.web.parts import month_words
from underlet.interfaces.web.tables import Head
from underlet.interfaces.web.visit import Visit
from underlet.interfaces.web.words import cost_metrics
from underlet.kernel.price_type import RAW_METRICS, CostMetric
from underlet.reporting.types import CostRow, CostView


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table: its name, an id below it, an amount and its currency for each column."""

    name: str
    sub: str
    cells: tuple[tuple[Decimal | None, str], ...]


@page("u/costs", tab="costs", uses=("cost.show", "home.show"))
def costs(visit: Visit) -> HttpResponse:
    """Costs of a month by service or sub-account; a column for each metric that one may see (R24, R26, R27)."""
    asked = visit.filters("period", "by", "sort")
    period = asked.get("period") or visit.ask("home.show", visit.here).period
    title = _("Costs of {month}").format(month=month_words(period)) if period else _("Costs")
    if not period:
        return visit.page("pages/costs.html", title, view=None)
    view: CostView = visit.ask("cost.show", visit.here, {**asked, "period": period})
    return visit.page(
        "pages/costs.html", title, view=view, raw_metrics=RAW_METRICS.intersection(view.metrics),
        heads=_heads(view, asked.get("sort", "name")),
        rows=[_row(view, row) for row in view.rows], totals=[_row(view, row) for row in view.totals],
    )  # fmt: skip


def _heads(view: CostView, sort: str) -> list[Head]:
    """The heads of the columns; each sorts by its own, a second time the other way round."""
    first = _("Sub-account") if view.by == "sub_account" else _("Service")
    words = dict(cost_metrics())
    columns = (("name", first, ""), *((metric.value, words[metric], "num") for metric in view.metrics))
    heads = []
    for name, label, kind in columns:
        state = {name: "ascending", f"-{name}": "descending"}.get(sort, "")
        is_down = sort == name or (sort != f"-{name}" and kind == "num")
        query = urlencode({"period": view.period, "by": view.by, "sort": f"-{name}" if is_down else name})
        heads.append(Head(name, label, kind, f"?{query}", state))
    return heads


def _row(view: CostView, row: CostRow) -> _Row:
    cells = tuple(
        (row.amounts.get(metric), row.currency if metric is CostMetric.PRICE else row.provider_currency)
        for metric in view.metrics
    )
    return _Row(row.label or row.name or "–", row.name if row.label else "", cells)
