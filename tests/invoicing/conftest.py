"""The month of the worked example."""

import pytest

from tests.invoicing.worked import Month


@pytest.fixture
def month(database: None) -> Month:
    """Contracts and priced lines; drafts are not made yet."""
    return Month()


@pytest.fixture
def drafted(month: Month) -> Month:
    """The month with its drafts."""
    month.draft()
    return month


@pytest.fixture
def issued(drafted: Month) -> Month:
    """The month with every invoice issued, not rendered."""
    drafted.issue()
    return drafted
