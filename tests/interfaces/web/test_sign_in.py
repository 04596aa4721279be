"""Signing in and out, the first password, the first start."""

import pytest
from django.test import Client

from tests.interfaces.web.browser import text_of
from underlet.access.models import User
from underlet.access.queries import actor_of
from underlet.access.welcome import create_operator, set_password, welcome_path
from underlet.interfaces.web import urls
from underlet.project import wiring

wiring.load()
assert urls
PASSWORD = "correct horse battery"


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
