"""The sums by line of each edge of the priced tables, in SQL."""

from decimal import Decimal
from typing import NamedTuple

import duckdb

from underlet.rating.engines.columns import LINE_KEY
from underlet.rating.engines.tables import listed, run, sql
from underlet.rating.engines.types import (
    RatingInputs,
)
from underlet.rating.engines.widths import AMOUNT, SUM, guard

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


class EdgeRow(NamedTuple):
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


def edge_rows(connection: duckdb.DuckDBPyConnection, inputs: RatingInputs, edge: int) -> list[EdgeRow]:
    """The parts of all lines of an edge, in an order that nothing but their keys decides."""
    query = edge_query(inputs, edge)
    guard(connection, query, {"price": SUM, "cost": SUM, "provider_cost": SUM, "n": "BIGINT"})
    return [EdgeRow(*row) for row in run(connection, query).fetchall()]
