"""Cubes and chains for the engine alone: no database, no import."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from tests.strategies import VALUES, group_of, random_charge, random_contract, terms_of
from underlet.accounts.types import Ownership
from underlet.contracts.types import EdgeTerms, PathEpoch
from underlet.foundation.duck import open_duckdb
from underlet.kernel.period import DayRange, Month
from underlet.kernel.pricing.types import ChargeGroup, Dimension, Metric, Terms
from underlet.kernel.tax import VatCategory
from underlet.rating.engines.duck import rate
from underlet.rating.engines.types import RatingInputs, RatingResult

APRIL = Month(2026, 4)
SPAN = DayRange(date(2026, 3, 1), date(2026, 6, 1))
OWNER = 7

COLUMNS = {
    "ProviderName": "VARCHAR", "BillingAccountId": "VARCHAR", "SubAccountId": "VARCHAR", "ServiceName": "VARCHAR",
    "ServiceCategory": "VARCHAR", "SkuId": "VARCHAR", "RegionId": "VARCHAR", "ChargeCategory": "VARCHAR",
    "ChargeClass": "VARCHAR", "x_charge_kind": "VARCHAR", "BillingCurrency": "VARCHAR", "PricingUnit": "VARCHAR",
    "x_has_list": "BOOLEAN", "x_has_quantity": "BOOLEAN", "x_day": "DATE", "x_days": "INTEGER",
    "billed": "DECIMAL(22,12)", "effective": "DECIMAL(22,12)", "contracted": "DECIMAL(22,12)",
    "direct": "DECIMAL(22,12)", "list_cost": "DECIMAL(22,12)", "quantity": "DECIMAL(22,10)", "n": "BIGINT",
}  # fmt: skip
"""The columns of a cube, as intake writes them."""


@dataclass(frozen=True)
class Row:
    """One row of a cube: a charge group, its unit, and the class that lets a test find its line again."""

    group: ChargeGroup
    charge_class: str | None = None
    unit: str | None = None
    n: int = 1
    days: int = 1


def write_cube(path: Path, rows: Sequence[Row]) -> Path:
    """Write the rows as a cube file."""
    values = [_values(row) for row in rows]
    with duckdb.connect() as connection:
        columns = ", ".join(
            f"CAST(unnest(CAST(? AS VARCHAR[])) AS {kind}) AS {name}" for name, kind in COLUMNS.items()
        )
        data = [
            [None if value is None else str(value) for value in column] for column in zip(*values, strict=True)
        ]
        connection.execute(f"CREATE TABLE cube AS SELECT {columns}", data)
        connection.execute(f"COPY cube TO '{path}' (FORMAT parquet)")
    return path


def _values(row: Row) -> tuple[Any, ...]:
    group = row.group
    found = {dimension.value: group.dimensions.get(dimension) for dimension in Dimension}
    numbers = (group.billed, group.effective, group.contracted, group.direct, group.list_cost, group.quantity)
    return (
        found["ProviderName"], found["BillingAccountId"], found["SubAccountId"], found["ServiceName"],
        found["ServiceCategory"], found["SkuId"], found["RegionId"], found["ChargeCategory"], row.charge_class,
        found["x_charge_kind"], group.currency, row.unit, group.has_list, group.has_quantity, group.day, row.days,
        *(format(number, "f") for number in numbers), row.n,
    )  # fmt: skip


def edge(terms: Terms, number: int, days: DayRange = SPAN) -> EdgeTerms:
    """A contract version from unit number − 1 to unit number; its ids are its number."""
    return EdgeTerms(terms, number, number, number - 1, number, days, VatCategory.STANDARD, Decimal(19), 30, ())


def owned(rows: Iterable[Row], owner: int = OWNER) -> tuple[Ownership, ...]:
    """Every sub-account of the rows (also the missing one) belongs to the owner, always."""
    keys = {tuple(row.group.dimensions.get(one) for one in _ACCOUNT) for row in rows}
    return tuple(Ownership(*key, owner, SPAN.start, None) for key in keys)  # type: ignore[arg-type]


_ACCOUNT = (Dimension.PROVIDER, Dimension.BILLING_ACCOUNT, Dimension.SUB_ACCOUNT)


@dataclass(frozen=True)
class Setting:
    """One chain and its charges; what tests vary is an argument of `run`."""

    terms: Sequence[Terms]
    rows: Sequence[Row]
    metric: Metric = Metric.EFFECTIVE
    period: Month = APRIL
    paths: Mapping[int, tuple[PathEpoch, ...]] = field(default_factory=dict)
    ownership: tuple[Ownership, ...] = ()

    def inputs(self, cubes: Sequence[Path]) -> RatingInputs:
        """The engine's inputs over these cube files."""
        edges = tuple(edge(terms, number) for number, terms in enumerate(self.terms, 1))
        paths = self.paths or {OWNER: (PathEpoch(SPAN, edges),)}
        return RatingInputs(self.period, self.metric, tuple(cubes), self.ownership or owned(self.rows), paths)

    def run(self, folder: Path, *, files: int = 1, threads: int = 2) -> RatingResult:
        """Write the rows as so many files and rate them."""
        cubes = [write_cube(folder / f"{index}.parquet", self.rows[index::files]) for index in range(files)]
        with open_duckdb(files=cubes, threads=threads) as connection:
            return rate(connection, self.inputs(cubes))


def family(seed: int, charges: int, *, sibling: bool = True) -> Setting:
    """A root, a reseller with two customers, one of whom begins on 16 April; a sub-account that moves; a gap; one
    sub-account that nobody owns. Without the sibling the other customer's contract and charges are missing."""
    random = Random(seed)
    root, first, second = (terms_of(random_contract(random, f"K{number}")) for number in (1, 2, 3))
    late = DayRange(date(2026, 4, 16))
    k1, k2, k3 = edge(root, 1), _sold(edge(first, 2), 1, 20), _sold(edge(second, 3), 1, 30, late)
    mid, start = date(2026, 4, 16), SPAN.start
    paths = {
        20: (PathEpoch(SPAN, (k1, k2)),),
        30: (PathEpoch(DayRange(start, mid), (k1,), "customer"), PathEpoch(DayRange(mid, SPAN.end), (k1, k3))),
        1: (PathEpoch(SPAN, (k1,)),),
        0: (PathEpoch(SPAN, ()),),
    }
    groups = [corrected(group_of(random_charge(random, random.choice(("USD", "EUR"))))) for _ in range(charges)]
    rows = [Row(group, unit=random.choice((None, "GB")), n=1) for group in groups]
    owners = {
        "sub-1": [(20, start, mid), (30, mid, None)],
        "sub-2": [(30, start, None)],
        "SUB-3": [(1, start, None)],
    }
    owners["sub_4"] = [(0, start, None)]
    ownership = tuple(
        Ownership(provider, account, sub, owner, first_day, last_day)
        for provider in VALUES["ProviderName"]
        for account in VALUES["BillingAccountId"]
        for sub, spans in owners.items()
        for owner, first_day, last_day in spans
        if sibling or owner != 30
    )
    if not sibling:
        paths.pop(30)
        rows = [row for row in rows if not _is_siblings(row)]
    return Setting((root, first, second), rows, paths=paths, ownership=ownership)


def _sold(terms: EdgeTerms, seller: int, buyer: int, days: DayRange = SPAN) -> EdgeTerms:
    return replace(terms, seller_id=seller, buyer_id=buyer, days=days)


def _is_siblings(row: Row) -> bool:
    sub = row.group.dimensions[Dimension.SUB_ACCOUNT]
    return sub == "sub-2" or (sub == "sub-1" and row.group.day >= date(2026, 4, 16))


def corrected(group: ChargeGroup) -> ChargeGroup:
    """The group as a cube can hold it: its currency is its currency dimension."""
    return replace(group, dimensions={**group.dimensions, Dimension.CURRENCY: group.currency})
