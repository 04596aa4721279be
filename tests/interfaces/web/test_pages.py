"""Every page, for everybody: menus say what opens, nothing hidden shows, nothing foreign is loaded."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.interfaces.web.browser import Person, object_pages, parameters, text_of, unit_pages
from tests.world import NO_ID, World
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.registry import OPERATIONS, QUERIES, Entry
from underlet.interfaces.web.addresses import PAGES
from underlet.interfaces.web.shell import AREAS

PEOPLE = (
    ("ada", "fjord"),
    ("ada", "birch"),
    ("ben", "birch"),
    ("ira", "birch_lab"),
    ("dan", "acme"),
    ("bea", "beta"),
    ("uma", "harbor"),
)
"""Who, in which unit."""
TABS = [name for area in AREAS for name, _label in area.tabs]
OBJECTS = {
    "unit": "fjord",
    "sub_account": "delta",
    "assignment": "delta",
    "usage_import": "2026-04",
    "contract": "cedar delta",
    "billing_run": "2026-04",
    "invoice": "cedar delta issued",
    "token": "ada",
    "scheduled_move": "delta",
    "audit_entry": "cedar unit",
}
"""By kind: an object that Dan, who works at Acme, must not see."""


def _given(world: World, page: str, id_: str | None = None) -> dict[str, object]:
    """Parameters of a page of one thing: hidden ones, or the same id for all."""
    given: dict[str, object] = {}
    for name in parameters(PAGES[page]):
        if name == "unit":
            continue
        if name == "line":
            given[name] = 1
        elif name == "sha256":
            given[name] = "0" * 64
        elif name == "tab":
            given[name] = "invoices"
        elif name == "job":
            given[name] = id_ or next(iter(world.ids["job"].values()))
        else:
            kind = "import" if name == "usage_import" else name
            given[name] = id_ or world.ids[kind][OBJECTS[name]]
    return given


@pytest.mark.parametrize(("who", "unit"), PEOPLE)
def test_a_menu_shows_exactly_what_opens(world: World, who: str, unit: str) -> None:
    """interface.md §4, R42: for each entry, shown = opens; a page that does not open answers 403 or 404."""
    person = Person(world, who)
    home = person.get(person.at("home", unit))
    assert home.status_code == 200
    view = ask("unit.show", world.cast.people[who], world.ids["unit"][unit])
    for name in TABS:
        answer = person.get(person.at(name, unit))
        assert (answer.status_code == 200) == PAGES[name].opens_for(view), name
        assert answer.status_code in (200, 403, 404)
    areas = re.findall(
        r'<li><a href="([^"]+)"', text_of(home).partition('<nav class="areas"')[2].partition("</nav>")[0]
    )
    assert areas
    for href in areas:
        tabs = text_of(person.get(href)).partition('<nav class="tabs"')[2].partition("</nav>")[0]
        shown = re.findall(r'<a href="([^"]+)"', tabs) or [href]
        for address in shown:
            assert person.get(address).status_code == 200, address
    opening = [person.at(name, unit) for name in TABS if PAGES[name].opens_for(view)]
    listed = {href for area in areas for href in [area, *_tabs(person, area)]}
    assert set(opening) == listed


def test_who_has_a_unit_alone_is_offered_nothing_that_reaches_below(world: World) -> None:
    """A7, R32: an administrator of Birch alone works in it; what acts on the units below neither shows nor opens."""
    data = {"email": "ira@example.com", "name": "Ira", "role": "administrator", "scope": "unit"}
    run("user.invite", world.cast.ben, world.ids["unit"]["birch"], data)
    person, view = Person(world, "ira"), ask("unit.show", world.cast.ira, world.ids["unit"]["birch"])
    entries: dict[str, Entry] = {**QUERIES, **OPERATIONS}
    refused = [name for name in unit_pages() if PAGES[name].uses and entries[PAGES[name].uses[0]].below]
    assert {"unit_move", "unit_create", "unit_remove", "branding"} <= set(refused)
    profile = text_of(person.get(person.at("profile", "birch")))
    for name in refused:
        assert not PAGES[name].opens_for(view), name
        assert person.get(person.at(name, "birch")).status_code in (403, 404, 409), name  # 409: not archived
        assert f'href="{person.at(name, "birch")}"' not in profile, name
    assert person.get(person.at("users", "birch")).status_code == 200


def _tabs(person: Person, address: str) -> list[str]:
    tabs = text_of(person.get(address)).partition('<nav class="tabs"')[2].partition("</nav>")[0]
    return re.findall(r'<a href="([^"]+)"', tabs)


@pytest.mark.parametrize("page_name", object_pages())
def test_hidden_answers_with_the_bytes_of_absent(world: World, page_name: str) -> None:
    """A4, B1: another customer's invoice, PDF, explanation, contract… is not there, to read or to write."""
    dan = Person(world, "dan")
    given = (_given(world, page_name), _given(world, page_name, NO_ID), _given(world, page_name, "nonsense"))
    for method in (dan.client.get, dan.client.post):
        answers = [method(dan.at(page_name, "acme", **parameters)) for parameters in given]
        if answers[0].status_code == 405:
            continue
        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert len({answer.content for answer in answers}) == 1
        assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


def test_a_hidden_unit_answers_with_the_bytes_of_an_absent_one(world: World) -> None:
    """A4: seller above, neighbour, other hierarchy, nothing, and an address that no page has; on every page."""
    dan = Person(world, "dan")
    nowhere = dan.get("/no/such/page").content
    for page_name in unit_pages():
        for unit in ("alder", "beta", "fjord", "harbor", NO_ID, "nonsense"):
            answer = dan.get(dan.at(page_name, unit))
            assert answer.status_code == 404, (page_name, unit)
            assert answer.content == nowhere, (page_name, unit)


def test_the_same_holds_for_fragments(world: World) -> None:
    """A4: what htmx is told of a hidden object."""
    dan = Person(world, "dan")
    hidden = dan.get(dan.at("invoice", "acme", invoice=world.ids["invoice"]["cedar delta issued"]), fragment=True)
    absent = dan.get(dan.at("invoice", "acme", invoice=NO_ID), fragment=True)
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content


def _place(page: str) -> str:
    """A unit that a page is about: some are only for customers."""
    if page == "customer_organization":
        return "gamma"
    return "beta" if page.startswith("environment_") or page == "environment" else "fjord"


def _everything(world: World) -> list[tuple[str, Any]]:
    """Every page that Ada can open, with its answer."""
    ada = Person(world, "ada")
    found = [(name, ada.get(ada.at(name, _place(name)))) for name in unit_pages()]
    named = {
        "sub_account": world.ids["sub_account"]["acme"],
        "assignment": world.ids["assignment"]["acme"],
        "usage_import": world.ids["import"]["2026-04"],
        "contract": world.ids["contract"]["fjord birch"],
        "billing_run": world.ids["billing_run"]["2026-04"],
        "invoice": world.ids["invoice"]["fjord birch issued"],
        "token": world.ids["token"]["ada"],
        "job": next(iter(world.ids["job"].values())),
        "scheduled_move": world.ids["scheduled_move"]["delta"],
        "audit_entry": world.ids["audit_entry"]["fjord unit"],
        "line": 1,
        "tab": "invoices",
    }
    for name in object_pages():
        given = {key: named[key] for key in parameters(PAGES[name]) if key != "unit"}
        found.append((name, ada.get(ada.at(name, "fjord", **given))))
    for address in ("/login", "/me", "/jobs", "/start", "/", "/setup", "/nowhere", "/api/v1/docs"):
        client: Any = Client() if address == "/login" else ada.client
        found.append((address, client.get(address)))
    return found


def test_pages_open_name_no_other_host_and_carry_the_policy(world: World) -> None:
    """interface.md §12, S: no page names another host; no inline script, style or handler; CSP on every answer."""
    for name, answer in _everything(world):
        # 409: the unit is in a state in which the page offers nothing.
        assert answer.status_code in (200, 302, 409) or name in ("/setup", "/nowhere"), (name, answer.status_code)
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy or "default-src 'none'" in policy
        assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        text = text_of(answer)
        hosts = {
            host for host in re.findall(r"https?://([\w.:-]+)", text) if host not in ("www.w3.org", "testserver")
        }
        assert hosts == set(), name
        assert not re.search(r"<script(?![^>]*(src=|application/json))", text), name
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|hx-on", text), name


def test_pages_are_not_mistaken_for_their_fragments(world: World) -> None:
    """interface.md §2: each address is a page and a fragment; a restored page is whole."""
    ada = Person(world, "ada")
    for name in unit_pages():
        address = ada.at(name, "fjord")
        whole, part = ada.get(address), ada.get(address, fragment=True)
        if whole.status_code != 200 or not whole.headers["Content-Type"].startswith("text/html"):
            continue
        assert "HX-Request" in whole.headers["Vary"], name
        assert "HX-Request" in part.headers["Vary"], name
        assert "<html" in text_of(whole), name
        assert "<html" not in text_of(part), name
        restored = ada.client.get(address, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
        assert "<html" in text_of(restored) or name in ("panel", "below"), name


def test_switching_the_unit_keeps_the_page_where_it_opens(world: World) -> None:
    """R15: invoices stay invoices; a page that the other unit does not have becomes its home."""
    ada = Person(world, "ada")
    assert ada.get(ada.at("go", "birch", tab="invoices")).headers["Location"] == ada.at("invoices", "birch")
    assert ada.get(ada.at("go", "birch", tab="imports")).headers["Location"] == ada.at("home", "birch")
    assert ada.get(ada.at("go", "birch", tab="nothing")).status_code == 404


def test_strangers_are_sent_to_sign_in(world: World) -> None:
    """Every page asks who comes; afterwards one is back where one wanted to go."""
    address = Person(world, "ada").at("invoices", "fjord")
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/login?next={address.replace('/', '%2F')}"
    part = Client().get(address, headers={"HX-Request": "true"})
    assert part.status_code == 204
    assert part.headers["HX-Redirect"] == "/login"
