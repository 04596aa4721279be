"""Why a line is what it is, from `eff` and the cubes, in the words and figures that its reader may know (B2, I5).

The root's people see base, m and exchange as they are. A seller further down sees its own step over its own purchase
price; whoever may not read what the seller pays, such as those who look after some of the root's buyers, sees the rule
with a buyer's figures. A buyer sees list prices and quantities, but never the seller's cost nor a factor over it, and
a figure of the provider only where it is disclosed and its price type shows it (R24, R27).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from underlet.contracts.models import PriceRule
from underlet.contracts.terms import is_sellers_own, kernel_rule, sentence
from underlet.foundation.metrics import ABSENT, Absent
from underlet.kernel.errors import NotFound
from underlet.kernel.money import multiply
from underlet.kernel.pricing.factors import PricingVerb, base_of, factor_of, fx_factor, fx_product
from underlet.kernel.pricing.types import Base, Metric, PassThrough, Remove
from underlet.rating.basis import Basis, folder_of, read_basis
from underlet.rating.engines.columns import LINE_KEY
from underlet.rating.engines.edges import BASE
from underlet.rating.engines.tables import listed, run, sql
from underlet.rating.engines.widths import stripped
from underlet.rating.kept import OWNED, Kept, kept_tables
from underlet.rating.models import ChargeLine
from underlet.rating.types import Explanation, LineKey, PricedGroup, Source

MAX_GROUPS = 100

_GROUPS = """SELECT c.x_day, c.x_days, c.SkuId, c.RegionId, c.PricingUnit, c.BillingCurrency, c.filename,
  bool_and(c.x_has_quantity), SUM(c.quantity), CAST(SUM(c.n) AS BIGINT), $versions AS versions,
  e.base$k, e.j$k, CAST(SUM($amount) AS DECIMAL(38,24)), CAST(SUM($amount * e.m$k) AS DECIMAL(38,24)),
  $above_j, $above_price
FROM charge c JOIN own o ON $owned JOIN eff e ON e.path = o.path AND $keyed
WHERE e.version$k = ? AND e.r$k = ? AND e.outcome$k = 'priced' AND $line
GROUP BY ALL"""


@dataclass(frozen=True, slots=True)
class _Part:
    """A priced group of the line, with base, m and fx of the reader's view. cube: None for a part of a long charge."""

    shown: PricedGroup
    base: str | Absent
    m: Decimal | Absent | None
    fx: Decimal | Absent | None
    cube: Path | None


def explanation_of(
    line: ChargeLine, rule: PriceRule, key: LineKey, *, to_seller: bool, knows_cost: bool, shows_raw: bool
) -> Explanation:
    """The explanation of a priced line. Raises NotFound when the run's files are gone.

    to_seller: in the seller's words. knows_cost: with what the seller pays for it, and from which file that is.
    """
    version = rule.version
    hides = not knows_cost and is_sellers_own(rule, version, shows_raw=shows_raw)
    folder = folder_of(line.run_id)
    try:
        basis = read_basis(folder)
        parts = _parts(folder, basis, line, rule, key, hides=hides, knows_cost=knows_cost)
    except FileNotFoundError:
        raise NotFound() from None
    parts.sort(
        key=lambda part: (-abs(part.shown.price), part.shown.day, part.shown.sku or "", part.shown.region or "")
    )
    return Explanation(
        sentence(rule, version, for_buyer=not to_seller, shows_raw=shows_raw),
        _only([part.base for part in parts]),
        _only([part.m for part in parts]),
        _only([part.fx for part in parts]),
        line.exact,
        line.posted,
        line.currency,
        len(parts),
        tuple(part.shown for part in parts[:MAX_GROUPS]),
        _sources(basis, parts, named=knows_cost and line.edge == 1),
    )


def _only(values: Sequence[Any]) -> Any:
    """The value that all groups share, else None."""
    return values[0] if values and all(value == values[0] for value in values) else None


def _sources(basis: Basis, parts: Sequence[_Part], *, named: bool) -> tuple[Source, ...]:
    """The billing files behind the groups; by name for the root only, since names may tell of its account."""
    cubes = {part.cube for part in parts if part.cube is not None} or set(basis.sources)
    found = {basis.sources[cube] for cube in cubes}
    shown = found if named else {Source("", source.sha256) for source in found}
    return tuple(sorted(shown, key=lambda source: (source.name, source.sha256)))


def _parts(
    folder: Path, basis: Basis, line: ChargeLine, rule: PriceRule, key: LineKey, *, hides: bool, knows_cost: bool
) -> list[_Part]:
    with kept_tables(folder, basis) as kept:
        found = []
        for edge in range(1, kept.depth + 1):
            for row in _query(kept, edge, line, key):
                found.append(_part(basis, rule, edge, row, hides=hides, knows_cost=knows_cost))
        return found


def _query(kept: Kept, edge: int, line: ChargeLine, key: LineKey) -> list[tuple[Any, ...]]:
    amount = sql(BASE.replace("$state.base", f"e.base{edge}"), row="c")
    above = sql(BASE.replace("$state.base", f"e.base{edge - 1}"), row="c")
    values = (
        key.provider, key.billing_account, key.sub_account, key.service, key.charge_category, key.charge_class,
        key.charge_kind, key.provider_currency,
    )  # fmt: skip
    return run(
        kept.connection,
        _GROUPS,
        [line.version_id, key.rule_id, *values],
        k=str(edge),
        amount=amount,
        versions=f"[{listed(f'e.version{k}' for k in range(1, kept.depth + 1))}]",
        above_j=f"e.j{edge - 1}" if edge > 1 else "1",
        above_price=f"CAST(SUM({above} * e.m{edge - 1}) AS DECIMAL(38,24))" if edge > 1 else "NULL",
        owned=OWNED,
        keyed=kept.keyed,
        line=" AND ".join(f"coalesce(c.{name}, '') = coalesce(?, '')" for name in LINE_KEY),
    ).fetchall()


def _part(
    basis: Basis, rule: PriceRule, edge: int, row: tuple[Any, ...], *, hides: bool, knows_cost: bool
) -> _Part:
    (day, days, sku, region, unit, currency, file, has_quantity, quantity, n, versions, code, j, amount, product,
     above_j, above) = row  # fmt: skip
    path = [basis.terms[version] for version in versions if version is not None]
    exchange = fx_product(path, currency, j, edge)
    price = multiply(product, exchange)
    verb = kernel_rule(rule, rule.position, Metric(rule.version.metric)).verb
    assert not isinstance(verb, Remove)
    base, m = _own_step(verb, code)
    base_amount: Decimal = amount
    fx = exchange
    if base is Base.SELLER_COST and edge > 1:
        base_amount = multiply(above, fx_product(path, currency, above_j, edge - 1))
        fx = fx_factor(path[edge - 1], path[edge - 2].currency)
    quantity = stripped(quantity) if has_quantity else None
    cube = Path(file) if file else None
    if hides or (base is Base.SELLER_COST and not knows_cost):
        group = PricedGroup(day, days, sku, region, n, quantity, unit, ABSENT, stripped(price))
        return _Part(group, ABSENT, ABSENT, ABSENT, cube)
    group = PricedGroup(day, days, sku, region, n, quantity, unit, stripped(base_amount), stripped(price))
    return _Part(group, base.value, m, fx, cube)


def _own_step(verb: PricingVerb, code: str) -> tuple[Base | Metric, Decimal | None]:
    """What this edge multiplied, and by what; the seller's cost unchanged where the rule's base was missing."""
    if isinstance(verb, PassThrough) and verb.metric is not None:
        return verb.metric, Decimal(1)
    fell_back = base_of(verb) is not Base.SELLER_COST and not code.startswith(base_of(verb).value)
    if fell_back:
        return Base.SELLER_COST, Decimal(1)
    return base_of(verb), factor_of(verb)
