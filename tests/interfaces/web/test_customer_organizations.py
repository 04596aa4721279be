"""Pages of customer organizations: marked in lists, chosen in forms, without anything that is billed."""

import re
from typing import Any

import pytest

from tests.customer_organizations import ANCHOR, customer
from tests.interfaces.web.browser import Person, fields_of, text_of
from tests.world import World
from underlet.foundation.reads import ask
from underlet.foundation.registry import OPERATIONS, QUERIES
from underlet.interfaces.web.addresses import BILLED

FINANCE = "finance.omega.example.com"

NOT_BILLED = {
    "access", "audit", "brand", "customer_organization", "directory", "directory_group", "directory_user",
    "environment", "grant", "group", "hierarchy", "home", "identity_provider", "job", "legal_entity", "name",
    "provisioning_hook", "role", "role_ceiling", "scheduled_move", "session", "sign_in_policy", "structure",
    "structure_import", "token", "unit", "upload", "user", "view_as",
}  # fmt: skip


@pytest.fixture
def group(world: World) -> dict[str, str]:
    anchor = customer(world.cast, ANCHOR)
    return {"anchor": anchor, "finance": customer(world.cast, FINANCE, anchor)}


def _rows(answer: Any) -> str:
    return text_of(answer).partition("<tbody>")[2].partition("</tbody>")[0]


def test_r81_the_list_of_customers_marks_it(world: World, group: dict[str, str]) -> None:
    """R81: "Customer organization = Yes", as a column, a filter and in the export."""
    ben = Person(world, "ben")
    address = ben.at("customers", "birch")
    rows = {row.split("</a>")[0].rpartition(">")[2]: row for row in _rows(ben.get(address)).split("<tr>")[1:]}
    assert ">Yes<" in rows[ANCHOR]
    assert ANCHOR in rows[FINANCE].partition(FINANCE)[2]
    assert ">Yes<" not in rows["beta.example.org"]
    only = _rows(ben.get(f"{address}?is_customer_organization=true"))
    assert ANCHOR in only
    assert FINANCE not in only
    others = _rows(ben.get(f"{address}?is_customer_organization=false"))
    assert FINANCE in others
    assert ben.at("home", group["anchor"]) not in others
    export = b"".join(ben.get(f"{address}?export=csv").streaming_content).decode()
    assert re.search(rf"^{re.escape(ANCHOR)},.*,yes", export, re.M)
    assert re.search(rf"^{FINANCE},.*,{re.escape(ANCHOR)}", export, re.M)


def test_r73_its_page_lists_its_customers(world: World, group: dict[str, str]) -> None:
    """R73, R75: with the ways to add a customer and a user for all; a customer's page names its organization."""
    ben = Person(world, "ben")
    page = text_of(ben.get(ben.at("customer_organization", group["anchor"])))
    assert FINANCE in page
    assert f"?customer_organization={group['anchor']}" in page
    assert "?scope=customers" in page
    profile = text_of(ben.get(ben.at("profile", group["finance"])))
    assert ben.at("customer_organization", group["anchor"]) in profile
    assert "Yes: its customers" in text_of(ben.get(ben.at("profile", group["anchor"])))
    assert ben.get(ben.at("customer_organization", "birch")).status_code == 404
    empty = text_of(ben.get(ben.at("customer_organization", "beta")))
    assert "No customer refers to this one" in empty
    assert "?scope=customers" not in empty


def test_r77_the_form_proposes_a_name_and_does_not_force_it(world: World, group: dict[str, str]) -> None:
    """R77, R78: requirements.md §2: finance.acme.com under acme.com."""
    ben = Person(world, "ben")
    address = ben.at("unit_create", "birch")
    answer = ben.get(f"{address}?customer_organization={group['anchor']}")
    form = fields_of(answer)
    assert form["name"] == FINANCE
    assert f'<option value="{group["anchor"]}" selected>' in text_of(answer)
    sent = {"kind": "customer", "name": "other.example.net", "customer_organization": group["anchor"]}
    made = ben.post(address, sent)
    assert made.status_code == 302
    following = text_of(ben.get(made.headers["Location"]))
    assert f'"{ben.at("customer_organization", group["anchor"])}"' in following
    found = ask("customer_organization.customers", world.cast.ben, group["anchor"]).items
    assert [row.name for row in found] == [FINANCE, "other.example.net"]


def test_r77_r82_it_is_chosen_when_editing_and_then_no_more(world: World, group: dict[str, str]) -> None:
    """R77, R82: the field is there until it is used; and not for who can have none."""
    ben = Person(world, "ben")
    lab = customer(world.cast, "lab.example.net")
    address = ben.at("unit_edit", lab)
    answer = ben.get(address)
    assert 'name="customer_organization"' in text_of(answer)
    names = ("name", "display_name", "code", "organization_number", "time_zone", "version")
    form = {name: fields_of(answer).get(name, "") for name in names}
    assert ben.post(address, {**form, "customer_organization": group["anchor"]}).status_code == 302
    for unit in (lab, group["anchor"], "birch"):
        again = ben.get(ben.at("unit_edit", unit))
        assert 'name="customer_organization"' not in text_of(again)
    form["version"] = fields_of(ben.get(address))["version"]
    assert ben.post(address, {**form, "customer_organization": ""}).status_code == 302
    assert str(ask("unit.show", world.cast.ben, lab).customer_organization.id) == group["anchor"]


def test_r74_nothing_that_is_billed_is_offered_there(world: World, group: dict[str, str]) -> None:
    """R74: no menu leads to accounts, cost or billing, and their pages answer 403 with the reason; home says so."""
    ben = Person(world, "ben")
    home = text_of(ben.get(ben.at("home", group["anchor"])))
    assert "A customer organization has no figures" in home
    for name in ("sub_accounts", "accounts", "invoices", "contracts", "summary", "costs"):
        address = ben.at(name, group["anchor"])
        assert f'"{address}"' not in home
        answer = ben.get(address)
        assert answer.status_code == 403
        assert "has no accounts, no cost and no billing" in text_of(answer)
        assert ben.get(ben.at(name, group["finance"])).status_code == 200
    for name in ("profile", "users", "branding", "structure", "search", "waiting"):
        assert ben.get(ben.at(name, group["anchor"])).status_code == 200


def test_r74_whatever_comes_is_told_apart() -> None:
    """R74: each noun of the registry is about what is billed, or is not; a new one fails here until somebody says."""
    nouns = {entry.noun for entry in (*OPERATIONS.values(), *QUERIES.values())}
    assert nouns - BILLED == NOT_BILLED
    assert {name.partition(".")[0] for name in BILLED} <= nouns


def test_r80_a_user_for_all_its_customers(world: World, group: dict[str, str]) -> None:
    """R80, R75: invited from its page, shown with how they come, and taken back."""
    ben = Person(world, "ben")
    address = ben.at("user_invite", group["anchor"]) + "?scope=customers"
    assert '<option value="customers" selected>' in text_of(ben.get(address))
    sent = {"email": "sol@example.com", "name": "Sol", "role": "customer_viewer", "language": "en"}
    assert ben.post(address, {**sent, "scope": "customers"}).status_code == 200
    people = text_of(ben.get(ben.at("users", group["anchor"])))
    assert f"customers of {ANCHOR}" in people
    back = re.search(r'href="([^"]+revoke[^"]+scope=customers)"', people)
    assert back
    assert "on the customers of" in text_of(ben.get(back[1].replace("&amp;", "&")))
    assert f"customers of {ANCHOR}" in text_of(ben.get(ben.at("users", group["finance"])))
    assert 'name="scope"' not in text_of(ben.get(ben.at("user_invite", group["finance"])))
    sent = {"email": "sol@example.com", "role": "customer_viewer", "scope": "customers"}
    assert ben.post(ben.at("grant_revoke", group["anchor"]), sent).status_code == 302
    assert "sol@example.com" not in text_of(ben.get(ben.at("users", group["anchor"])))


def test_who_sees_one_customer_alone_is_not_told_the_organization(world: World, group: dict[str, str]) -> None:
    """A1: neither its name nor its id, on any page of the customer."""
    from tests.customer_organizations import invite
    from underlet.foundation.operations import run

    invite(world.cast, group["anchor"])
    tim = {"email": "tim@example.com", "name": "Tim", "role": "customer_administrator"}
    run("user.invite", world.cast.ben, group["finance"], tim)
    person = Person(world, "tim")
    for name in ("home", "profile", "users", "invoices", "contracts", "branding", "customers", "structure"):
        page = text_of(person.get(person.at(name, group["finance"])))
        assert group["anchor"] not in page, name
        assert ANCHOR not in page.replace(FINANCE, ""), name
    assert "several customers, this one among them" in text_of(person.get(person.at("users", group["finance"])))
