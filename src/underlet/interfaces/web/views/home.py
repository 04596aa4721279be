"""The home page of a unit: what the newest month bought and sold, what waits, how fresh it is."""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from underlet.foundation.metrics import Absent
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.charts import BarChart, Series, stacked_bars
from underlet.interfaces.web.parts import Figure, Step, month_words, short_month
from underlet.interfaces.web.visit import Visit
from underlet.interfaces.web.waiting import tasks_of
from underlet.kernel.period import Month
from underlet.reporting.types import HomeView, MonthFigures

_ZERO = Decimal(0)
_SHOWN_MONTHS = 12


@page("u/home", tab="home", uses=("unit.show", "home.show"))
def home(visit: Visit) -> HttpResponse:
    """Figures, twelve months, top buyers, to-do list, freshness; before the first import a checklist."""
    visit.ask("unit.show", visit.here)
    view: HomeView | None = visit.ask("home.show", visit.here) if visit.may("home.show") else None
    if view is None:
        return visit.page("pages/home.html", visit.unit.name, view=None)
    context: dict[str, Any] = {
        "figures": _figures(visit, view),
        "chart": _chart(view),
        "tasks": tasks_of(visit.address, view.to_do),
        "steps": _steps(visit, view) if view.figures is None and visit.may("contract.create") else (),
    }
    return visit.page("pages/home.html", visit.unit.name, view=view, **context)


def _figures(visit: Visit, view: HomeView) -> tuple[Figure, ...]:
    month = view.figures
    if month is None:
        return ()
    period = month_words(month.period)
    note = _("{month}, provisional").format(month=period) if month.is_provisional else period
    invoices = visit.address("invoices") if visit.may("invoice.list") else ""
    bought_at, sold_at = (f"{invoices}?side={side}" if invoices else "" for side in ("bought", "sold"))
    sold, margin = month.sold, month.margin
    if isinstance(month.bought, Absent):
        shown = None if isinstance(sold, Absent) else sold
        return (Figure(_("Sold"), shown, view.currency, note, "arrow-up-right", sold_at),)
    bought = Figure(_("Bought"), month.bought, view.currency, note, "arrow-down-left", bought_at)
    if isinstance(sold, Absent) or isinstance(margin, Absent) or (sold == 0 and not view.top_buyers):
        return (bought,)
    return (
        bought,
        Figure(_("Sold"), sold, view.currency, note, "arrow-up-right", sold_at),
        Figure(_("Margin"), margin, view.currency, note, "scale"),
    )


def _chart(view: HomeView) -> BarChart | None:
    """Twelve months as stacked bars. bought + margin = sold, so the two parts add up to what was sold."""
    figures = {month.period: month for month in view.months}
    if not any(month.bought or month.sold for month in view.months):
        return None
    months = [Month.parse(max(figures))]
    while len(months) < _SHOWN_MONTHS:
        months.insert(0, months[0].previous())
    found = [figures.get(str(month)) for month in months]
    if any(isinstance(month.bought, Absent) for month in view.months):
        parts = [Series(_("Sold"), tuple(_plain(one.sold) if one else _ZERO for one in found))]
        return _bars(view, months, found, parts)
    parts = [Series(_("Bought"), tuple(_plain(one.bought) if one else _ZERO for one in found))]
    if any(one and one.sold for one in found):
        margins = [one.margin if one else None for one in found]
        parts.append(Series(_("Margin"), tuple(_plain(one) for one in margins)))
    return _bars(view, months, found, parts)


def _plain(figure: Decimal | Absent | None) -> Decimal:
    return figure if isinstance(figure, Decimal) else _ZERO


def _bars(
    view: HomeView, months: list[Month], found: list[MonthFigures | None], parts: list[Series]
) -> BarChart | None:
    return stacked_bars(
        _("Twelve months"),
        view.currency,
        [short_month(str(month)) for month in months],
        parts,
        frozenset(index for index, one in enumerate(found) if one and one.is_provisional),
        frozenset(index for index, one in enumerate(found) if one is None),
    )


def _steps(visit: Visit, view: HomeView) -> tuple[Step, ...]:
    """What to do first, in the order that matters (P22)."""
    open_ = {one.kind for one in view.to_do}
    return (
        Step(
            _("Build the structure"), _("Organizations and customers below this unit"),
            visit.address("structure"), "no_unit" not in open_,
        ),
        Step(
            _("Take in a billing file"), _("FOCUS as CSV, CSV.gz or Parquet"),
            visit.address("imports"), "no_import" not in open_,
        ),
        Step(
            _("Assign sub-accounts"), _("Say who consumes what, from which day"),
            visit.address("sub_accounts"), not open_ & {"unassigned", "no_import"},
        ),
        Step(
            _("Make contracts"), _("Prices, fees and terms for every buyer"),
            visit.address("contracts"), "no_contract" not in open_,
        ),
        Step(
            _("Run the first month"), _("Check the drafts and issue the invoices"),
            visit.address("invoices"), False,
        ),
    )  # fmt: skip


@page("u/waiting", tab="home", uses=("home.waiting",))
def waiting(visit: Visit) -> HttpResponse:
    """What waits for the reader in the unit, each with the way to where it is done (P24)."""
    found = visit.ask("home.waiting", visit.here)
    return visit.page("pages/waiting.html", _("Waiting for you"), tasks=tasks_of(visit.address, found.to_do))
