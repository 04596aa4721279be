"""The cast."""

import pytest

import underlet.contracts.operations  # noqa: F401 (fills the registry)
from tests.cast import Cast, make_cast


@pytest.fixture
def cast(database: None) -> Cast:
    return make_cast()
