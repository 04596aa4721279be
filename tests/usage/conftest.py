"""Fixtures of the usage tests."""

from pathlib import Path

import pytest

from tests.cast import Cast, make_cast
from tests.usage.focus import Intake


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    """A lake and a folder for files."""
    return Intake(tmp_path)


@pytest.fixture
def lake_folder() -> Path:
    """The lake of the test installation."""
    from underlet.usage.queries import lake

    folder = lake()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def cast(database: None) -> Cast:
    """The fixed cast: ada may import at Fjord."""
    return make_cast()
