"""A served world and a real browser. Without Chromium at its usual place the group is skipped, visibly."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from playwright.sync_api import Page
from tools.shots import CHROMIUM, FLAGS

from tests.world import World, make_world
from underlet.access.models import User
from underlet.access.welcome import set_password

# Playwright's loop runs in the tests' own thread, where Django would refuse to ask the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
PASSWORD = "a password for tests"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the group, and skip it where there is no browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not Path(CHROMIUM).exists():
                item.add_marker(
                    pytest.mark.skip(reason=f"no browser at {CHROMIUM}: install Chromium to run these")
                )


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The installed Chromium, without anything that talks to other hosts."""
    return {"executable_path": CHROMIUM, "args": list(FLAGS)}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """One size and language for every machine."""
    return {"viewport": {"width": 1360, "height": 900}, "locale": "en-GB", "reduced_motion": "reduce"}


@pytest.fixture
def world(database: None) -> World:
    """The month of the cast; Ada, Ben and Dan may sign in."""
    world = make_world()
    for name in ("ada", "ben", "dan"):
        set_password(User.objects.get(email_key=f"{name}@example.com"), PASSWORD)
    return world


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: the tests tell what went wrong."""


@pytest.fixture
def site(world: World) -> Iterator[str]:
    """The address of the served world."""
    from django.core.wsgi import get_wsgi_application

    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def complaints(page: Page, site: str) -> Iterator[list[str]]:
    """What the browser complains about, policy violations included, and requests to other hosts: must stay empty."""
    found: list[str] = []
    page.on(
        "console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on(
        "request", lambda request: None if request.url.startswith((site, "data:")) else found.append(request.url)
    )
    yield found
    assert found == []


def sign_in(page: Page, site: str, who: str) -> None:
    """To the sign-in page and through it."""
    page.goto(f"{site}/login")
    page.get_by_label("E-mail address").fill(f"{who}@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/home")
