"""Each worker of a parallel run has a data folder, and so a server, of its own."""

import os

import pytest

from underlet.foundation.settings import settings


def test_settings_name_the_folder_of_this_process() -> None:
    """Workers that shared a folder would truncate each other's tables."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("runs in parallel runs only")
    assert str(settings().data) == os.environ["UNDERLET_DATA"]
