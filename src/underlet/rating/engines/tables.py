"""Small helpers around one DuckDB connection: filling tables from Python, naming columns in SQL texts."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from string import Template

import duckdb


def load(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, str],
    rows: Iterable[Sequence[object]],
) -> None:
    """Create a table with the columns (name -> SQL type) and fill it in one statement; decimals travel as text."""
    data = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
    texts = [[format(v, "f") if isinstance(v, Decimal) else v for v in column] for column in data]
    body = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    run(connection, "CREATE TABLE $table ($body)", table=table, body=body)
    values = ", ".join(
        f"CAST(unnest(CAST(? AS {'VARCHAR' if kind.startswith('DECIMAL') else kind}[])) AS {kind})"
        for kind in columns.values()
    )
    run(connection, "INSERT INTO $table SELECT $values", texts, table=table, values=values)


def run(
    connection: duckdb.DuckDBPyConnection, text: str, parameters: Sequence[object] = (), **names: str
) -> duckdb.DuckDBPyConnection:
    """Run an SQL text with $names filled in (columns and tables of our own, never values)."""
    return connection.execute(sql(text, **names), list(parameters))


def sql(text: str, **names: str) -> str:
    """The text with its $names filled in."""
    return Template(text).substitute(names)


def listed(names: Iterable[str], prefix: str = "") -> str:
    """Columns for a select list: a, b, c."""
    return ", ".join(prefix + name for name in names)


def same(names: Iterable[str], left: str, right: str) -> str:
    """A join condition in which NULL equals NULL: `=` would drop those charges silently."""
    return " AND ".join(f"{left}.{name} IS NOT DISTINCT FROM {right}.{name}" for name in names) or "true"
