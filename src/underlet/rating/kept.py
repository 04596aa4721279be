"""The tables that a run keeps as files, opened again: which charges ran along which contracts, at which multiples.

`eff` holds every edge of every chain and never leaves whole: who opens it names the edge, and picks columns.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from underlet.foundation.duck import open_duckdb, text_literal
from underlet.foundation.settings import settings
from underlet.rating.basis import Basis
from underlet.rating.engines.columns import FLAGS, SUB_ACCOUNT_KEY
from underlet.rating.engines.duck import DIVIDED, EFF, OWN, PART
from underlet.rating.engines.splits import charge_sql
from underlet.rating.engines.tables import run, same

OWNED = same((*SUB_ACCOUNT_KEY, "x_day"), "c", "o")
"""Joins `own o` to `charge c`."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An open connection with the relations `charge`, `own` and `eff`.

    depth: edges of the longest chain. keyed: joins `eff e` to `charge c`, besides its path.
    """

    connection: duckdb.DuckDBPyConnection
    depth: int
    keyed: str


@contextmanager
def kept_tables(folder: Path, basis: Basis) -> Iterator[Kept]:
    """The tables of a run. Raises FileNotFoundError when a file is gone."""
    cubes = tuple(basis.sources)
    files = {
        name: folder / file for name, file in (("own", OWN), ("eff", EFF), ("divided", DIVIDED), ("part", PART))
    }
    gone = next((file for file in (*cubes, *files.values()) if not file.exists()), None)
    if gone is not None:
        raise FileNotFoundError(gone)
    with open_duckdb(files=[*cubes, *files.values()], threads=1, memory=settings().memory_mb << 20) as connection:
        listing = ", ".join(text_literal(str(cube)) for cube in cubes)
        run(connection, "CREATE VIEW cube AS SELECT * FROM read_parquet([$files], filename = true)", files=listing)
        for name, file in files.items():
            run(connection, "CREATE VIEW $name AS SELECT * FROM read_parquet($file)", name=name,
                file=text_literal(str(file)))  # fmt: skip
        run(connection, f"CREATE VIEW charge AS {charge_sql()}")
        columns = [name for name, *_ in run(connection, "DESCRIBE eff").fetchall()]
        depth = sum(name.startswith("version") for name in columns)
        tested = columns[1 : columns.index(FLAGS[0])]
        yield Kept(connection, depth, same((*tested, *FLAGS), "c", "e"))
