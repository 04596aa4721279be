"""The cast."""

import pytest

from tests.cast import Cast, make_cast
from underlet.project import wiring

wiring.load()  # operations of higher contexts are tried here too: moving, archiving, removing


@pytest.fixture
def cast(database: None) -> Cast:
    return make_cast()
