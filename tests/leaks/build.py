"""Putting a world into the database: bulk SQL as the system's role, with every trigger and constraint in force."""

import json
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import psycopg
from psycopg import sql

from tests import tables
from tests.leaks.worlds import CHANGED_AT, MADE_AT, Row, World
from underlet.foundation import storage

_kept_blobs: set[bytes] = set()


def put_world(world: World) -> None:
    """Fill an empty database with a world."""
    for content in set(world.blobs) - _kept_blobs:
        storage.put([content])
        _kept_blobs.add(content)
    with tables.connect() as connection:
        tables.empty(connection)
        connection.execute("set session_replication_role = origin")
        with connection.transaction():
            _enter(connection, MADE_AT)
            for table, rows in world.rows.items():
                extra = world.gone if table == "unit" else []
                _insert(connection, table, [_first(world, table, row) for row in [*rows, *extra]])
            for unit in world.rows["unit"]:
                if unit["anchor_id"]:
                    connection.execute(
                        "update unit set anchor_id = %s where id = %s", [unit["anchor_id"], unit["id"]]
                    )
        with connection.transaction():
            _enter(connection, CHANGED_AT)
            for (table, id_), past in world.past.items():
                if world.has(table, id_):
                    row = world.get(table, id_)
                    _update(connection, table, id_, {name: row[name] for name in past})
            for unit in world.gone:
                connection.execute("delete from unit where id = %s", [unit["id"]])
        _advance(connection)


def _enter(connection: "psycopg.Connection[Any]", moment: datetime) -> None:
    connection.execute("set local role underlet_system")
    connection.execute("select set_config('underlet.now', %s, true)", [moment.isoformat()])


def _first(world: World, table: str, row: Row) -> Row:
    """The row as it began."""
    begun = row | world.past.get((table, row.get("id", 0)), {})
    return begun | {"anchors": False, "anchor_id": None} if table == "unit" else begun


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value))


def _insert(connection: "psycopg.Connection[Any]", table: str, rows: list[Row]) -> None:
    alike: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        alike[tuple(sorted(row))].append(row)
    for columns, some in alike.items():
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        connection.execute(
            sql.SQL(
                "insert into {table} ({names}) overriding system value"
                " select {names} from jsonb_populate_recordset(null::{table}, %s)"
            ).format(table=sql.Identifier(table), names=names),
            [json.dumps(some, default=_plain)],
        )


def _update(connection: "psycopg.Connection[Any]", table: str, id_: int, values: Row) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, values))
    connection.execute(
        sql.SQL(
            "update {table} t set ({names}) = row (r.*) from ("
            "select {names} from jsonb_populate_record(null::{table}, %s)) r where t.id = %s"
        ).format(table=sql.Identifier(table), names=names),
        [json.dumps(values, default=_plain), id_],
    )


def _advance(connection: "psycopg.Connection[Any]") -> None:
    """Let new rows have numbers far from those that are there."""
    connection.execute(
        "select setval(format('%I.%I', schemaname, sequencename)::regclass, 100000) from pg_sequences"
        " where schemaname = 'public' and sequencename not like 'django%' and sequencename not like 'procrastinate%'"
    )
