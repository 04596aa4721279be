"""Calling the API as the people of the cast, in this process, through every layer of the web server's application."""

import json
import re
from dataclasses import dataclass
from typing import Any

from django.test import Client

from tests.world import World
from underlet.access.models import User
from underlet.interfaces.api import bind
from underlet.interfaces.api.main import api

_TOKEN = "a" * 32
PREFIX = "/api/v1"

assert api  # importing it binds the routes


@dataclass(frozen=True)
class Answer:
    """What came back, as bytes."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Route:
    """A bound entry: method, path and the kind of object in it ("" = none)."""

    name: str
    method: str
    path: str
    kind: str


def routes() -> list[Route]:
    """Every route of the API that belongs to a registry entry."""
    found = []
    for name, address in bind.BOUND.items():
        method, path = address.split(" ")
        kinds = re.findall(r"{(\w+)}", path)
        found.append(Route(name, method, path, kinds[0] if kinds else ""))
    return found


class Caller:
    """A signed-in person's browser, CSRF token and all."""

    def __init__(self, world: World, who: str) -> None:
        self._client = Client(enforce_csrf_checks=True, raise_request_exception=True)
        email = "operator@localhost" if who == "operator" else f"{who}@example.com"
        self._client.force_login(User.objects.get(email_key=email))
        self._client.cookies["csrftoken"] = _TOKEN

    def call(self, method: str, path: str, data: Any = None) -> Answer:
        """One request below /api/v1; data: JSON body of a write."""
        body = b"" if data is None else json.dumps(data).encode()
        answer = self._client.generic(
            method, PREFIX + path, body, content_type="application/json", headers={"X-CSRFToken": _TOKEN}
        )
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return Answer(answer.status_code, tuple(sorted(answer.headers.items())), content)

    def page(self, path: str) -> Answer:
        """One page."""
        answer = self._client.get(path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return Answer(answer.status_code, tuple(sorted(answer.headers.items())), content)
