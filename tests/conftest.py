"""Fixtures of the whole suite: a throwaway server, a clean database for each test, the people of the cast.

Tests commit for real (deferred constraints and `durable` transactions behave as in production); each test that
asks for the database begins with empty tables.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest

_DATA = Path(tempfile.mkdtemp(prefix="underlet-test-", dir="/tmp"))
os.environ.update(
    UNDERLET_DATA=str(_DATA),
    UNDERLET_TESTING="1",
    UNDERLET_WITHOUT_FSYNC="1",
    DJANGO_SETTINGS_MODULE="underlet.project.settings",
)
os.environ.pop("DATABASE_URL", None)
django.setup()  # before any test module imports a model

from underlet.foundation.settings import settings  # noqa: E402 (needs the environment above)

# A worker of a parallel run inherits the controller's environment, and pytest-django has read the settings from it
# by now: without this, all workers would share one folder, and empty one another's tables.
settings.cache_clear()

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real billing files beside the project; tests that need it skip without it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no billing files at {SHARED_DATA}: this test reads real files that are not in the project")
    return SHARED_DATA


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Start a throwaway server and migrate it; no second test database is made."""
    from underlet.foundation.database.embedded import stop
    from underlet.foundation.database.migrate import migrate

    with django_db_blocker.unblock():
        migrate()
        yield
        from django.db import connections

        connections.close_all()
    stop(_DATA)


@pytest.fixture
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """An empty database; everything a test commits is gone before the next one."""
    from django.db import connections

    from tests import tables

    with django_db_blocker.unblock():
        connections.close_all()
        with tables.connect() as connection:
            tables.empty(connection)
        yield
        connections.close_all()


def pytest_unconfigure() -> None:
    """Leave nothing behind; each worker of a parallel run has a folder, and a server, of its own."""
    shutil.rmtree(_DATA, ignore_errors=True)


@pytest.fixture(params=["both belts", "WITHOUT_QUERY_SCOPING", "WITHOUT_ROW_SECURITY"])
def belts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Both belts, then each alone (A8). Name it after the fixture that makes the world, which needs both."""
    from underlet.foundation.settings import settings

    name: str = request.param
    if name.startswith("WITHOUT"):
        monkeypatch.setenv(f"UNDERLET_{name}", "1")
    settings.cache_clear()
    yield name
    monkeypatch.undo()
    settings.cache_clear()


_FIRST = ("kernel", "browser")
"""Fast ones show early what is wrong; long ones begin early, so that no worker waits for another's at the end."""


def _rank(item: pytest.Item) -> int:
    folder = item.path.relative_to(item.config.rootpath / "tests").parts[0]
    return _FIRST.index(folder) if folder in _FIRST else len(_FIRST)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Heavy checks run only with UNDERLET_DEEP=1 (`make test-deep`)."""
    items.sort(key=_rank)
    if os.environ.get("UNDERLET_DEEP"):
        return
    skip = pytest.mark.skip(reason="deep check: runs with `make test-deep`")
    for item in items:
        if "deep" in item.keywords:
            item.add_marker(skip)
