"""The run's own checks: what is conserved on the way down the chain (I1, I2, I3, I10)."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

import duckdb

from underlet.kernel.money import EXACT
from underlet.kernel.pricing.types import Outcome
from underlet.kernel.sentence import Sentence
from underlet.rating.engines.columns import AMOUNTS
from underlet.rating.engines.edges import EdgeRow
from underlet.rating.engines.tables import run
from underlet.rating.engines.types import (
    Conservation,
    RatingInputs,
)
from underlet.rating.engines.widths import SUM


def conserved(connection: duckdb.DuckDBPyConnection) -> Conservation:
    """I2: what is owned plus what is not = what the provider charged, per account and currency, exactly."""
    sums = ", ".join(f"SUM({name})" for name in (*AMOUNTS, "quantity", "n"))
    totals = "SELECT ProviderName, BillingAccountId, BillingCurrency, $sums FROM $table GROUP BY ALL ORDER BY ALL"
    charged = run(connection, totals, sums=sums, table="cube").fetchall()
    grouped = run(connection, totals, sums=sums, table="grp").fetchall()
    charges = sum(row[-1] for row in charged)
    said = Sentence("{count} charges of {sums} accounts and currencies", count=charges, sums=len(charged))
    return Conservation("I2", charged == grouped, said)


def once(connection: duckdb.DuckDBPyConnection, edges: dict[int, list[EdgeRow]]) -> Conservation:
    """I3: on each edge of a path, exactly the charges that the edge above priced, each once."""
    alive: dict[int, int] = dict(
        run(connection, "SELECT path, SUM(n) FROM grp WHERE path > 0 GROUP BY path").fetchall()
    )
    seen = 0
    for found in edges.values():
        arrived: dict[int, int] = defaultdict(int)
        priced: dict[int, int] = defaultdict(int)
        for row in found:
            arrived[row.path] += row.n
            priced[row.path] += row.n if row.outcome == Outcome.PRICED else 0
        seen += sum(arrived.values())
        if any(count != alive.get(path, 0) for path, count in arrived.items()):
            return Conservation("I3", False, Sentence("An edge priced more or fewer charges than reached it"))
        alive = priced
    return Conservation("I3", True, Sentence("{count} charge prices", count=seen))


def telescopes(
    connection: duckdb.DuckDBPyConnection, inputs: RatingInputs, edges: dict[int, list[EdgeRow]]
) -> Sequence[Conservation]:
    """I1: cost on an edge = price on the edge above, per path and currency; I10: removed charges too, once."""
    metric = f"CAST(SUM({inputs.metric.value}) AS {SUM})"
    start = run(
        connection,
        "SELECT path, BillingCurrency, 1, $metric FROM grp WHERE path > 0 GROUP BY ALL",
        metric=metric,
    ).fetchall()
    above = {(path, currency, j): amount for path, currency, j, amount in start}
    telescopes = dropped_once = True
    for found in edges.values():
        costs: dict[tuple[int, str, int], Decimal] = defaultdict(Decimal)
        prices: dict[tuple[int, str, int], Decimal] = defaultdict(Decimal)
        for row in found:
            at = (row.path, row.currency, row.j_above)
            costs[at] = EXACT.add(costs[at], row.cost)
            if row.outcome == Outcome.PRICED and row.price is not None and row.j is not None:
                at = (row.path, row.currency, row.j)
                prices[at] = EXACT.add(prices[at], row.price)
            else:
                dropped_once = dropped_once and row.price is None
        telescopes = telescopes and all(above.get(at, Decimal(0)) == amount for at, amount in costs.items())
        above = prices
    return (
        Conservation("I1", telescopes, Sentence("Each edge's cost is the price of the edge above")),
        Conservation(
            "I10", telescopes and dropped_once, Sentence("Removed charges count once, as their seller's cost")
        ),
    )
