"""Why a line is what it is, from `eff` and the cubes, in the words and figures that its reader may know (B2, I5).

The root sees base, m and exchange as they are. A seller further down sees its own step over its own purchase
price; a buyer sees list prices and quantities, but never the seller's cost nor a factor over it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from underlet.contracts.models import PriceRule
from underlet.contracts.terms import kernel_rule, sentence
from underlet.foundation.duck import open_duckdb, text_literal
from underlet.foundation.settings import settings
from underlet.kernel.errors import NotFound
from underlet.kernel.money import multiply
from underlet.kernel.pricing.factors import PricingVerb, base_of, factor_of, fx_factor, fx_product
from underlet.kernel.pricing.types import Base, Remove
from underlet.rating.basis import Basis, folder_of, read_basis
from underlet.rating.engines.columns import FLAGS, LINE_KEY, SUB_ACCOUNT_KEY
from underlet.rating.engines.duck import DIVIDED, EFF, OWN, PART
from underlet.rating.engines.edges import BASE
from underlet.rating.engines.splits import charge_sql
from underlet.rating.engines.tables import listed, run, same, sql
from underlet.rating.engines.widths import stripped
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
    base: str | None
    m: Decimal | None
    fx: Decimal | None
    cube: Path | None


def explanation_of(line: ChargeLine, rule: PriceRule, key: LineKey, *, to_seller: bool) -> Explanation:
    """The explanation of a priced line. Raises NotFound when the run's files are gone."""
    folder = folder_of(line.run_id)
    try:
        basis = read_basis(folder)
        parts = _parts(folder, basis, line, rule, key, to_seller=to_seller)
    except FileNotFoundError:
        raise NotFound() from None
    parts.sort(
        key=lambda part: (-abs(part.shown.price), part.shown.day, part.shown.sku or "", part.shown.region or "")
    )
    return Explanation(
        sentence(rule, line.currency, for_buyer=not to_seller),
        _only([part.base for part in parts]),
        _only([part.m for part in parts]),
        _only([part.fx for part in parts]),
        line.exact,
        line.posted,
        line.currency,
        len(parts),
        tuple(part.shown for part in parts[:MAX_GROUPS]),
        _sources(basis, parts, named=to_seller and line.edge == 1),
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
    folder: Path, basis: Basis, line: ChargeLine, rule: PriceRule, key: LineKey, *, to_seller: bool
) -> list[_Part]:
    cubes = tuple(basis.sources)
    files = {
        name: folder / file for name, file in (("own", OWN), ("eff", EFF), ("divided", DIVIDED), ("part", PART))
    }
    gone = next((file for file in (*cubes, *files.values()) if not file.exists()), None)
    if gone is not None:
        raise FileNotFoundError(gone)
    with open_duckdb(files=[*cubes, *files.values()], threads=1, memory=settings().memory_mb << 20) as connection:
        listing = ", ".join(text_literal(str(cube)) for cube in cubes)
        run(connection, "CREATE VIEW cube AS SELECT * FROM read_parquet([$files], filename = true)", files=listing)
        for name, file in files.items():
            run(connection, "CREATE VIEW $name AS SELECT * FROM read_parquet($file)", name=name,
                file=text_literal(str(file)))  # fmt: skip
        run(connection, f"CREATE VIEW charge AS {charge_sql()}")
        columns = [name for name, *_ in run(connection, "DESCRIBE eff").fetchall()]
        depth = sum(name.startswith("version") for name in columns)
        found = []
        for edge in range(1, depth + 1):
            for row in _query(connection, columns, edge, depth, line, key):
                found.append(_part(basis, rule, edge, row, to_seller=to_seller))
        return found


def _query(
    connection: duckdb.DuckDBPyConnection,
    columns: Sequence[str],
    edge: int,
    depth: int,
    line: ChargeLine,
    key: LineKey,
) -> list[tuple[Any, ...]]:
    amount = sql(BASE.replace("$state.base", f"e.base{edge}"), row="c")
    above = sql(BASE.replace("$state.base", f"e.base{edge - 1}"), row="c")
    tested = columns[1 : columns.index(FLAGS[0])]
    values = (
        key.provider, key.billing_account, key.sub_account, key.service, key.charge_category, key.charge_class,
        key.charge_kind, key.provider_currency,
    )  # fmt: skip
    return run(
        connection,
        _GROUPS,
        [line.version_id, key.rule_id, *values],
        k=str(edge),
        amount=amount,
        versions=f"[{listed(f'e.version{k}' for k in range(1, depth + 1))}]",
        above_j=f"e.j{edge - 1}" if edge > 1 else "1",
        above_price=f"CAST(SUM({above} * e.m{edge - 1}) AS DECIMAL(38,24))" if edge > 1 else "NULL",
        owned=same((*SUB_ACCOUNT_KEY, "x_day"), "c", "o"),
        keyed=same((*tested, *FLAGS), "c", "e"),
        line=" AND ".join(f"coalesce(c.{name}, '') = coalesce(?, '')" for name in LINE_KEY),
    ).fetchall()


def _part(basis: Basis, rule: PriceRule, edge: int, row: tuple[Any, ...], *, to_seller: bool) -> _Part:
    (day, days, sku, region, unit, currency, file, has_quantity, quantity, n, versions, code, j, amount, product,
     above_j, above) = row  # fmt: skip
    path = [basis.terms[version] for version in versions if version is not None]
    exchange = fx_product(path, currency, j, edge)
    price = multiply(product, exchange)
    verb = kernel_rule(rule, rule.position).verb
    assert not isinstance(verb, Remove)
    base, m = _own_step(verb, code)
    base_amount: Decimal | None = amount
    fx: Decimal | None = exchange
    if base is Base.SELLER_COST and edge > 1:
        base_amount = multiply(above, fx_product(path, currency, above_j, edge - 1))
        fx = fx_factor(path[edge - 1], path[edge - 2].currency)
    shown_base: str | None = base.value
    if base is Base.SELLER_COST and not to_seller:
        shown_base = base_amount = m = fx = None
    base_amount = None if base_amount is None else stripped(base_amount)
    quantity = stripped(quantity) if has_quantity else None
    group = PricedGroup(day, days, sku, region, n, quantity, unit, base_amount, stripped(price))
    return _Part(group, shown_base, m, fx, Path(file) if file else None)


def _own_step(verb: PricingVerb, code: str) -> tuple[Base, Decimal | None]:
    """What this edge multiplied, and by what; the seller's cost unchanged where the rule's base was missing."""
    fell_back = base_of(verb) is not Base.SELLER_COST and not code.startswith(base_of(verb).value)
    if fell_back:
        return Base.SELLER_COST, Decimal(1)
    return base_of(verb), factor_of(verb)
