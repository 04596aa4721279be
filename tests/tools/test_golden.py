"""The committed reference files are what the code generates today; `make golden` rewrites them."""

from pathlib import Path

import pytest
from tools.golden import FILES, ROOT, SCHEMA

from underlet.project.wiring import load


@pytest.mark.parametrize("path", [path for path in FILES if path != SCHEMA], ids=lambda path: path.name)
def test_reference_is_current(path: Path) -> None:
    load()
    assert path.read_text("utf-8") == FILES[path](), f"run make golden: {path.relative_to(ROOT)} is out of date"


def test_migrations_make_the_committed_schema(database: None) -> None:
    """The reviewed schema.sql, policies and grants included, is what migrations make (A9)."""
    from underlet.foundation.database.binaries import find_binaries

    committed = SCHEMA.read_text("utf-8")
    if f"Postgres {find_binaries().major};" not in committed.splitlines()[0]:
        pytest.skip("schema.sql was dumped by another version of Postgres")
    assert committed == FILES[SCHEMA](), "run make golden: schema.sql is out of date"
