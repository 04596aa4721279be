"""The REST API as a stranger meets it: statuses, keys, limits, cookies, files, its own description (R93)."""

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from tests.branding.test_logo import HOSTILE_FILES
from tests.world import NO_ID, World
from underlet.access.models import User
from underlet.foundation.clock import frozen
from underlet.foundation.database.sql import scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run

logging.getLogger("django.request").setLevel(logging.CRITICAL)
_JSON = "application/json"


def key_of(world: World, who: str, **data: Any) -> str:
    secret: str = run("token.create", world.cast.people[who], None, {"name": "test", **data}).body["secret"]
    return secret


class Api:
    """A script with an API key."""

    def __init__(self, secret: str) -> None:
        self._client = Client(headers={"Authorization": f"Bearer {secret}"})

    def call(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        body = data if isinstance(data, bytes) else b"" if data is None else json.dumps(data).encode()
        return self._client.generic(method, f"/api/v1{path}", body, content_type=_JSON, headers=headers)


@pytest.fixture
def ben(world: World) -> Api:
    return Api(key_of(world, "ben"))


def test_a_unit_from_creation_to_removal(world: World, ben: Api) -> None:
    """R3, R93: 201, 200, then absent."""
    birch = world.ids["unit"]["birch"]
    made = ben.call("POST", f"/units/{birch}/units", {"kind": "customer", "name": "new.example.com"})
    assert made.status_code == 201
    path = f"/units/{made.json()['id']}"
    assert ben.call("PATCH", path, {"code": "N"}).json()["code"] == "N"
    assert ben.call("GET", path).json()["code"] == "N"
    moved = ben.call("POST", f"{path}/move", {"parent": world.ids["unit"]["birch_lab"]})
    assert moved.status_code == 200
    assert ben.call("DELETE", path).json()["removed"] is True
    assert ben.call("GET", path).status_code == 404


def test_lists_are_pages(world: World, ben: Api) -> None:
    """S12."""
    birch = world.ids["unit"]["birch"]
    first = ben.call("GET", f"/units/{birch}/contracts?limit=2").json()
    assert set(first) == {"items", "next"}
    second = ben.call("GET", f"/units/{birch}/contracts?limit=2&after={first['next']}").json()
    assert {row["id"] for row in first["items"]}.isdisjoint(row["id"] for row in second["items"])
    assert ben.call("GET", f"/units/{birch}/contracts?limit=100").status_code == 200
    assert ben.call("GET", f"/units/{birch}/contracts?limit=101").status_code == 422


def test_money_travels_as_text(world: World, ben: Api) -> None:
    """I18, M11: no JSON number with a point anywhere in money."""
    invoice = world.ids["invoice"]["birch beta issued"]
    body = ben.call("GET", f"/invoices/{invoice}").content.decode()
    parsed = json.loads(body, parse_float=lambda text: pytest.fail(f"{text} is a float"))
    assert isinstance(parsed["net"], str)
    refused = ben.call(
        "POST", f"/contracts/{world.ids['contract']['birch beta']}/revise",
        {"currency": "EUR", "starts_on": "2027-01-01", "rules": [{"verb": "adjust", "percent": 0.1}]},
    )  # fmt: skip
    assert refused.json()["fields"] == {"rules.0.percent": 'Send decimals as strings, for example "0.025".'}


def test_one_key_has_one_effect(world: World, ben: Api) -> None:
    """I21: the same answer and status again; another body under the key is refused."""
    path = f"/units/{world.ids['unit']['birch']}/units"
    data = {"kind": "organization", "name": "Once"}
    headers = {"Idempotency-Key": "k1"}
    answers = [ben.call("POST", path, data, **headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.content for answer in answers}) == 1
    other = ben.call("POST", path, {**data, "name": "Twice"}, **headers)
    assert (other.status_code, other.json()["error"]) == (422, "idempotency_mismatch")
    assert ben.call("POST", path, {**data, "name": "Long"}, **{"Idempotency-Key": "k" * 256}).status_code == 422


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"null", b"\xff\xfe", b'{"name": NaN}', b'{"a":' * 3000, b"[" * 100_000, b'{"name": "\\ud800"}'],
    ids=["cut", "list", "null", "bytes", "NaN", "deep object", "deep list", "surrogate"],
)
def test_a_body_that_is_no_object_is_refused(world: World, ben: Api, body: bytes) -> None:
    """S12, S13: 422 by name, never 500."""
    answer = ben.call("POST", f"/units/{world.ids['unit']['birch']}/units", body)
    assert answer.status_code == 422
    assert answer.json()["error"] == "invalid_input"


def test_bodies_have_a_limit_and_nesting_too(world: World, ben: Api) -> None:
    """S12."""
    path = f"/contracts/{world.ids['contract']['birch beta']}/revise"
    limit = django_settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert isinstance(limit, int)
    answer = ben.call("POST", path, b'{"x": "' + b"a" * limit + b'"}')
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_input")
    deep: Any = "x"
    for _ in range(30):
        deep = [deep]
    assert ben.call("POST", path, {"rules": deep}).json()["detail"] == "The input is nested too deeply."
    assert ben.call("GET", "/units?" + "&".join(f"a{n}=1" for n in range(2000))).status_code == 422


def test_hidden_comes_before_malformed(world: World, ben: Api) -> None:
    """ADR-0014, A4."""
    hidden = ben.call("PATCH", f"/units/{world.ids['unit']['cedar']}", b"{")
    absent = ben.call("PATCH", f"/units/{NO_ID}", b"{")
    assert (hidden.status_code, hidden.content) == (404, absent.content)


def test_a_cookie_alone_changes_nothing(world: World) -> None:
    """S5: writes need the CSRF token, and no write is a GET."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(email_key="ben@example.com"))
    path = f"/api/v1/units/{world.ids['unit']['birch']}"
    refused = client.patch(path, {"code": "X"}, content_type=_JSON)
    assert (refused.status_code, refused.json()["error"]) == (403, "forbidden")
    client.cookies["csrftoken"] = "a" * 32
    assert (
        client.patch(path, {"code": "X"}, content_type=_JSON, headers={"X-CSRFToken": "b" * 32}).status_code == 403
    )
    assert (
        client.patch(path, {"code": "X"}, content_type=_JSON, headers={"X-CSRFToken": "a" * 32}).status_code == 200
    )
    assert client.get(path + "/move").status_code == 405


def test_a_key_acts_within_its_owners_rights_now(world: World) -> None:
    """S7, P1, A6: revoked, expired, malformed and stripped keys are answered alike."""
    secret = key_of(world, "ira")
    script = Api(secret)
    lab = f"/units/{world.ids['unit']['birch_lab']}"
    assert script.call("GET", lab).status_code == 200
    run(
        "grant.revoke",
        world.cast.ben,
        world.ids["unit"]["birch_lab"],
        {"email": "ira@example.com", "role": "viewer"},
    )
    assert script.call("GET", lab).status_code == 404
    made = run("token.create", world.cast.dan, None, {"name": "test", "expires_in_days": 1}).body
    dan = Api(made["secret"])
    assert dan.call("GET", "/me").json()["name"] == "test"
    assert dan.call("POST", "/tokens", {"name": "child"}).status_code == 403
    with frozen(datetime.now(UTC) + timedelta(days=2)):
        assert dan.call("GET", "/me").status_code == 401
    run("token.revoke", world.cast.dan, made["token"]["id"])
    assert dan.call("GET", "/me").status_code == 401
    for header in ("Basic x", "Bearer", "Bearer underlet_x", "bearer  "):
        assert Client(headers={"Authorization": header}).get("/api/v1/me").status_code == 401


def test_a_secret_is_kept_nowhere(world: World) -> None:
    """S7: digest only; not in the audit trail, not under the request key."""
    made = run("token.create", world.cast.dan, None, {"name": "test"}, key="once").body
    with system():
        for table in ("api_token", "audit_entry", "idempotency_key"):
            found = scalar(f"select count(*) from {table} t where strpos(t::text, %s) > 0", [made["secret"]])  # type: ignore[arg-type]
            assert found == 0, table
    assert len(made["secret"]) >= 43


def test_files_go_up_as_they_are_and_come_down_inert(world: World) -> None:
    """R93, S8: bytes in the body; a PDF that we made opens in the tab, anything else would download."""
    ada = Api(key_of(world, "ada"))
    sent = ada.call("POST", "/uploads?name=june.csv", b"not a billing file")
    assert sent.status_code == 201
    made = ada.call("POST", f"/units/{world.ids['unit']['fjord']}/imports", {"upload": sent.json()["id"]})
    assert made.status_code == 201
    assert ada.call("GET", f"/jobs/{made.json()['job_id']}").json()["state"] == "queued"
    eve = Api(key_of(world, "eve"))
    stolen = eve.call("POST", f"/units/{world.ids['unit']['cedar']}/imports", {"upload": sent.json()["id"]})
    assert stolen.status_code in (409, 422)
    pdf = Api(key_of(world, "dan")).call("GET", f"/invoices/{world.ids['invoice']['alder acme issued']}/pdf")
    assert (pdf.status_code, pdf["Content-Type"], pdf.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert pdf["X-Content-Type-Options"] == "nosniff"
    assert pdf["Cache-Control"] == "private, no-store"


def test_it_describes_itself(world: World) -> None:
    """R93: OpenAPI 3.1 without broken references; the docs page needs no other server and no inline script (S8)."""
    client = Client()
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    text = json.dumps(document)
    for part in text.split('"$ref": "')[1:]:
        name = part.split('"')[0].removeprefix("#/components/schemas/")
        assert name in document["components"]["schemas"], name
    for path, methods in document["paths"].items():
        for method, details in methods.items():
            assert {"401", "403", "404", "409", "422"} <= set(details["responses"]), (method, path)
            assert set(details["responses"]) & {"200", "201"}, (method, path)
    page = client.get("/api/v1/docs").content.decode()
    assert "http://" not in page
    assert "https://" not in page


def test_every_answer_carries_its_headers(world: World, ben: Api) -> None:
    """S8."""
    for path in ("/units", f"/units/{NO_ID}", "/openapi.json"):
        answer = ben.call("GET", path)
        for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy",
                     "Cross-Origin-Opener-Policy"):  # fmt: skip
            assert name in answer.headers, (path, name)
        assert "unsafe-inline" not in answer["Content-Security-Policy"]


def test_a_bug_tells_nothing_but_a_number(world: World, ben: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """S13."""
    from underlet.interfaces.api import bind

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("select secret from /etc/passwd")

    monkeypatch.setattr(bind, "ask", broken)
    answer = ben.call("GET", "/units")
    assert (answer.status_code, answer.json()["error"]) == (500, "internal")
    assert b"secret" not in answer.content


@pytest.mark.parametrize("field", ["logo", "favicon"])
def test_hostile_pictures_are_refused(world: World, field: str) -> None:
    """S1: the file is taken as bytes, and refused with words where it would become a picture."""
    ben = Api(key_of(world, "ben"))
    for content in HOSTILE_FILES:
        sent = ben.call("POST", "/uploads?name=logo.png", content)
        answer = ben.call("PATCH", f"/units/{world.ids['unit']['birch']}/brand", {field: sent.json()["id"]})
        assert (answer.status_code, answer.json()["error"]) == (422, "file_rejected")
        assert answer.json()["detail"]
