"""The result of a prepared run: lines, totals, concerns and checks from its priced tables."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal

import duckdb

from underlet.kernel.money import EXACT, round_amount
from underlet.kernel.pricing.types import Outcome
from underlet.rating.engines.checks import conserved, once, telescopes
from underlet.rating.engines.columns import LINE_KEY, SUB_ACCOUNT_KEY
from underlet.rating.engines.edges import edge_rows
from underlet.rating.engines.lines import Lines, one_unit
from underlet.rating.engines.paths import Plan
from underlet.rating.engines.tables import listed, run, same
from underlet.rating.engines.types import (
    GAP,
    UNASSIGNED,
    AccountTotal,
    Concern,
    RatedLine,
    RatingInputs,
    RatingResult,
)
from underlet.rating.engines.widths import stripped, within


def result_of(connection: duckdb.DuckDBPyConnection, inputs: RatingInputs, plan: Plan) -> RatingResult:
    """Lines, totals, concerns and checks of a prepared run."""
    with _uncollected():
        return _result_of(connection, inputs, plan)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cyclic collector: it would walk hundreds of thousands of rows, which hold no cycle, ever again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _result_of(connection: duckdb.DuckDBPyConnection, inputs: RatingInputs, plan: Plan) -> RatingResult:
    edges = {edge: edge_rows(connection, inputs, edge) for edge in range(1, plan.depth + 1)}
    lines = Lines(plan)
    for edge, found in edges.items():
        for row in found:
            lines.add(edge, row)
    own_use, totals = _provider(connection, inputs)
    concerns = [*_unpriced(connection, inputs, plan), *lines.concerns()]
    checks = [conserved(connection), once(connection, edges), *telescopes(connection, inputs, edges)]
    return RatingResult(
        (*own_use, *lines.finished()), tuple(totals), tuple(concerns), lines.unused_rules(), tuple(checks)
    )


def _provider(
    connection: duckdb.DuckDBPyConnection, inputs: RatingInputs
) -> tuple[list[RatedLine], list[AccountTotal]]:
    metric = inputs.metric.value
    found = run(
        connection,
        """SELECT ProviderName, BillingAccountId, SubAccountId, ServiceName, ChargeCategory, ChargeClass,
          x_charge_kind, BillingCurrency,
          list(DISTINCT coalesce('=' || PricingUnit, '')), bool_and(x_has_quantity), SUM(quantity),
          CAST(SUM($metric) AS DECIMAL(38,24)), CAST(SUM($metric) FILTER (path = $unassigned) AS DECIMAL(38,24)),
          CAST(SUM(n) AS BIGINT)
        FROM grp GROUP BY ALL ORDER BY $order""",
        metric=metric,
        order=listed(LINE_KEY),
        unassigned=str(UNASSIGNED),
    ).fetchall()
    lines = []
    totals: dict[tuple[str | None, str | None, str], tuple[Decimal, Decimal]] = {}
    for row in found:
        provider, account, sub, service, category, class_, kind, currency, *rest = row
        units, has_quantity, quantity, exact, unassigned, n = rest
        unit = one_unit(units) if has_quantity else None
        posted = round_amount(within(exact), currency)
        lines.append(
            RatedLine(
                0, Outcome.PRICED, None, provider, account, sub, service, category, class_, kind, None, currency,
                currency, unit or None, None if unit is None else stripped(quantity), stripped(exact), posted, n, (),
            )
        )  # fmt: skip
        before = totals.get((provider, account, currency), (Decimal(0), Decimal(0)))
        totals[provider, account, currency] = (
            EXACT.add(before[0], exact),
            EXACT.add(before[1], unassigned or Decimal(0)),
        )
    return lines, [AccountTotal(*account, *map(stripped, amounts)) for account, amounts in totals.items()]


def _unpriced(connection: duckdb.DuckDBPyConnection, inputs: RatingInputs, plan: Plan) -> Iterable[Concern]:
    """Charges of owners without a contract, and charges on days outside the month that no contract covered."""
    if not run(connection, "SELECT 1 FROM own WHERE outside OR path = $gap LIMIT 1", gap=str(GAP)).fetchone():
        return
    found = run(
        connection,
        """SELECT o.path = $gap AS gap, o.owner, c.BillingCurrency, CAST(SUM(c.$metric) AS DECIMAL(38,24))
        FROM charge c JOIN own o ON $same WHERE o.outside OR o.path = $gap GROUP BY ALL ORDER BY ALL""",
        gap=str(GAP),
        metric=inputs.metric.value,
        same=same((*SUB_ACCOUNT_KEY, "x_day"), "c", "o"),
    ).fetchall()
    for gap, owner, currency, amount in found:
        versions = {v for epoch in plan.epochs if epoch.owner == owner for v in epoch.versions} if gap else ()
        code = "contract_gap" if gap else "outside_period"
        yield Concern(code, owner, tuple(sorted(versions)), None, "", amount, currency)
