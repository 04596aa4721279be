"""Charges longer than a day, divided by whole days where their owner or path changes inside them (billing.md §2).

Each base of such a charge splits in proportion to days, half up to its decimals; the last part takes the remainder, so
that parts always add up to the charge. There are few of them, so this is Python; all else stays where it is.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from underlet.accounts.types import Ownership
from underlet.kernel.money import EXACT, half_up
from underlet.kernel.period import DayRange, cut
from underlet.rating.engines.columns import AMOUNTS, SUB_ACCOUNT_KEY
from underlet.rating.engines.paths import Epoch, Plan
from underlet.rating.engines.tables import listed, load, run, same
from underlet.rating.engines.types import UNASSIGNED, RatingInputs

KEY = (*SUB_ACCOUNT_KEY, "x_day", "x_days")
CHARGE = """SELECT * FROM cube c WHERE c.x_days = 1 OR NOT EXISTS (SELECT 1 FROM divided d WHERE $same)
UNION ALL BY NAME SELECT * FROM part"""
"""The cube with divided rows replaced by their parts."""

_DECIMALS = {**dict.fromkeys(AMOUNTS, 12), "quantity": 10}


def charge_sql() -> str:
    """The relation `charge` over `cube`, `divided` and `part`."""
    return CHARGE.replace("$same", same(KEY, "c", "d"))


def divide(connection: duckdb.DuckDBPyConnection, inputs: RatingInputs, the_plan: Plan) -> None:
    """Make the tables `divided` and `part`, and the view `charge` that the rest of the engine reads."""
    parts = _parts_by_key(connection, inputs, the_plan)
    types = {name: kind for name, kind, *_ in run(connection, "DESCRIBE cube").fetchall()}
    load(connection, "divided", {name: types[name] for name in KEY}, [_texts(key) for key in parts])
    names = list(types)
    found = run(
        connection,
        "SELECT $columns FROM cube c JOIN divided d ON $same",
        columns=listed(names, "c."),
        same=same(KEY, "c", "d"),
    ).fetchall()
    rows = [part for values in found for part in _divided(dict(zip(names, values, strict=True)), parts)]
    load(connection, "part", types, [_texts(row[name] for name in names) for row in rows])
    run(connection, "CREATE VIEW charge AS $rows", rows=charge_sql() if parts else "SELECT * FROM cube")


def _texts(values: Any) -> list[Any]:
    return [str(value) if isinstance(value, date) else value for value in values]


def _parts_by_key(
    connection: duckdb.DuckDBPyConnection, inputs: RatingInputs, the_plan: Plan
) -> dict[tuple[Any, ...], list[DayRange]]:
    owners: dict[tuple[str, str, str], list[Ownership]] = defaultdict(list)
    for one in inputs.ownership:
        owners[one.provider, one.billing_account, one.sub_account].append(one)
    epochs: dict[int, list[Epoch]] = defaultdict(list)
    for epoch in the_plan.epochs:
        epochs[epoch.owner].append(epoch)
    parts = {}
    for key in run(connection, "SELECT DISTINCT $key FROM cube WHERE x_days > 1", key=listed(KEY)).fetchall():
        *account, first, days = key
        whole = DayRange(first, first + timedelta(days=days))
        found = list(_tiles(whole, owners.get(tuple(account), []), epochs))
        if len(found) > 1:
            parts[key] = found
    return parts


def _tiles(
    whole: DayRange, owners: Sequence[Ownership], epochs: Mapping[int, Sequence[Epoch]]
) -> Iterator[DayRange]:
    """The days of a charge, cut where owner or path change."""

    def place(day: date) -> tuple[int, int]:
        for one in owners:
            if day in DayRange(one.starts_on, one.ends_on):
                return one.unit_id, next(
                    (e.path for e in epochs.get(one.unit_id, ()) if day in e.days), UNASSIGNED
                )
        return 0, UNASSIGNED

    cuts = {day for one in owners for day in (one.starts_on, one.ends_on) if day}
    cuts |= {epoch.days.start for one in owners for epoch in epochs.get(one.unit_id, ())}
    begin, before = whole.start, place(whole.start)
    for tile in cut(whole, cuts)[1:]:
        if place(tile.start) != before:
            yield DayRange(begin, tile.start)
            begin, before = tile.start, place(tile.start)
    yield DayRange(begin, whole.end)


def _divided(
    row: Mapping[str, Any], parts: Mapping[tuple[Any, ...], Sequence[DayRange]]
) -> Iterator[Mapping[str, Any]]:
    """One row as its parts; the charges are counted in the first."""
    tiles = parts[tuple(row[name] for name in KEY)]
    left = {name: row[name] for name in _DECIMALS}
    for number, tile in enumerate(tiles):
        is_last = number == len(tiles) - 1
        share = {name: left[name] if is_last else _share(row, name, tile.days) for name in _DECIMALS}
        left = {name: EXACT.subtract(left[name], share[name]) for name in _DECIMALS}
        yield {**row, **share, "x_day": tile.start, "x_days": tile.days, "n": row["n"] if number == 0 else 0}


def _share(row: Mapping[str, Any], name: str, days: int) -> Decimal:
    exact = EXACT.divide(EXACT.multiply(row[name], Decimal(days)), Decimal(row["x_days"]))
    return half_up(exact, _DECIMALS[name])
