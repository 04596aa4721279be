"""What a unit bought in a month, in the cost metrics that its reader may see (R24, R26, R27)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from underlet.contracts.queries import shows_raw_cost
from underlet.foundation.actor import Actor
from underlet.foundation.registry import query
from underlet.invoicing.queries import priced_versions, visible_invoices
from underlet.kernel.errors import InvalidInput
from underlet.kernel.money import EXACT
from underlet.kernel.period import Month
from underlet.kernel.permission import Permission
from underlet.kernel.price_type import RAW_METRICS, CostMetric, PriceType, shown_metrics
from underlet.organization.masks import shown_in_unit
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT
from underlet.rating.costs import bill_of
from underlet.rating.queries import prices_of
from underlet.reporting.types import CostRow, CostView, ShowCosts

_Key = tuple[str, str, str]
"""Service or sub-account, the provider's currency, the contract's."""


@query("cost.show", needs=Permission.PRICES, subject=UNIT)
def show_costs(actor: Actor, unit: Unit, data: ShowCosts) -> CostView:
    """Show what a unit bought in a month, by service or sub-account, in the cost metrics that one may see.

    The price is what the month's invoices ask for usage. List cost is the provider's, and so are contracted, effective
    and billed cost: they show where every contract from the root down discloses raw cost, and to a customer only if its
    price type is raw cost only, too. A metric that one may not see is in no row, and nothing sorts by it: that is
    InvalidInput, as for any unknown order (R24, R26, R27).
    """
    metrics = _metrics(unit)
    if data.sort not in {"name", "-name", *metrics, *(f"-{metric}" for metric in metrics)}:
        raise InvalidInput(fields={"sort": "There is no such order here."})
    found: dict[_Key, dict[CostMetric, Decimal]] = defaultdict(dict)
    names: dict[str, str] = {}
    invoices = visible_invoices(actor).filter(buyer_id=unit.id, period=Month.parse(data.period).start)
    for (run_id, currency), versions in priced_versions(invoices).items():
        for price in prices_of(run_id, versions, currency):
            names[price.sub_account] = price.sub_account_name
            name = price.service if data.by == "service" else price.sub_account
            _add(found[name, price.provider_currency, currency], {CostMetric.PRICE: price.posted})
        for key, amounts in bill_of(run_id, versions, metrics).items():
            name = key.service if data.by == "service" else key.sub_account
            _add(found[name, key.currency, currency], amounts)
    rows = [
        CostRow(
            name, names.get(name, "") if data.by == "sub_account" else "", currency, provider_currency, amounts
        )
        for (name, provider_currency, currency), amounts in found.items()
    ]
    return CostView(
        data.period,
        data.by,
        unit.price_type if unit.kind == "customer" else "",
        tuple(metric for metric in CostMetric if metric in metrics and _is_known(metric, rows)),
        tuple(_sorted(rows, data.sort)),
        _totals(rows),
    )


def _metrics(unit: Unit) -> frozenset[CostMetric]:
    """What the reader sees of what the unit buys: by its edges, of a customer by its price type, and by their role."""
    is_disclosed = shows_raw_cost(unit.id)
    price_type = PriceType(unit.price_type) if unit.kind == "customer" else PriceType.RAW_COST_ONLY
    return shown_metrics(price_type, is_disclosed=is_disclosed) & shown_in_unit(unit)


def _is_known(metric: CostMetric, rows: Sequence[CostRow]) -> bool:
    """Whether a column has anything to say: raw cost of a month before it was disclosed is not there either."""
    return metric not in RAW_METRICS or any(metric in row.amounts for row in rows)


def _add(sums: dict[CostMetric, Decimal], amounts: Mapping[CostMetric, Decimal]) -> None:
    for metric, amount in amounts.items():
        sums[metric] = EXACT.add(sums.get(metric, Decimal(0)), amount)


def _sorted(rows: Sequence[CostRow], sort: str) -> list[CostRow]:
    """By name, or by a metric; rows without it come last, in either direction."""
    by_name = sorted(rows, key=lambda row: (row.name.casefold(), row.name, row.currency, row.provider_currency))
    name, is_down = sort.removeprefix("-"), sort.startswith("-")
    if name == "name":
        return by_name[::-1] if is_down else by_name
    metric = CostMetric(name)
    known = [row for row in by_name if metric in row.amounts]
    rest = [row for row in by_name if metric not in row.amounts]
    return [*sorted(known, key=lambda row: row.amounts[metric], reverse=is_down), *rest]


def _totals(rows: Sequence[CostRow]) -> tuple[CostRow, ...]:
    """The sum of all rows, for each pair of currencies."""
    sums: dict[tuple[str, str], dict[CostMetric, Decimal]] = defaultdict(dict)
    for row in rows:
        _add(sums[row.currency, row.provider_currency], row.amounts)
    return tuple(CostRow("", "", *currencies, amounts) for currencies, amounts in sorted(sums.items()))
