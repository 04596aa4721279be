"""Reading the priced tables: sums by line and edge in SQL; exchange, rounding and checks in `Decimal`."""

import gc
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

import duckdb

from underlet.contracts.types import EdgeTerms
from underlet.kernel.errors import ExchangeRateMissing
from underlet.kernel.money import EXACT, multiply, round_amount
from underlet.kernel.pricing.factors import fx_factor
from underlet.kernel.pricing.types import Outcome
from underlet.kernel.sentence import Sentence
from underlet.rating.engines.columns import AMOUNTS, LINE_KEY, SUB_ACCOUNT_KEY
from underlet.rating.engines.paths import ChainPath, Plan
from underlet.rating.engines.tables import listed, run, same, sql
from underlet.rating.engines.types import (
    GAP,
    UNASSIGNED,
    AccountTotal,
    Concern,
    Conservation,
    RatedLine,
    RatingInputs,
    RatingResult,
)
from underlet.rating.engines.widths import AMOUNT, SUM, guard, stripped, within

BASE = f"""CASE $state.base WHEN 'effective' THEN $row.effective WHEN 'contracted' THEN $row.contracted
 WHEN 'billed' THEN $row.billed WHEN 'direct' THEN $row.direct WHEN 'list' THEN $row.list_cost
 WHEN 'quantity' THEN CAST($row.quantity AS {AMOUNT})
 WHEN 'quantity3' THEN CAST($row.quantity * CAST(1000 AS DECIMAL(4,0)) AS {AMOUNT})
 WHEN 'quantity6' THEN CAST($row.quantity * CAST(1000000 AS DECIMAL(7,0)) AS {AMOUNT}) END"""
"""The amount that a state's m applies to. Casting raises where a digit before the point would be lost."""

_EDGE = """SELECT r.path, s.outcome, r.r$k AS rule, s.j, $j_above AS j_above,
  r.ProviderName, r.BillingAccountId, r.SubAccountId, r.ServiceName, r.ChargeCategory, r.ChargeClass,
  r.x_charge_kind, r.BillingCurrency, list(DISTINCT coalesce('=' || r.PricingUnit, '')) AS units,
  bool_and(r.x_has_quantity) AS has_quantity, SUM(r.quantity) AS quantity, CAST(SUM(r.n) AS BIGINT) AS n,
  CAST(SUM($base * s.m) AS DECIMAL(38,24)) AS price, CAST(SUM($cost) AS DECIMAL(38,24)) AS cost,
  CAST(SUM(r.$metric) AS DECIMAL(38,24)) AS provider_cost
FROM rated r JOIN state s ON s.id = r.s$k JOIN state a ON a.id = r.s$above
GROUP BY ALL ORDER BY $order"""


class _Row(NamedTuple):
    """A part of a line on one edge: one path, one j. price, cost: before exchange; cost: on the edge above."""

    path: int
    outcome: str
    rule: str
    j: int | None
    j_above: int
    provider: str | None
    billing_account: str | None
    sub_account: str | None
    service: str | None
    charge_category: str | None
    charge_class: str | None
    charge_kind: str | None
    currency: str
    units: list[str]
    has_quantity: bool
    quantity: Decimal
    n: int
    price: Decimal | None
    cost: Decimal
    provider_cost: Decimal


class _Key(NamedTuple):
    """What makes parts one line (billing.md §6.4)."""

    version_id: int
    outcome: str
    provider: str | None
    billing_account: str | None
    sub_account: str | None
    service: str | None
    charge_category: str | None
    charge_class: str | None
    charge_kind: str | None
    currency: str
    rule: str


@dataclass(slots=True)
class _Line:
    """A line that is still being added up."""

    edge: int
    currency: str
    exact: Decimal = Decimal(0)
    quantity: Decimal | None = Decimal(0)
    units: set[str] = field(default_factory=set)
    n: int = 0
    costs: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


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
    lines = _Lines(plan)
    for edge, found in edges.items():
        for row in found:
            lines.add(edge, row)
    own_use, totals = _provider(connection, inputs)
    concerns = [*_unpriced(connection, inputs, plan), *lines.concerns()]
    checks = [_conserved(connection), _once(connection, edges), *_telescopes(connection, inputs, edges)]
    return RatingResult(
        (*own_use, *lines.finished()), tuple(totals), tuple(concerns), lines.unused_rules(), tuple(checks)
    )


def edge_query(inputs: RatingInputs, edge: int) -> str:
    """The sums by line of one edge. On edge 1 the seller's cost is the provider metric of the hierarchy."""
    base = sql(BASE, state="s", row="r")
    cost = f"r.{inputs.metric.value}" if edge == 1 else f"{sql(BASE, state='a', row='r')} * a.m"
    return sql(
        _EDGE,
        k=str(edge),
        above=str(edge - 1),
        base=base,
        cost=cost,
        metric=inputs.metric.value,
        j_above="1" if edge == 1 else "a.j",
        order=listed([*LINE_KEY, "rule", "outcome", "path", "j", "j_above"]),
    )


def edge_rows(connection: duckdb.DuckDBPyConnection, inputs: RatingInputs, edge: int) -> list[_Row]:
    """The parts of all lines of an edge, in an order that nothing but their keys decides."""
    query = edge_query(inputs, edge)
    guard(connection, query, {"price": SUM, "cost": SUM, "provider_cost": SUM, "n": "BIGINT"})
    return [_Row(*row) for row in run(connection, query).fetchall()]


class _Lines:
    """Lines of all contracts, from their parts."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._lines: dict[_Key, _Line] = {}
        self._exchange: dict[tuple[int, str, int, int], Decimal | None] = {}
        self._steps: dict[tuple[int, str], Decimal | None] = {}
        self._held: dict[tuple[int, int, str, str], Decimal] = defaultdict(Decimal)
        self._missing: dict[tuple[int, int, str], Decimal] = defaultdict(Decimal)
        self._matched: set[tuple[int, str]] = set()

    def add(self, edge: int, row: _Row) -> None:
        """Add a part to its line, exchanged into the edge's currency."""
        path = self._plan.paths[row.path - 1]
        terms = path.edges[edge - 1]
        self._matched.add((terms.version_id, row.rule))
        outcome, exact = row.outcome, Decimal(0)
        if row.price is not None and row.j is not None:
            factor = self._factor(row.path, row.currency, row.j, edge)
            if factor is None:
                outcome = Outcome.HELD.value
                self._missing[row.path, edge, row.currency] += row.provider_cost
            else:
                exact = multiply(within(row.price), factor)
        elif outcome == Outcome.HELD:
            self._held[row.path, edge, row.rule, row.currency] += row.provider_cost
        key = _Key(terms.version_id, outcome, *row[5:13], row.rule)
        line = self._lines.setdefault(key, _Line(edge, terms.terms.currency))
        line.edge = min(line.edge, edge)
        line.exact = EXACT.add(line.exact, exact)
        line.n += row.n
        line.units.update(row.units)
        whole = row.has_quantity and line.quantity is not None
        line.quantity = EXACT.add(line.quantity, row.quantity) if whole and line.quantity is not None else None
        self._add_cost(line, edge, row, path)

    def _add_cost(self, line: _Line, edge: int, row: _Row, path: ChainPath) -> None:
        factor = self._factor(row.path, row.currency, row.j_above, edge - 1)
        currency = row.currency if edge == 1 else path.edges[edge - 2].terms.currency
        if factor is not None:
            line.costs[currency] = EXACT.add(line.costs[currency], multiply(within(row.cost), factor))

    def _factor(self, path: int, currency: str, first: int, last: int) -> Decimal | None:
        """F(first..last) on a path; None when a rate is missing."""
        key = (path, currency, first, last)
        if key not in self._exchange:
            self._exchange[key] = self._product(self._plan.paths[path - 1], currency, first, last)
        return self._exchange[key]

    def _product(self, path: ChainPath, currency: str, first: int, last: int) -> Decimal | None:
        product = Decimal(1)
        for edge in range(first, last + 1):
            above = currency if edge == 1 else path.edges[edge - 2].terms.currency
            step = self._step(path.edges[edge - 1], above)
            if step is None:
                return None
            product = multiply(product, step)
        return product

    def _step(self, edge: EdgeTerms, above: str) -> Decimal | None:
        """The exchange factor of one contract version, looked up once."""
        key = (edge.version_id, above)
        if key not in self._steps:
            try:
                self._steps[key] = fx_factor(edge.terms, above)
            except ExchangeRateMissing:
                self._steps[key] = None
        return self._steps[key]

    def finished(self) -> Iterable[RatedLine]:
        """The lines, rounded once, in the order of their first parts."""
        for key, line in self._lines.items():
            unit = one_unit(line.units) if line.quantity is not None else None
            yield RatedLine(
                line.edge,
                Outcome(key.outcome),
                key.version_id,
                key.provider,
                key.billing_account,
                key.sub_account,
                key.service,
                key.charge_category,
                key.charge_class,
                key.charge_kind,
                key.rule,
                key.currency,
                line.currency,
                unit or None,
                None if unit is None or line.quantity is None else stripped(line.quantity),
                stripped(line.exact),
                round_amount(line.exact, line.currency),
                line.n,
                tuple((currency, stripped(cost)) for currency, cost in sorted(line.costs.items())),
            )

    def concerns(self) -> Iterable[Concern]:
        """Held charges and missing rates, by the edges that bill too little meanwhile."""
        for (path, edge, rule, currency), amount in sorted(self._held.items()):
            versions = tuple(terms.version_id for terms in self._plan.paths[path - 1].edges[edge - 1 :])
            yield Concern("missing_base", None, versions, rule, "", amount, currency)
        for (path, edge, currency), amount in sorted(self._missing.items()):
            version = self._plan.paths[path - 1].edges[edge - 1].version_id
            about = _missing_rate(self._plan.paths[path - 1], edge, currency)
            yield Concern("exchange_rate_missing", None, (version,), None, about, amount, currency)

    def unused_rules(self) -> tuple[tuple[int, str], ...]:
        """Rules that no charge matched, of contracts that had any; their default apart."""
        versions = {version_id for version_id, _ in self._matched}
        listed = {
            (edge.version_id, rule.id)
            for path in self._plan.paths
            for edge in path.edges
            if edge.version_id in versions
            for rule in edge.terms.rules[:-1]
        }
        return tuple(sorted(listed - self._matched))


def one_unit(units: Collection[str]) -> str | None:
    """The unit that all charges share, "" where they share having none; None if they differ."""
    return next(iter(units)).removeprefix("=") if len(units) == 1 else None


def _missing_rate(path: ChainPath, edge: int, currency: str) -> str:
    """The first exchange on the way to the edge that has no rate."""
    above = currency
    for terms in path.terms[:edge]:
        try:
            fx_factor(terms, above)
        except ExchangeRateMissing:
            return f"{above} to {terms.currency}"
        above = terms.currency
    return ""


# --- edge 0 and what never gets an edge ----------------------------------------------------------


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


# --- the run's own checks --------------------------------------------------------------------------


def _conserved(connection: duckdb.DuckDBPyConnection) -> Conservation:
    """I2: what is owned plus what is not = what the provider charged, per account and currency, exactly."""
    sums = ", ".join(f"SUM({name})" for name in (*AMOUNTS, "quantity", "n"))
    totals = "SELECT ProviderName, BillingAccountId, BillingCurrency, $sums FROM $table GROUP BY ALL ORDER BY ALL"
    charged = run(connection, totals, sums=sums, table="cube").fetchall()
    grouped = run(connection, totals, sums=sums, table="grp").fetchall()
    charges = sum(row[-1] for row in charged)
    said = Sentence("{count} charges of {sums} accounts and currencies", count=charges, sums=len(charged))
    return Conservation("I2", charged == grouped, said)


def _once(connection: duckdb.DuckDBPyConnection, edges: dict[int, list[_Row]]) -> Conservation:
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


def _telescopes(
    connection: duckdb.DuckDBPyConnection, inputs: RatingInputs, edges: dict[int, list[_Row]]
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
