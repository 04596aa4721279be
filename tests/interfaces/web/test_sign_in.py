"""Signing in and out, the first password, the first start."""

import re

import pytest
from django.test import Client

from tests.cast import Cast, make_cast
from tests.interfaces.web.browser import text_of
from underlet.access.models import User
from underlet.access.queries import actor_of
from underlet.access.welcome import create_operator, set_password, welcome_path
from underlet.foundation.operations import run
from underlet.foundation.uploads import receive
from underlet.interfaces.web import urls
from underlet.project import wiring
from underlet.project.demo.logos import logo

wiring.load()
assert urls
PASSWORD = "correct horse battery"


@pytest.fixture
def cast(database: None) -> Cast:
    return make_cast()


@pytest.fixture
def operator(database: None) -> User:
    user = create_operator("op@example.com", "Op Erator")
    set_password(user, PASSWORD)
    return user


def _sign_in(client: Client, password: str = PASSWORD, **more: str) -> int:
    return client.post("/login", {"email": "OP@example.com", "password": password, **more}).status_code


def test_the_right_password_signs_in_and_leads_on(operator: User) -> None:
    """The address ignores case; nobody is led to another site."""
    for wanted, target in (("/me", "/me"), ("https://evil.example/", "/"), ("//evil.example", "/")):
        client = Client()
        answer = client.post("/login", {"email": "OP@example.com", "password": PASSWORD, "next": wanted})
        assert answer.status_code == 302
        assert answer.headers["Location"] == target
        assert client.get("/me").status_code == 200


def test_a_wrong_password_and_a_wrong_address_answer_alike(operator: User) -> None:
    """Which of the two was wrong stays unsaid."""
    client = Client()
    one = client.post("/login", {"email": "op@example.com", "password": "wrong"})
    other = client.post("/login", {"email": "nobody@example.com", "password": "wrong"})
    assert one.status_code == other.status_code == 422
    strip = text_of(one).replace("op@example.com", ""), text_of(other).replace("nobody@example.com", "")
    assert "do not match" in strip[0]
    assert _without_keys(strip[0]) == _without_keys(strip[1])
    assert client.get("/me").status_code == 302


def _without_keys(text: str) -> str:
    import re

    return re.sub(r'(csrfmiddlewaretoken|request_key)" value="[^"]*"', "", text)


def test_signing_out_ends_the_session(operator: User) -> None:
    """By a form only, so that no link of another site does it."""
    client = Client()
    assert _sign_in(client) == 302
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").status_code == 302
    assert client.get("/me").status_code == 302


def test_a_welcome_link_sets_the_password_once(operator: User) -> None:
    """R43: it signs in, and is gone afterwards; a forged one never was there."""
    path = welcome_path(operator)
    client = Client()
    assert client.get(path).status_code == 200
    assert client.post(path, {"password": "short"}).status_code == 422
    assert client.post(path, {"password": "another fine password"}).status_code == 302
    assert client.get("/me").status_code == 200
    assert Client().get(path).status_code == 404
    assert Client().get("/welcome/abc/def").status_code == 404
    assert _sign_in(Client(), "another fine password") == 302


def test_the_first_start_names_the_root(operator: User) -> None:
    """R1: the operator is led to one form and then to the home of the new root, which says what to do next."""
    client = Client()
    assert _sign_in(client) == 302
    assert client.get("/").headers["Location"] == "/setup"
    wrong = client.post("/setup", {"name": "Fjord", "currency": "euro"})
    assert wrong.status_code == 422
    made = client.post("/setup", {"name": "Fjord", "currency": "EUR"})
    assert made.status_code == 302
    home = client.get(made.headers["Location"])
    assert home.status_code == 200
    for step in ("Build the structure", "Take in a billing file", "Make contracts"):
        assert step in text_of(home)
    assert client.get("/").headers["Location"] == made.headers["Location"]
    assert actor_of(operator).is_operator


def test_the_sign_in_page_wears_the_brand_of_its_host(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """R94: two hosts, two brands; an unknown one the installation's own. Nothing else of a unit is told (A1)."""
    monkeypatch.setattr("django.conf.settings.ALLOWED_HOSTS", [".example", "testserver"])
    for unit, color in (("birch", "#b45309"), ("harbor", "#4338ca")):
        data = {"color": color, "product_name": f"The {unit} desk", "host_name": f"{unit}.example"}
        data |= {
            name: str(receive(cast.operator, [logo(unit, color)], "x.svg").id) for name in ("logo", "favicon")
        }
        run("brand.update", cast.operator, cast.units[unit], {**data, "reply_to": "secret@x.example"})
    for unit, color, other in (("birch", "b45309", "harbor"), ("harbor", "4338ca", "birch")):
        for host in (f"{unit}.example", f"{unit.upper()}.example:8443"):
            page = text_of(Client(headers={"host": host}).get("/login"))
            assert f"<span>The {unit} desk</span>" in page
            assert f'href="/brand/{color}-' in page
            assert other not in page.lower()
            assert "secret" not in page
            for name, public_id in cast.units.items():
                assert public_id not in page, name
            pictures = re.findall(r"/brand/pictures/[0-9a-f]{64}\.png", page)
            assert len(set(pictures)) == 3, "logo in two sizes and the large icon; the small one is in the page"
            assert '<link rel="icon" href="data:image/png;base64,' in page
            for picture in pictures:
                shown = Client(headers={"host": host}).get(picture)
                assert shown.headers["Content-Type"] == "image/png"
                assert shown.headers["X-Content-Type-Options"] == "nosniff"
                assert "sandbox" in shown.headers["Content-Security-Policy"]
                assert "immutable" in shown.headers["Cache-Control"]
                assert Client(headers={"host": f"{other}.example"}).get(picture).status_code == 404
    plain = text_of(Client(headers={"host": "unknown.example"}).get("/login"))
    assert plain.count("Underlet") >= 2
    assert "/brand/pictures/" not in plain
    assert "desk" not in plain


def test_other_hosts_are_turned_away(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that the installation does not answer to gets nothing, whatever a brand says."""
    monkeypatch.setattr("django.conf.settings.ALLOWED_HOSTS", ["testserver"])
    run(
        "brand.update", cast.operator, cast.units["birch"], {"host_name": "evil.example", "product_name": "Birch!"}
    )
    answer = Client(headers={"host": "evil.example"}).get("/login")
    assert answer.status_code == 400
    assert "Birch!" not in text_of(answer)
