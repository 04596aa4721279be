"""Writing the lines of a snapshot: sorted Parquet files that never change once they have their final name.

Sorted by SubAccountId, SkuId, x_day, so that a reader of one sub-account skips the rest; about a million rows a
file. Files lie in a draft folder until the whole delivery is written; `publish` then moves the folder in one
step (F1).
"""

# ruff: noqa: S608 -- SQL is put together from this package's own names and quoted paths

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import duckdb

from underlet.foundation.duck import text_literal
from underlet.usage.intake.columns import DERIVED_COLUMNS, FOCUS_COLUMNS
from underlet.usage.intake.types import LakeFile
from underlet.usage.lake.cube import write_cube

ROWS_PER_FILE = 1_000_000
ROW_GROUP = 122_880
_KEY = (
    "ProviderName = getvariable('provider') AND BillingAccountId = getvariable('account')"
    " AND month = getvariable('month')"
)
_SUB_ACCOUNT = "coalesce(SubAccountId, '')"


@dataclass(frozen=True, slots=True)
class _Share:
    """Rows of one lines file: the sub-accounts from `first` to `last`; "" stands for the rows without one."""

    first: str
    last: str
    rows: int


def write_snapshot(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    number: int,
    key: tuple[str, str, date],
    on_lines: Callable[[], None],
) -> tuple[LakeFile, ...]:
    """Write lines and cube of one (provider, billing account, month) of the relation `line` into a draft folder.

    number: of the snapshot in its delivery. on_lines: called between lines and cube. Returns the files with
    their hashes; paths are file names.
    """
    for name, value in zip(("provider", "account", "month"), key, strict=True):
        connection.execute(f"SET VARIABLE {name} = ?", [value])
    lines, written = [], []
    for part, share in enumerate(_shares(connection)):
        path = folder / f"{number}-lines-{part}.parquet"
        _write_lines(connection, path, share)
        lines.append(path)
        written.append(_file("lines", path, share.rows, share.first, share.last))
    on_lines()
    cube = folder / f"{number}-cube.parquet"
    write_cube(connection, lines, cube)
    [(rows,)] = connection.execute(f"SELECT count(*) FROM read_parquet({text_literal(str(cube))})").fetchall()
    return (*written, _file("cube", cube, rows, written[0].min_key, written[-1].max_key))


def publish(draft: Path, target: Path) -> None:
    """Give a complete draft folder its final name and make that durable. An unlisted folder there is replaced."""
    shutil.rmtree(target, ignore_errors=True)
    _sync(draft)
    draft.rename(target)
    _sync(target.parent)


def line_columns() -> tuple[tuple[str, str], ...]:
    """(name, DuckDB type) of every column of a lines file, in order."""
    return (*((column.name, column.kind.sql_type) for column in FOCUS_COLUMNS), *DERIVED_COLUMNS)


def _shares(connection: duckdb.DuckDBPyConnection) -> list[_Share]:
    """Cut a snapshot into files of about a million rows, between sub-accounts (a very large one stays whole)."""
    shares: list[_Share] = []
    for sub_account, rows in connection.execute(
        f"SELECT {_SUB_ACCOUNT}, count(*) FROM line WHERE {_KEY} GROUP BY 1 ORDER BY 1"
    ).fetchall():
        last = shares[-1] if shares else None
        if last is None or last.rows + rows > ROWS_PER_FILE:
            shares.append(_Share(sub_account, sub_account, rows))
        else:
            shares[-1] = _Share(last.first, sub_account, last.rows + rows)
    return shares


def _write_lines(connection: duckdb.DuckDBPyConnection, path: Path, share: _Share) -> None:
    connection.execute("SET VARIABLE first = ?", [share.first])
    connection.execute("SET VARIABLE last = ?", [share.last])
    columns = ", ".join(f'"{name}"' for name, _ in line_columns())
    connection.execute(
        f"COPY (SELECT {columns} FROM line WHERE {_KEY}"
        f" AND {_SUB_ACCOUNT} BETWEEN getvariable('first') AND getvariable('last')"
        " ORDER BY SubAccountId NULLS FIRST, SkuId NULLS FIRST, x_day, x_line_no)"
        f" TO {text_literal(str(path))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    )


def _file(kind: Literal["lines", "cube"], path: Path, rows: int, min_key: str, max_key: str) -> LakeFile:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return LakeFile(kind, path.name, sha256, rows, path.stat().st_size, min_key, max_key)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
