"""Embedded servers of their own, for tests that start, kill and stop them."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from underlet.foundation.database import embedded


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """An absent data folder, alone in a new one with a short path; its server is stopped afterwards."""
    home = Path(tempfile.mkdtemp(prefix="underlet-db-", dir="/tmp"))
    yield home / "data"
    if home.exists():
        embedded.stop(home / "data")
        shutil.rmtree(home)


@pytest.fixture(scope="module")
def server_folder() -> Iterator[Path]:
    """A data folder whose server runs, shared by the tests of a module."""
    home = Path(tempfile.mkdtemp(prefix="underlet-db-", dir="/tmp"))
    embedded.attach(home / "data", fsync=False)
    yield home / "data"
    embedded.stop(home / "data")
    shutil.rmtree(home)
