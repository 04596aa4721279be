"""The cast."""

import pytest

import underlet.accounts.operations
import underlet.contracts.operations
import underlet.organization.past  # noqa: F401 (all fill the registry; `unit.move` is among them)
from tests.cast import Cast, make_cast


@pytest.fixture
def cast(database: None) -> Cast:
    return make_cast()
