"""The cast."""

import pytest

import underlet.accounts.operations
import underlet.branding.operations
import underlet.contracts.operations
import underlet.invoicing.operations
import underlet.invoicing.removal  # noqa: F401 (they fill the registry; `unit.move` and `unit.remove` are among them)
from tests.cast import Cast, make_cast


@pytest.fixture
def cast(database: None) -> Cast:
    return make_cast()
