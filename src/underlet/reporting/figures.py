"""Sold, bought and kept per month, from posted documents; exact in the party's own currency."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum

from underlet.contracts.queries import visible_versions
from underlet.foundation.actor import Actor
from underlet.foundation.metrics import ABSENT
from underlet.invoicing.queries import visible_invoices
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.money import EXACT, multiply, round_amount, total
from underlet.kernel.permission import FIGURES
from underlet.organization.models import Unit
from underlet.organization.queries import held_in
from underlet.rating.queries import visible_provider_costs, visible_purchases
from underlet.reporting.books import Books
from underlet.reporting.types import MonthFigures


def months_of(actor: Actor, unit: Unit, books: Books, periods: Collection[date]) -> dict[date, MonthFigures]:
    """The figures of each month that has any; a handful of queries, whatever the number of documents."""
    sold = _sold(actor, unit, books, periods)
    bought = _bought(actor, unit, books, periods)
    drafts = dict(
        visible_invoices(actor)
        .filter(seller_id=unit.id, period__in=periods, state="draft")
        .values_list("period")
        .annotate(Count("id"))
    )
    figures = {}
    shows_bought = shows_purchases(unit)
    for period in sorted(sold.keys() | bought.keys()):
        income = sold.get(period, Decimal(0))
        expense = bought.get(period)
        if not shows_bought:
            figures[period] = MonthFigures(f"{period:%Y-%m}", income, ABSENT, ABSENT, bool(drafts.get(period)))
            continue
        spent = round_amount(expense or Decimal(0), books.currency)
        margin = None if income is None else round_amount(EXACT.subtract(income, spent), books.currency)
        provisional = bool(drafts.get(period)) or expense is None
        figures[period] = MonthFigures(f"{period:%Y-%m}", income, spent, margin, provisional)
    return figures


def shows_purchases(unit: Unit) -> bool:
    """Whether the reader's role shows what a unit buys: an organization's purchases tell its margin (A11)."""
    return unit.kind == UnitKind.CUSTOMER or held_in(unit) & FIGURES == FIGURES


def _sold(actor: Actor, unit: Unit, books: Books, periods: Collection[date]) -> dict[date, Decimal | None]:
    """Net of all invoices in which the unit sells; None for a month with one that no rate converts."""
    found = visible_invoices(actor).filter(seller_id=unit.id, period__in=periods)
    same = found.filter(currency=books.currency).values_list("period").annotate(Sum("net"))
    amounts: dict[date, list[Decimal | None]] = defaultdict(list)
    for period, net in same:
        amounts[period].append(net)
    # Each document converts on its own (billing.md §6.9), so foreign ones cannot be summed first.
    foreign = found.exclude(currency=books.currency).values_list("period", "currency", "version_id", "net")
    for period, currency, version_id, net in foreign:
        amounts[period].append(books.convert(net, currency, period, version_id))
    return {period: _sum(values, books.currency) for period, values in amounts.items()}


def _sum(values: list[Decimal | None], currency: str) -> Decimal | None:
    known = [value for value in values if value is not None]
    return None if len(known) < len(values) else round_amount(total(known), currency)


def _bought(actor: Actor, unit: Unit, books: Books, periods: Collection[date]) -> dict[date, Decimal]:
    if unit.parent_id is None:
        costs = visible_provider_costs(actor).filter(unit=unit, run__period__in=periods, run__is_current=True)
        return dict(costs.values_list("run__period").annotate(Sum("posted")))
    found = visible_invoices(actor).filter(
        buyer_id=unit.id, period__in=periods, state="issued", currency=books.currency
    )
    return dict(found.values_list("period").annotate(Sum("net")))


def costs_by_contract(
    actor: Actor, unit: Unit, books: Books, period: date, run_ids: Collection[int]
) -> dict[int, Decimal | None]:
    """What the unit pays for the charges that each of its contracts resells, HALF_UP, by contract id.

    Charges that a contract removes count too: the seller absorbs their cost (billing.md §4). None: no rate.
    """
    exact: dict[tuple[int, str], Decimal] = {}
    found = visible_purchases(actor).filter(charge_line__seller_id=unit.id, charge_line__run_id__in=run_ids)
    sums = list(found.values_list("charge_line__version_id", "currency").annotate(Sum("exact")))
    contract_of = dict(
        visible_versions(actor)
        .filter(id__in={version_id for version_id, _, _ in sums})
        .values_list("id", "contract_id")
    )
    for version_id, currency, amount in sums:
        contract_id = contract_of.get(version_id)
        if contract_id is not None:
            key = (contract_id, currency)
            exact[key] = EXACT.add(exact.get(key, Decimal(0)), amount)
    parts: dict[int, list[Decimal | None]] = defaultdict(list)
    for (contract_id, currency), amount in exact.items():
        parts[contract_id].append(_purchase(books, amount, currency, period))
    return {
        contract_id: None if None in values else round_amount(total([v for v in values if v]), books.currency)
        for contract_id, values in parts.items()
    }


def _purchase(books: Books, amount: Decimal, currency: str, period: date) -> Decimal | None:
    """An exact purchase in the party's currency, not rounded yet."""
    if currency == books.currency:
        return amount
    rate = books.monthly.get((period, currency))
    return None if rate is None else multiply(amount, rate)
