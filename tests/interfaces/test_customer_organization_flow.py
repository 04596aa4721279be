"""R72 to R80 as a script does them: an organization whose customers get separate invoices, by the API alone."""

from typing import Any

import pytest

from tests.interfaces.test_api import Api, key_of
from tests.world import World
from underlet.access.models import User
from underlet.access.queries import actor_of
from underlet.foundation.operations import run

TERMS: dict[str, Any] = {"currency": "EUR", "rules": [{"verb": "pass_through"}], "starts_on": "2026-06-01"}


@pytest.fixture
def ada(world: World) -> Api:
    return Api(key_of(world, "ada"))


@pytest.fixture
def ben(world: World) -> Api:
    return Api(key_of(world, "ben"))


def _names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["items"]]


def _made(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def _sol() -> Api:
    actor = actor_of(User.objects.get(email_key="sol@example.com"))
    return Api(run("token.create", actor, None, {"name": "sol"}).body["secret"])


def test_r72_to_r80_an_organization_with_separate_invoices(world: World, ada: Api, ben: Api) -> None:
    """R72, R73, R74, R75, R76, R77, R78, R79, R80, R81, R82, P4: the whole flow, with the refusals on the way."""
    birch = world.ids["unit"]["birch"]
    create, choices = f"/units/{birch}/units", f"/units/{birch}/customer-organization-choices"

    # R73, R76: the customer organization first; while it is a draft nobody can choose it.
    anchor = _made(ben.call("POST", create, {"kind": "customer", "name": "omega.example.com", "draft": True}))[
        "id"
    ]
    finance = {"kind": "customer", "name": "finance.omega.example.com", "customer_organization": anchor}
    refused = ben.call("POST", create, finance)
    assert (refused.status_code, refused.json()["error"]) == (409, "customer_organization_inactive")
    assert "omega.example.com" not in _names(ben.call("GET", choices))
    assert ben.call("POST", f"/units/{anchor}/activate").json()["state"] == "active"

    # R77, R78: chosen from those that are activated, at creation or later.
    assert "omega.example.com" in _names(ben.call("GET", choices))
    one = _made(ben.call("POST", create, finance))
    assert one["customer_organization"]["name"] == "omega.example.com"
    lab = _made(ben.call("POST", create, {"kind": "customer", "name": "lab.example.net"}))["id"]
    later = ben.call("PATCH", f"/units/{lab}", {"customer_organization": anchor})
    assert later.json()["customer_organization"]["id"] == anchor

    # R81: lists mark it, and find what belongs to it.
    below = f"/units/{birch}/units?"
    assert _names(ben.call("GET", f"{below}q=omega&is_customer_organization=true")) == ["omega.example.com"]
    both = ["finance.omega.example.com", "lab.example.net"]
    assert _names(ben.call("GET", f"{below}customer_organization={anchor}")) == both
    assert _names(ben.call("GET", f"/units/{anchor}/associated-customers")) == both

    # R79: accounts go to the billable customer.
    sub_account = world.ids["sub_account"]["nobody"]
    days = {"starts_on": "2026-06-01"}
    refused = ada.call("POST", f"/sub-accounts/{sub_account}/assignments", {**days, "unit": anchor})
    assert (refused.status_code, refused.json()["error"]) == (409, "customer_organization_accepts_no_accounts")
    _made(ada.call("POST", f"/sub-accounts/{sub_account}/assignments", {**days, "unit": one["id"]}))

    # R75, R74: each customer gets its own contract, so its own invoices; the customer organization none.
    refused = ben.call("POST", f"/units/{birch}/contracts", {**TERMS, "buyer": anchor})
    assert (refused.status_code, refused.json()["error"]) == (409, "customer_organization_not_billed")
    for buyer in (one["id"], lab):
        _made(ben.call("POST", f"/units/{birch}/contracts", {**TERMS, "buyer": buyer}))
    for path in ("contracts", "invoices", "sub-accounts", "accounts"):
        assert ben.call("GET", f"/units/{anchor}/{path}").json()["items"] == []
    assert ben.call("GET", f"/units/{anchor}/home").json()["figures"] is None

    # R82: permanent.
    other = _made(ben.call("POST", create, {"kind": "customer", "name": "sigma.example.com"}))["id"]
    refused = ben.call("PATCH", f"/units/{lab}", {"customer_organization": other})
    assert (refused.status_code, refused.json()["error"]) == (409, "customer_organization_permanent")

    # R80: the last step, a user for all of them; a customer that joins later joins their sight (P4).
    sol = {"email": "sol@example.com", "name": "Sol", "role": "customer_viewer", "scope": "customers"}
    _made(ben.call("POST", f"/units/{anchor}/users", sol))
    seen = _sol()
    assert _names(seen.call("GET", "/units")) == both
    assert len(seen.call("GET", f"/units/{lab}/contracts").json()["items"]) == 1
    assert seen.call("GET", f"/units/{anchor}").status_code == 404
    third = {"kind": "customer", "name": "third.example.net", "customer_organization": anchor}
    _made(ben.call("POST", create, third))
    assert _names(seen.call("GET", "/units")) == [*both, "third.example.net"]
