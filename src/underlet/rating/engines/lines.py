"""Lines of an edge from their parts: exchange, one rounding, and what could not be priced, in `Decimal`."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from underlet.contracts.types import EdgeTerms
from underlet.kernel.errors import ExchangeRateMissing
from underlet.kernel.money import EXACT, multiply, round_amount
from underlet.kernel.pricing.factors import fx_factor
from underlet.kernel.pricing.types import Outcome
from underlet.rating.engines.edges import EdgeRow
from underlet.rating.engines.paths import ChainPath, Plan
from underlet.rating.engines.types import (
    Concern,
    RatedLine,
)
from underlet.rating.engines.widths import stripped, within


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


class Lines:
    """Lines of all contracts, from their parts."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._lines: dict[_Key, _Line] = {}
        self._exchange: dict[tuple[int, str, int, int], Decimal | None] = {}
        self._steps: dict[tuple[int, str], Decimal | None] = {}
        self._held: dict[tuple[int, int, str, str], Decimal] = defaultdict(Decimal)
        self._missing: dict[tuple[int, int, str], Decimal] = defaultdict(Decimal)
        self._matched: set[tuple[int, str]] = set()

    def add(self, edge: int, row: EdgeRow) -> None:
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

    def _add_cost(self, line: _Line, edge: int, row: EdgeRow, path: ChainPath) -> None:
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
