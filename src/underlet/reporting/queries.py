"""Reads of the reporting context: one month of a billing party, and its home page."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Value

from underlet.accounts.queries import unassigned
from underlet.contracts.queries import public_ids_of
from underlet.foundation.actor import Actor, can
from underlet.foundation.clock import today
from underlet.foundation.metrics import ABSENT, Absent, Bought, Margin, Sales
from underlet.foundation.registry import query
from underlet.foundation.types import NoInput
from underlet.invoicing.queries import open_drafts, visible_invoices
from underlet.kernel.money import EXACT, half_up, round_amount, total
from underlet.kernel.period import Month
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, has_children, held_in
from underlet.rating.queries import provider_costs_of, visible_runs
from underlet.reporting.books import Books, books_of
from underlet.reporting.figures import costs_by_contract, months_of, shows_purchases
from underlet.reporting.types import (
    ContractSummary,
    Freshness,
    HomeInput,
    HomeView,
    MonthFigures,
    SummaryInput,
    SummaryView,
    ToDo,
    TopBuyer,
    Waiting,
)
from underlet.usage.queries import freshness_of, rejected_since_last_import

_TOP_BUYERS = 5


@query("billing.summary", needs=Permission.PRICES, subject=UNIT)
def show_summary(actor: Actor, unit: Unit, data: SummaryInput) -> SummaryView:
    """Sum up one month of a unit: what it sold by contract, what it paid for it, what it kept (P9, I11)."""
    period = Month.parse(data.period).start
    books = books_of(actor, unit)
    run = visible_runs(actor).filter(unit=unit, period=period, is_current=True).first()
    contracts = _contracts(actor, unit, books, period)
    figures = months_of(actor, unit, books, [period]).get(period)
    sold, bought, margin, provisional = _totals(figures, books, shows_bought=shows_purchases(unit))
    return SummaryView(
        data.period,
        books.currency,
        run.public_id if run else None,
        run.state if run else "",
        provisional,
        contracts,
        sold,
        bought,
        _kept(contracts, bought, books),
        margin,
        provider_costs_of(run) if run else (),
    )


def _totals(
    figures: MonthFigures | None, books: Books, *, shows_bought: bool
) -> tuple[Sales, Bought, Margin, bool]:
    if figures is None:
        nothing = round_amount(Decimal(0), books.currency)
        return (nothing, nothing, nothing, True) if shows_bought else (nothing, ABSENT, ABSENT, True)
    return figures.sold, figures.bought, figures.margin, figures.is_provisional


def _contracts(actor: Actor, unit: Unit, books: Books, period: date) -> tuple[ContractSummary, ...]:
    invoices = list(visible_invoices(actor).filter(seller_id=unit.id, period=period).order_by("buyer_name", "id"))
    public_ids = public_ids_of(actor, {invoice.contract_id for invoice in invoices})
    costs = costs_by_contract(actor, unit, books, period, {invoice.run_id for invoice in invoices})
    rows = []
    for invoice in invoices:
        contract_id = public_ids.get(invoice.contract_id)
        nothing = None if contract_id is None else round_amount(Decimal(0), books.currency)
        cost = costs.get(invoice.contract_id, nothing)
        income = books.convert(invoice.net, invoice.currency, period, invoice.version_id)
        margin = None if cost is None or income is None else EXACT.subtract(income, cost)
        rows.append(
            ContractSummary(
                contract_id,
                invoice.seller_name,
                invoice.buyer_name,
                invoice.currency,
                round_amount(invoice.net, invoice.currency),
                invoice.state,
                cost,
                None if margin is None else round_amount(margin, books.currency),
                books.currency,
            )
        )
    return tuple(rows)


def _kept(contracts: tuple[ContractSummary, ...], bought: Bought, books: Books) -> Margin:
    if isinstance(bought, Absent):
        return ABSENT
    costs = [row.cost for row in contracts]
    known = [cost for cost in costs if isinstance(cost, Decimal)]
    return None if len(known) < len(costs) else round_amount(EXACT.subtract(bought, total(known)), books.currency)


@query("home.show", subject=UNIT)
def show_home(actor: Actor, unit: Unit, data: HomeInput) -> HomeView:
    """Show a unit's figures, month by month, what waits for the reader, and how fresh the usage is (P22, P26)."""
    books = books_of(actor, unit)
    periods = [month.start for month in _last_months(data.months)]
    figures = months_of(actor, unit, books, periods) if can(Permission.PRICES, unit.id) else {}
    newest = max(figures, default=None)
    return HomeView(
        books.currency,
        f"{newest:%Y-%m}" if newest else "",
        figures[newest] if newest else None,
        tuple(figures[period] for period in periods if period in figures),
        _top_buyers(actor, unit, books, newest, figures) if newest else (),
        _to_do(actor, unit),
        tuple(Freshness(*row) for row in freshness_of(actor, unit)),
    )


def _last_months(count: int) -> list[Month]:
    month, found = Month.of(today()), []
    for _ in range(count):
        found.append(month)
        month = month.previous()
    return found[::-1]


def _top_buyers(
    actor: Actor, unit: Unit, books: Books, period: date, figures: dict[date, MonthFigures]
) -> tuple[TopBuyer, ...]:
    sold = visible_invoices(actor).filter(seller_id=unit.id, period=period)
    # The largest of each currency; among them the converted amounts decide.
    currencies = sorted(set(sold.values_list("currency", flat=True)))
    found = [one for code in currencies for one in sold.filter(currency=code).order_by("-net", "id")[:_TOP_BUYERS]]
    public_ids = public_ids_of(actor, {invoice.contract_id for invoice in found})
    whole = figures[period].sold
    buyers = [
        TopBuyer(
            invoice.buyer_name,
            public_ids.get(invoice.contract_id),
            invoice.currency,
            round_amount(invoice.net, invoice.currency),
            _share(books.convert(invoice.net, invoice.currency, period, invoice.version_id), whole),
        )
        for invoice in found
    ]
    return tuple(sorted(buyers, key=lambda buyer: (-buyer.share, buyer.name))[:_TOP_BUYERS])


def _share(amount: Decimal | None, whole: Sales) -> Decimal:
    """Percent of what was sold, one decimal, for a bar's length; 0 where it cannot be told."""
    if not amount or not isinstance(whole, Decimal) or amount < 0 or whole <= 0:
        return Decimal("0.0")
    return half_up(EXACT.divide(amount * 100, whole), 1)


def _to_do(actor: Actor, unit: Unit) -> tuple[ToDo, ...]:
    first_steps: list[tuple[str, bool]] = []
    held = held_in(unit)
    if held & Permission.UNIT_EDIT and unit.kind == "organization":
        first_steps.append(("no_unit", not has_children(actor, unit)))
    if held & Permission.IMPORT and unit.parent_id is None:
        first_steps.append(("no_import", not freshness_of(actor, unit)))
    return (*(ToDo(kind, 1) for kind, is_open in first_steps if is_open), *_waiting(actor, unit))


def _waiting(actor: Actor, unit: Unit) -> tuple[ToDo, ...]:
    """What waits for the reader in the unit, counted in one statement."""
    held = held_in(unit)
    found: list[tuple[str, QuerySet[Any]]] = []
    if held & Permission.IMPORT and unit.parent_id is None:
        found.append(("import_failed", rejected_since_last_import(actor, unit)))
        found.append(("unassigned", unassigned(actor, unit)))
    if held & Permission.BILLING_RUN:
        found.append(("run_held", visible_runs(actor).filter(unit=unit, is_current=True, state="held")))
    if held & Permission.INVOICE_ISSUE:
        found.append(("drafts", open_drafts(actor, unit)))
    if not found:
        return ()
    first, *others = (_counted(position, rows) for position, (_kind, rows) in enumerate(found))
    return tuple(ToDo(found[position][0], count) for position, count in first.union(*others, all=True) if count)


def _counted(position: int, rows: QuerySet[Any]) -> "QuerySet[Any, tuple[int, int]]":
    numbered = rows.order_by().annotate(position=Value(position, IntegerField())).values("position")
    counted: QuerySet[Any, tuple[int, int]] = numbered.annotate(count=Count("pk")).values_list("position", "count")
    return counted


@query("home.waiting", subject=UNIT)
def list_waiting(actor: Actor, unit: Unit, data: NoInput) -> Waiting:
    """List what waits for the reader in a unit: drafts, held runs, refused files, sub-accounts without owner (P24)."""
    return Waiting(_waiting(actor, unit))
