"""Signing in through a provider of one's own: a real OpenID provider on the loopback, and signed SAML answers."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import oidc_provider_mock
import pytest
from django.test import Client

from tests.cast import Cast, make_cast
from tests.receiver import called_networks
from tests.saml import ENTITY, SIGN_IN, make_saml_provider
from underlet.access.models import DirectoryGroup, User
from underlet.access.queries import actor_of
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run


@pytest.fixture
def cast(database: None) -> Cast:
    return make_cast()


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a running OpenID provider, which may be called."""
    people = [
        oidc_provider_mock.User(sub="cleo", claims={"email": "cleo@example.com", "email_verified": True}),
        oidc_provider_mock.User(sub="ada", claims={"email": "ada@example.com", "email_verified": True}),
        oidc_provider_mock.User(
            sub="nils", claims={"email": "nils@example.com", "name": "Nils Berg", "groups": ["Billing team"]}
        ),
        oidc_provider_mock.User(sub="vera", claims={"email": "cleo@example.com", "email_verified": False}),
    ]
    with called_networks(monkeypatch), oidc_provider_mock.run_server_in_thread(user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"


def _provider(cast: Cast, issuer: str, **more: object) -> dict[str, Any]:
    data = {
        "kind": "openid_connect", "name": "Birch", "issuer": issuer, "client_id": "underlet", "client_secret": "s",
        "groups_claim": "groups", **more,
    }  # fmt: skip
    made: dict[str, Any] = run("identity_provider.create", cast.ben, cast.units["birch"], data).body
    return made


def _sign_in(provider: dict[str, Any], sub: str) -> tuple[Client, Any]:
    """A browser that went to the provider and came back as somebody; and what it was answered."""
    browser = Client()
    sent = browser.get(provider["sign_in_path"])
    assert sent.status_code == 302, sent.content
    back = httpx.post(sent["Location"], data={"sub": sub}).headers["Location"]
    return browser, browser.get(back.removeprefix("http://testserver"))


def test_a_person_of_the_unit_signs_in_and_sees_their_own(cast: Cast, issuer: str) -> None:
    """R33, R35: and the session ends when their provider speaks for them no longer (A6)."""
    provider = _provider(cast, issuer)
    browser, answer = _sign_in(provider, "cleo")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser.get(f"/api/v1/units/{cast.units['alder']}").status_code == 200
    assert browser.get(f"/api/v1/units/{cast.units['fjord']}").status_code == 404
    assert browser.get("/api/v1/me").json()["email"] == "cleo@example.com"
    browser.cookies["csrftoken"] = "a" * 32
    for page in ("password", "passkeys/new", "app/new", "codes/new"):
        assert browser.get(f"/me/sign-in/{page}").status_code == 403
    key = browser.post(
        "/api/v1/tokens", {"name": "mine"}, content_type="application/json", headers={"X-CSRFToken": "a" * 32}
    )
    assert key.status_code == 422, key.content
    assert b"Choose a unit" in key.content
    run("identity_provider.update", cast.ben, provider["id"], {"is_enabled": False})
    assert browser.get("/api/v1/me").status_code == 401
    assert browser.get("/me")["Location"].startswith("/login")


@pytest.mark.parametrize("sub", ["ada", "nils", "vera"])
def test_nobody_else_comes_in_by_it(cast: Cast, issuer: str, sub: str) -> None:
    """A5, S3: somebody above, somebody whom nobody invited, somebody with an address that is not proved."""
    browser, answer = _sign_in(_provider(cast, issuer), sub)
    assert answer.status_code == 403
    assert browser.get("/api/v1/me").status_code == 401


def test_groups_of_the_provider_give_roles(cast: Cast, issuer: str) -> None:
    """R34, P2: once an administrator mapped them; until then somebody new comes to nothing."""
    provider = _provider(cast, issuer, takes_new=True)
    assert _sign_in(provider, "nils")[1].status_code == 403
    with system():
        group = DirectoryGroup.objects.get(display_name="Billing team")
    run("directory_group.map", cast.ben, str(group.public_id), {"role": "billing"})
    browser, answer = _sign_in(provider, "nils")
    assert answer.status_code == 302
    assert browser.get(f"/api/v1/units/{cast.units['birch']}").status_code == 200
    with system():
        assert User.objects.get(email_key="nils@example.com").name == "Nils Berg"


def test_calls_to_a_provider_reach_public_addresses_only(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """S6: decided at connect; the page says that it did not work, not why."""
    with called_networks(monkeypatch):
        provider = _provider(cast, "http://127.0.0.1:9/")
    answer = Client().get(provider["sign_in_path"])
    assert answer.status_code == 503
    assert "127.0.0.1" not in answer.content.decode()


def test_the_sign_in_page_offers_the_providers_of_its_host(cast: Cast, issuer: str) -> None:
    """R33: of the unit that named the host, and of nobody else; who has which is told to nobody (A1)."""
    _provider(cast, issuer)
    assert b"Sign in with Birch" not in Client().get("/login").content
    operator = actor_of(User.objects.get(is_operator=True))
    run("brand.update", operator, cast.units["birch"], {"host_name": "localhost"})
    assert b"Sign in with Birch" in Client(headers={"host": "localhost"}).get("/login").content
    assert b"Sign in with Birch" not in Client(headers={"host": "127.0.0.1"}).get("/login").content


def test_an_unknown_provider_is_absent(cast: Cast) -> None:
    """A4."""
    browser = Client()
    for kind, rest in (("oidc", "login/"), ("saml", "login/"), ("saml", "metadata/"), ("oidc", "login/callback/")):
        answer = browser.get(f"/login/with/{kind}/00000000-0000-0000-0000-000000000000/{rest}")
        assert answer.status_code in (403, 404), (kind, rest, answer.status_code)


def test_saml_answers_are_taken_from_who_signed_them_only(cast: Cast) -> None:
    """R33, A5: the person of the unit comes in; the same words signed by anybody else open nothing."""
    real, other = make_saml_provider(), make_saml_provider()
    data = {
        "kind": "saml", "name": "Birch", "entity_id": ENTITY, "sso_url": SIGN_IN, "certificate": real.certificate,
    }  # fmt: skip
    made = run("identity_provider.create", cast.ben, cast.units["birch"], data).body
    audience = f"http://localhost{made['metadata_path']}"
    back_to = f"http://localhost{made['callback_path']}"
    metadata = Client(headers={"host": "localhost"}).get(made["metadata_path"])
    assert re.search(rf'entityID="{re.escape(audience)}"', metadata.content.decode())
    mail = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
    for signer, status in ((real, 302), (other, 403)):
        browser = Client(headers={"host": "localhost"})
        sent = browser.get(made["sign_in_path"])
        assert sent["Location"].startswith(SIGN_IN)
        answer = signer.answer(
            sent["Location"], {mail: ["cleo@example.com"]}, "cleo-1", audience=audience, back_to=back_to
        )
        taken = browser.post(made["callback_path"], {"SAMLResponse": answer, "RelayState": ""})
        ended = browser.get(taken["Location"])
        assert ended.status_code == status, ended.content.decode()[:2000]
        assert browser.get("/api/v1/me").status_code == (200 if signer is real else 401)
