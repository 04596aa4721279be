"""Reads of the rating context: runs and rates for people, priced lines for the documents of an edge."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from underlet.contracts.models import PriceRule
from underlet.foundation.actor import Actor
from underlet.foundation.listing import BY_ID, Order, sorted_page
from underlet.foundation.registry import Subject, query
from underlet.foundation.settings import settings
from underlet.foundation.types import NoInput, Page
from underlet.kernel.errors import NotFound
from underlet.kernel.money import EXACT, round_amount
from underlet.kernel.period import Month
from underlet.kernel.permission import FIGURES, Permission
from underlet.kernel.sentence import unpacked
from underlet.organization.masks import shown_at
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, reporting_currency
from underlet.organization.scope import InEdge, InScope
from underlet.rating.explain import explanation_of
from underlet.rating.models import BillingRun, ChargeCost, ChargeLine, ExchangeRate, ProviderCost
from underlet.rating.types import (
    Check,
    ExchangeRateRow,
    Explanation,
    Finding,
    LineKey,
    LinePrice,
    ListExchangeRates,
    ListRuns,
    ProviderCostRow,
    RunRow,
    RunView,
    VersionLine,
)

_COSTS = FIGURES
"""A cost beside its price tells the margin, so who sees costs may see that as well (A11)."""


def visible_runs(actor: Actor) -> QuerySet[BillingRun]:
    """Runs of units in which the actor may start them (first belt): their figures are the root's."""
    if not settings().query_scoping:
        return BillingRun.objects.all()
    return BillingRun.objects.filter(InScope(actor, "unit__anc", "unit_id", Permission.BILLING_RUN))


def find_run(actor: Actor, public_id: UUID) -> BillingRun | None:
    """The visible billing run with this public id."""
    return visible_runs(actor).select_related("same_as").filter(public_id=public_id).first()


RUN = Subject(
    "billing_run",
    find_run,
    lambda row: row.unit_id,
    lambda row: row.hierarchy_id,
    shown=lambda row: shown_at(row.unit_id),
)


@query("billing_run.list", needs=Permission.BILLING_RUN, subject=UNIT)
def list_runs(actor: Actor, unit: Unit, data: ListRuns) -> Page[RunRow]:
    """List the billing runs of a unit, newest first by default."""
    found = visible_runs(actor).filter(unit=unit)
    if data.period:
        found = found.filter(period=Month.parse(data.period).start)
    if data.state:
        found = found.filter(state=data.state)
    page = sorted_page(found, data, data.sort, {"created": BY_ID, "month": Order("period", date)})
    items = tuple(
        RunRow(
            run.public_id,
            f"{run.period:%Y-%m}",
            run.state,
            run.is_current,
            run.created_at,
            run.finished_at,
            run.job_id,
        )
        for run in page.items
    )
    return Page(items, page.next)


@query("billing_run.show", needs=Permission.BILLING_RUN, subject=RUN)
def show_run(actor: Actor, run: BillingRun, data: NoInput) -> RunView:
    """Show a billing run: state, checks, findings, what each provider account cost."""
    return run_view(run)


def run_view(run: BillingRun) -> RunView:
    """A billing run in full; its figures are those of the run whose answer it found unchanged, if it did."""
    source = run.same_as or run
    return RunView(
        run.public_id,
        f"{run.period:%Y-%m}",
        run.state,
        run.is_current,
        run.created_at,
        run.finished_at,
        run.job_id,
        run.same_as.public_id if run.same_as else None,
        source.inputs_hash,
        source.result_hash,
        source.engine_version,
        tuple(Check(**check) for check in unpacked(source.checks)),
        tuple(_finding(value) for value in unpacked(source.findings)),
        provider_costs_of(source),
    )


def _finding(value: Mapping[str, Any]) -> Finding:
    amount = value.get("amount")
    return Finding(**{**value, "amount": None if amount is None else Decimal(amount)})


def provider_costs_of(run: BillingRun) -> tuple[ProviderCostRow, ...]:
    """Edge 0 of a run, by account; empty to whom row-level security hides it."""
    return tuple(
        ProviderCostRow(
            row.provider,
            row.billing_account,
            row.currency,
            row.exact,
            row.unassigned,
            row.rate,
            row.reporting_currency,
            round_amount(row.posted, row.reporting_currency),
        )
        for row in run.provider_costs.order_by("provider", "billing_account", "currency")
    )


_RATE_ORDERS = {
    "month": Order("period", date),
    "currency": Order("currency", str),
    "rate": Order("rate", Decimal),
}


@query("exchange_rate.list", needs=Permission.BILLING_RUN, subject=UNIT)
def list_exchange_rates(actor: Actor, unit: Unit, data: ListExchangeRates) -> Page[ExchangeRateRow]:
    """List the exchange rates of the root's books, newest month first by default."""
    found = visible_rates(actor).filter(unit=unit)
    if data.period:
        found = found.filter(period=Month.parse(data.period).start)
    if data.q:
        found = found.filter(currency__icontains=data.q)
    page = sorted_page(found, data, data.sort, _RATE_ORDERS)
    reporting = reporting_currency(unit)
    return Page(
        tuple(ExchangeRateRow(f"{row.period:%Y-%m}", row.currency, reporting, row.rate) for row in page.items),
        page.next,
    )


def visible_rates(actor: Actor) -> QuerySet[ExchangeRate]:
    """Rates of units whose costs the actor may read (first belt): their figures convert by them."""
    if not settings().query_scoping:
        return ExchangeRate.objects.all()
    return ExchangeRate.objects.filter(InScope(actor, "unit__anc", "unit_id", Permission.COST_READ))


def visible_provider_costs(actor: Actor) -> QuerySet[ProviderCost]:
    """Edge 0 of units whose costs and prices the actor may read (first belt)."""
    if not settings().query_scoping:
        return ProviderCost.objects.all()
    return ProviderCost.objects.filter(InScope(actor, "unit__anc", "unit_id", _COSTS))


def visible_purchases(actor: Actor) -> QuerySet[ChargeCost]:
    """What sellers pay for their priced lines, for people on the seller's side only (first belt, I5).

    What the root pays is the provider's own figure, and the root's people's alone: those whose grant reaches the root
    itself, not those who look after some of its buyers (R2).
    """
    if not settings().query_scoping:
        return ChargeCost.objects.all()
    lines = ChargeLine.objects.filter(
        InEdge(actor, "seller", _COSTS), Q(edge__gt=1) | Q(InEdge(actor, "seller", _COSTS, at_seller=True))
    )
    return ChargeCost.objects.filter(charge_line__in=lines)


# --- for the documents of an edge, as the system -------------------------------------------------


def current_run(hierarchy_id: int, period: Month) -> BillingRun | None:
    """The run that drafts and margins of a month rest on."""
    return BillingRun.objects.filter(hierarchy_id=hierarchy_id, period=period.start, is_current=True).first()


def versions_of_run(run_id: int) -> list[int]:
    """The contract versions that have lines in a run (priced, removed or held), by id."""
    found = ChargeLine.objects.filter(run_id=run_id).values_list("version_id", flat=True).distinct()
    return sorted(version_id for version_id in found if version_id is not None)


def holds_of_run(run: BillingRun) -> dict[int, str]:
    """Why the invoice of a contract version cannot be issued yet: version id -> finding code, others absent."""
    return {int(version_id): code for version_id, code in run.manifest.get("holds", {}).items()}


def lines_of_version(run_id: int, version_id: int) -> list[VersionLine]:
    """The priced lines of one edge, in the order of its documents: sub-account, service, category, rule."""
    found = ChargeLine.objects.filter(run_id=run_id, version_id=version_id, outcome="priced")
    prices = {
        str(rule.position): rule.price
        for rule in PriceRule.objects.filter(version_id=version_id, verb="unit")
        if rule.price is not None
    }
    return sorted((_version_line(row, prices) for row in found), key=_document_order)


def prices_of(run_id: int, version_ids: Collection[int], currency: str) -> list[LinePrice]:
    """The posted price of every priced line of some contract versions; as far as the reader may see the lines."""
    found = ChargeLine.objects.filter(
        run_id=run_id, version_id__in=version_ids, currency=currency, outcome="priced"
    )
    named = found.values_list("service", "sub_account", "sub_account_name", "provider_currency", "posted")
    return [
        LinePrice(service, sub_account or "", name, provider_currency, round_amount(posted, currency))
        for service, sub_account, name, provider_currency, posted in named
    ]


def _version_line(row: ChargeLine, prices: Mapping[str, Decimal]) -> VersionLine:
    key = LineKey(
        row.provider,
        row.billing_account,
        row.sub_account,
        row.service,
        row.charge_category,
        row.charge_class,
        row.charge_kind,
        row.rule_id or "",
        row.provider_currency,
    )
    price = prices.get(key.rule_id)
    # A unit rule without a quantity may have fallen back to the seller's cost: then the product is not the price.
    if price is not None and (row.quantity is None or EXACT.multiply(row.quantity, price) != row.exact):
        price = None
    return VersionLine(
        row.id,
        key,
        row.sub_account_name,
        row.currency,
        row.unit_of_measure,
        row.quantity,
        price,
        row.exact,
        row.posted,
        row.n,
    )


def _document_order(line: VersionLine) -> tuple[str | int, ...]:
    key = line.key
    return (
        line.sub_account_name.casefold(),
        key.sub_account or "",
        key.service,
        key.charge_category,
        key.charge_class or "",
        key.charge_kind,
        int(key.rule_id),
        key.provider,
        key.billing_account,
        key.provider_currency,
    )


def explain_line(
    actor: Actor, run_id: int, version_id: int, key: LineKey, *, to_seller: bool, shows_raw: bool
) -> Explanation:
    """Why a priced line is what it is (B2), for its seller or its buyer; which of them asks, the caller knows.

    To the buyer, base and factor over the seller's cost are hidden: it could divide (rating-engine.md §7); so they are
    to those of the seller's people who may not read what it pays for this line. shows_raw: whether the reader may see
    the provider's figures of what the buyer buys.
    Raises NotFound when the run has no such priced line that the reader may see.
    """
    line = ChargeLine.objects.filter(
        run_id=run_id,
        version_id=version_id,
        outcome="priced",
        provider=key.provider,
        billing_account=key.billing_account,
        sub_account=key.sub_account,
        service=key.service,
        charge_category=key.charge_category,
        charge_class=key.charge_class,
        charge_kind=key.charge_kind,
        rule_id=key.rule_id,
        provider_currency=key.provider_currency,
    ).first()
    rules = PriceRule.objects.select_related("version")
    rule = rules.filter(version_id=version_id, position=int(key.rule_id)).first()
    if line is None or rule is None:
        raise NotFound()
    knows_cost = to_seller and visible_purchases(actor).filter(charge_line_id=line.id).exists()
    return explanation_of(line, rule, key, to_seller=to_seller, knows_cost=knows_cost, shows_raw=shows_raw)
