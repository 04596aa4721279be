"""DuckDB connections, opened one way only: bounded, sealed, in UTC.

A sealed connection reads and writes below the folders it was given and nowhere else; it loads no extension,
attaches no database, opens no socket, and cannot undo any of it (intake.md §10). Every module that runs DuckDB
opens it here.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

DEFAULT_MEMORY = 1 << 30
DEFAULT_SCRATCH = 64 << 30


def open_duckdb(
    *,
    folders: Sequence[Path] = (),
    files: Sequence[Path] = (),
    scratch: Path | None = None,
    threads: int = 2,
    memory: int = DEFAULT_MEMORY,
    scratch_limit: int = DEFAULT_SCRATCH,
) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB that can touch only `folders`, `files` and its `scratch` folder, for ever.

    memory, scratch_limit: bytes, the latter for what spills to disk; without `scratch` nothing spills and a query
    that needs more memory fails with `duckdb.OutOfMemoryException`. Any other path, ATTACH, INSTALL, LOAD and SET
    raise `duckdb.Error`. The caller closes the connection.
    """
    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "allow_persistent_secrets": "false",
            "threads": str(threads),
            "memory_limit": f"{memory}B",
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")  # it would write between our own output
    # An empty folder name means "never spill"; the default is a folder in the working directory.
    connection.execute(f"SET temp_directory = {text_literal(str(scratch.resolve()) if scratch else '')}")
    if scratch:
        connection.execute(f"SET max_temp_directory_size = '{scratch_limit}B'")
    connection.execute(f"SET allowed_directories = [{_paths(folders)}]")
    connection.execute(f"SET allowed_paths = [{_paths(files)}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _paths(paths: Sequence[Path]) -> str:
    return ", ".join(text_literal(str(path.resolve())) for path in paths)


def text_literal(value: str) -> str:
    """An SQL string literal, for statements that take no parameters (SET, COPY, CREATE)."""
    return "'" + value.replace("'", "''") + "'"
