"""The cube: usage lines summed by group and day, what billing runs read instead of the lines.

Its one SQL text is `cube.sql` (the kernel `usage_cube`), over a relation named `lines`.
"""

# ruff: noqa: S608 -- SQL is put together from this package's own names and quoted paths

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import duckdb

from underlet.foundation.duck import text_literal


def cube_sql() -> str:
    """The SELECT that sums a relation `lines` to its cube."""
    return files(__package__).joinpath("cube.sql").read_text("utf-8")


def parquet_files(paths: Sequence[Path]) -> str:
    """SQL that reads Parquet files of the lake as one relation."""
    return f"read_parquet([{', '.join(text_literal(str(path)) for path in paths)}])"


def write_cube(connection: duckdb.DuckDBPyConnection, lines: Sequence[Path], target: Path) -> None:
    """Sum lines files into one cube file; rows in key order, so equal lines give equal files."""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW lines AS SELECT * FROM {parquet_files(lines)}")
    connection.execute(
        f"COPY (SELECT * FROM ({cube_sql()}) ORDER BY ALL) TO {text_literal(str(target))}"
        " (FORMAT parquet, COMPRESSION zstd)"
    )
