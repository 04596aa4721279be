"""Parquet files as the same relation of texts that a CSV file gives; so one set of rules reads both.

Decimals and doubles become text first, then DECIMAL: the direct cast of a double made 123456789.123456 into
…456008192 (intake.md §4). Schema and row count are looked at before any data; only known columns are ever read.
"""

# ruff: noqa: S608 -- SQL is put together from this package's own names and quoted paths

from collections.abc import Sequence
from pathlib import Path

import duckdb

from underlet.foundation.duck import text_literal
from underlet.kernel.sentence import Sentence
from underlet.usage.intake.reasons import refuse
from underlet.usage.intake.source import FREE_BYTES, MAX_RATIO
from underlet.usage.intake.typed import NULL_LIST

MAX_ROWS_PER_BYTE = 10
_NESTED = ("MAP", "STRUCT", "LIST", "UNION")


def parquet_header(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[str, ...]:
    """The names of the top-level columns, from the footer alone.

    Raises ImportRejected: broken_parquet; compression_ratio for a footer that claims more than 200 times the
    file's size or ten records a byte; empty_file.
    """
    source = text_literal(str(path))
    try:
        schema = connection.execute(f"SELECT name, num_children FROM parquet_schema({source})").fetchall()
        [(rows,)] = connection.execute(f"SELECT num_rows FROM parquet_file_metadata({source})").fetchall()
        [(claimed,)] = connection.execute(
            f"SELECT coalesce(sum(CAST(total_uncompressed_size AS HUGEINT)), 0) FROM parquet_metadata({source})"
        ).fetchall()
    except duckdb.Error as error:
        raise broken(error) from error
    size = path.stat().st_size
    if rows == 0:
        raise refuse("empty_file", "The file has no data records.")
    if rows < 0 or rows > size * MAX_ROWS_PER_BYTE or claimed > max(FREE_BYTES, size * MAX_RATIO):
        detail = Sentence(
            "The file of {size} bytes claims {records} records of {claimed} bytes.",
            size=size, records=rows, claimed=claimed,
        )  # fmt: skip
        raise refuse("compression_ratio", detail)
    return _top_level(schema)


def parquet_relation(connection: duckdb.DuckDBPyConnection, path: Path, columns: int) -> str:
    """SQL that reads the file as texts c0, c1, … (nested values as JSON). Raises ImportRejected:
    broken_parquet."""
    names = ", ".join(f"c{index}" for index in range(columns))
    source = (
        f"(SELECT * FROM read_parquet({text_literal(str(path))}, binary_as_string = true,"
        f" hive_partitioning = false, filename = false, union_by_name = false)) AS source({names})"
    )
    try:
        types = [str(row[1]) for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    except duckdb.Error as error:
        raise broken(error) from error
    texts = [_text(f"c{index}", kind) for index, kind in enumerate(types)]
    return f"SELECT {', '.join(texts)} FROM {source}"


def broken(error: duckdb.Error) -> Exception:
    """The refusal for a file that DuckDB cannot read; its message is for logs only, it may hold paths."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return refuse("limits_exceeded", "Reading the file takes more memory than is allowed.")
    return refuse("broken_parquet", "The Parquet file cannot be read.")


def _text(name: str, kind: str) -> str:
    if kind.startswith(_NESTED) or kind.endswith("[]"):
        return f"CAST(to_json({name}) AS VARCHAR) AS {name}"
    text = name if kind == "VARCHAR" else f"CAST({name} AS VARCHAR)"
    return f"CASE WHEN {text} NOT IN ({NULL_LIST}) THEN {text} END AS {name}"


def _top_level(schema: Sequence[tuple[str, int | None]]) -> tuple[str, ...]:
    """Names of the root's children; the schema lists every node, each before its own children."""
    names: list[str] = []
    nodes = iter(schema[1:])

    def skip(children: int) -> None:
        for _ in range(children):
            skip(next(nodes, ("", 0))[1] or 0)

    for name, children in nodes:
        names.append(name)
        skip(children or 0)
    return tuple(names)
