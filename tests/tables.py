"""Emptying and refilling all tables between tests, as the superuser with triggers off; TRUNCATE takes far longer.

The rows were made by the application before, so nothing is checked again here. The folders of billing runs go with
them: they are named by ids, which begin anew.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from underlet.foundation.database.embedded import attach
from underlet.foundation.settings import settings

_KEPT = ("django_migrations", "django_content_type", "procrastinate_version")


def connect() -> "psycopg.Connection[Any]":
    """A superuser's session in which no trigger and no foreign key acts."""
    connection = psycopg.connect(
        attach(settings().data, fsync=settings().fsync).superuser_conninfo(), autocommit=True
    )
    connection.execute("set session_replication_role = replica")
    return connection


def set_state(unit: str, state: str) -> None:
    """Bring a unit into a state, whatever leads there; all that follows a unit follows. unit: its public id."""
    rules = ("unit_life", "unit_archive_environment", "unit_archive_contract", "unit_archive_assignment")
    with connect() as connection, connection.transaction():
        connection.execute("set local session_replication_role = origin")
        for name in rules:
            connection.execute(sql.SQL("alter table unit disable trigger {}").format(sql.Identifier(name)))
        connection.execute(
            "update unit set state = %s, archived_at = case when %s = 'archived' then now() end where public_id = %s",
            [state, state, unit],
        )
        for name in rules:
            connection.execute(sql.SQL("alter table unit enable trigger {}").format(sql.Identifier(name)))


def _runs() -> Path:
    return settings().data / "runs"


def _used(connection: "psycopg.Connection[Any]") -> list[str]:
    found = connection.execute(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
        " and pg_relation_size(oid) > 0 and relname <> all (%s) order by relname",
        [list(_KEPT)],
    )
    return [name for (name,) in found]


def empty(connection: "psycopg.Connection[Any]") -> None:
    """Delete every row and every run's folder, begin every sequence anew."""
    shutil.rmtree(_runs(), ignore_errors=True)
    for name in _used(connection):
        connection.execute(sql.SQL("delete from {}").format(sql.Identifier(name)))
    connection.execute(
        "select setval(format('%I', sequencename)::regclass, start_value, false) from pg_sequences"
        " where schemaname = 'public' and last_value is not null"
    )


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything that was in the tables, and in the folders of runs, to be put back later."""

    tables: tuple[tuple[str, str, bytes], ...]
    sequences: tuple[tuple[str, int], ...]
    runs: tuple[tuple[Path, bytes], ...]


def take() -> Rows:
    """The present rows of all tables."""
    with connect() as connection:
        tables = []
        for name in _used(connection):
            columns = ", ".join(
                f'"{column}"'
                for (column,) in connection.execute(
                    "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0"
                    " and not attisdropped and attgenerated = '' order by attnum",
                    [name],
                )
            )
            with connection.cursor().copy(f'copy "{name}" ({columns}) to stdout') as copy:
                tables.append((name, columns, b"".join(map(bytes, copy))))
        sequences = connection.execute(
            "select sequencename, last_value from pg_sequences"
            " where schemaname = 'public' and last_value is not null"
        ).fetchall()
    runs = tuple((path.relative_to(_runs()), path.read_bytes()) for path in _runs().rglob("*") if path.is_file())
    return Rows(tuple(tables), tuple(sequences), runs)


def put(rows: Rows) -> None:
    """Fill empty tables with rows taken before."""
    with connect() as connection:
        for name, columns, content in rows.tables:
            with connection.cursor().copy(f'copy "{name}" ({columns}) from stdin') as copy:
                copy.write(content)
        for name, value in rows.sequences:
            connection.execute("select setval(%s::regclass, %s)", [name, value])
    for path, content in rows.runs:
        target = _runs() / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
