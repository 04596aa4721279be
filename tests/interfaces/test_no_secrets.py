"""No live secret is in the database, in a log or in an answer that is not its own (S7)."""

import json
import logging
from typing import Any

import pytest
from django.test import Client

from tests import tables
from tests.cast import Cast, make_cast
from tests.interfaces.scim.conftest import USER, Directory
from underlet.access.models import User
from underlet.project import wiring

wiring.load()
_TOKEN = "a" * 32


@pytest.fixture
def cast(database: None) -> Cast:
    return make_cast()


def dump() -> str:
    """Every row of every table as text, as a backup holds it."""
    with tables.connect() as connection:
        found = connection.execute(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind = 'r' and n.nspname = 'public'"
        ).fetchall()
        return "\n".join(
            str(row)
            for (name,) in found
            for row in connection.execute(f'select t::text from "{name}" t').fetchall()
        )


class Caller:
    """Somebody with a key; remembers what they were told."""

    def __init__(self) -> None:
        self.client, self.heard = Client(raise_request_exception=False), [""]

    def call(self, key: str, method: str, path: str, data: Any = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        sent = b"" if data is None else json.dumps(data).encode()
        answer = self.client.generic(method, path, sent, content_type="application/json", headers=headers)
        self.heard.append(answer.content.decode())
        found: dict[str, Any] = json.loads(answer.content) if answer.content else {}
        return found


def test_secrets_are_nowhere_but_in_the_one_answer_that_shows_them(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    """S7: keys made, repeated, rotated, refused, used where they do not belong, and in requests that fail."""
    caplog.set_level(logging.DEBUG)
    user = User.objects.get(email_key="ben@example.com")
    caller, owner = Caller(), Client()
    owner.force_login(user)
    owner.cookies["csrftoken"] = _TOKEN

    def make(path: str, **data: Any) -> dict[str, Any]:
        """As a signed-in person, with a request key, twice: the repetition shows no secret."""
        headers = {"Idempotency-Key": f"{path} {data}", "X-CSRFToken": _TOKEN}
        first, again = (owner.post(path, data, content_type="application/json", headers=headers) for _ in range(2))
        assert first.status_code in (200, 201), first.content
        assert "secret" not in again.json()
        found: dict[str, Any] = first.json()
        return found

    key = make("/api/v1/tokens", name="canary-of-the-dump")
    scim = make("/api/v1/tokens", name="d", unit=cast.units["birch"], purpose="directory", networks=["127.0.0.1"])
    new = make(f"/api/v1/tokens/{key['token']['id']}/rotate", grace_hours=1)
    secrets = [key["secret"], scim["secret"], new["secret"]]
    for secret in secrets:
        for method, path, data in (
            ("GET", "/api/v1/me", None), ("GET", "/api/v1/tokens", None), ("GET", f"/api/v1/units/{secret}", None),
            ("POST", "/api/v1/tokens", {"name": secret[:40]}), ("POST", "/api/v1/tokens", None),
            ("GET", "/scim/v2/Users", None), ("GET", "/scim/v2/Users?filter=x", None),
            ("POST", "/scim/v2/Users", {"schemas": [USER], "userName": "kim@x.example"}),
            ("GET", "/api/v1/units/nothing", None), ("GET", "/nowhere", None),
        ):  # fmt: skip
            try:
                caller.call(secret, method, path, data)
            except json.JSONDecodeError:
                continue
    caller.call(secrets[0] + "x", "GET", "/api/v1/me")
    Directory(scim["secret"]).user("lee@x.example")
    with pytest.raises(json.JSONDecodeError):  # the page of their owner's keys
        json.loads(owner.get(f"/u/{cast.units['birch']}/settings/api-keys").content)
    heard, text = "\n".join(caller.heard), dump()
    logged = "\n".join(f"{one.getMessage()} {one.exc_text}" for one in caplog.records)
    assert "canary-of-the-dump" in text
    assert "lee@x.example" in text
    for secret in secrets:
        for part in (secret, secret.removeprefix("underlet_")[:24]):
            assert part not in text
            assert part not in heard
            # A path is logged as it was asked for; whoever puts a secret there published it.
            assert part not in logged.replace(f"/api/v1/units/{secret}", "")
