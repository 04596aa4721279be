"""A directory of Birch's people, and a served address for those that speak SCIM over the network."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.test import Client

from tests.cast import Cast, make_cast
from underlet.foundation.operations import run
from underlet.project import wiring

wiring.load()
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass(frozen=True)
class Directory:
    """One that calls with a key, in this process. It knows no more than what its key opens."""

    key: str
    client: Client = field(default_factory=Client)

    def call(self, method: str, path: str, data: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and body of an answer."""
        answer = self.client.generic(
            method,
            f"/scim/v2{path}",
            b"" if data is None else json.dumps(data).encode(),
            content_type="application/scim+json",
            headers={"Authorization": f"Bearer {self.key}", **headers},
        )
        assert answer["Content-Type"] == "application/scim+json"
        return answer.status_code, json.loads(answer.content) if answer.content else None

    def user(self, user_name: str, /, **more: Any) -> str:
        """The id of a new person, called like the part of their address before the @."""
        shown = user_name.partition("@")[0].title()
        data = {"schemas": [USER], "userName": user_name, "displayName": shown, **more}
        status, body = self.call("POST", "/Users", data)
        assert status == 201, body
        return str(body["id"])

    def group(self, name: str, *members: str) -> str:
        """The id of a new group."""
        data = {"schemas": [GROUP], "displayName": name, "members": [{"value": one} for one in members]}
        status, body = self.call("POST", "/Groups", data)
        assert status == 201, body
        return str(body["id"])

    def patch(self, path: str, *operations: dict[str, Any]) -> tuple[int, Any]:
        """Change a person or a group."""
        return self.call("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})

    def found(self, path: str, asked: str) -> list[str]:
        """The names that a filter finds."""
        answer = self.client.get(
            f"/scim/v2{path}", {"filter": asked}, headers={"Authorization": f"Bearer {self.key}"}
        )
        assert answer.status_code == 200, answer.content
        return [one.get("userName") or one["displayName"] for one in answer.json().get("Resources", [])]


def key_of(cast: Cast, who: str, unit: str, **more: Any) -> str:
    """The secret of a new key for the directory of a unit."""
    data = {"name": "directory", "unit": cast.units[unit], "purpose": "directory", **more}
    return str(run("token.create", cast.people[who], None, data).body["secret"])


@pytest.fixture
def cast(database: None) -> Cast:
    return make_cast()


@pytest.fixture
def directory(cast: Cast) -> Directory:
    return Directory(key_of(cast, "ben", "birch"))


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: the tests tell what went wrong."""


@pytest.fixture
def site(cast: Cast) -> Iterator[str]:
    """The address of the served cast."""
    from django.core.wsgi import get_wsgi_application

    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
