"""Widths of the exact decimals in SQL, and the guard that no query leaves them (rating-engine.md §3, I18).

A product of an amount (22,12) and a multiplier (15,12) is exact as (37,24); its sums are (38,24). Overflow raises.
"""

from collections.abc import Mapping
from decimal import Decimal

import duckdb

from underlet.kernel.money import EXACT

AMOUNT = "DECIMAL(22,12)"
QUANTITY = "DECIMAL(22,10)"
MULTIPLIER = "DECIMAL(15,12)"
SUM = "DECIMAL(38,24)"
SUM_LIMIT = Decimal(10) ** 14

CUBE_COLUMNS: Mapping[str, str] = {
    **dict.fromkeys(("billed", "effective", "contracted", "direct", "list_cost"), AMOUNT),
    "quantity": QUANTITY,
    "n": "BIGINT",
    "x_day": "DATE",
    "x_days": "INTEGER",
    "x_has_list": "BOOLEAN",
    "x_has_quantity": "BOOLEAN",
}
"""What the engine reads of a cube besides its VARCHAR keys."""

_FLOATS = ("DOUBLE", "FLOAT", "REAL")


class WidthFault(Exception):
    """A query would compute money in a type that is not exact; a bug, never an answer."""


def guard(connection: duckdb.DuckDBPyConnection, query: str, expected: Mapping[str, str]) -> None:
    """Raise WidthFault if any column of the query (or table) is a float, or a named one has another type."""
    types = {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE {query}").fetchall()}
    for name, kind in types.items():
        if any(word in kind for word in _FLOATS):
            raise WidthFault(f"{name} is {kind}")
    for name, kind in expected.items():
        if types.get(name) != kind:
            raise WidthFault(f"{name} is {types.get(name)}, not {kind}")


def stripped(value: Decimal) -> Decimal:
    """The same number without the zeros that its width added, and never with an exponent: 920.000 -> 920."""
    short = value.normalize(EXACT)
    return short.quantize(Decimal(1), context=EXACT) if short.as_tuple().exponent > 0 else short  # type: ignore[operator]


def within(value: Decimal) -> Decimal:
    """The sum itself. Raises OverflowError from 10^14 on, which DECIMAL(38,24) does not hold."""
    if abs(value) >= SUM_LIMIT:
        raise OverflowError(f"the sum {value} does not fit {SUM}")
    return value
