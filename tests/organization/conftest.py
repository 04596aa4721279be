"""The cast."""

import pytest

from tests.cast import Cast, make_cast


@pytest.fixture
def cast(database: None) -> Cast:
    return make_cast()
