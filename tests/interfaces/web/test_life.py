"""Pages of the life of a unit: new, next steps, draft, archived, removed; and of names."""

import re
from typing import Any

from tests.interfaces.web.browser import Person, text_of
from tests.world import World
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.interfaces.web.addresses import PAGES
from underlet.interfaces.web.views.structure import NAME_SAID


def new(world: World, **data: object) -> str:
    """A new customer below Birch; its id."""
    given = {"kind": "customer", "name": "elm.example.io", **data}
    return str(run("unit.create", world.cast.ben, world.ids["unit"]["birch"], given).body["id"])


def state(world: World, unit: str) -> str:
    return str(ask("unit.show", world.cast.ben, unit).state)


def test_a_new_customer_is_led_to_what_it_needs_next(world: World) -> None:
    """R61, R75, R79, R80, P22: in this order, each step linked in its own context, and marked once it is done."""
    ben = Person(world, "ben")
    page = ben.get(f"{ben.at('unit_create', 'birch')}?kind=customer")
    assert "<h1>New customer</h1>" in text_of(page)
    answer = ben.post(
        ben.at("unit_create", "birch"), {"kind": "customer", "name": "elm.example.io", "request_key": "k"}
    )
    assert re.fullmatch(r"/u/[0-9a-f-]{36}/next", answer.headers["Location"])
    unit = answer.headers["Location"].split("/")[2]
    steps = text_of(ben.get(answer.headers["Location"])).partition('<ol class="tasks">')[2].partition("</ol>")[0]
    links = re.findall(r'<a href="([^"]+)">', steps)
    assert links == [
        f"{ben.at('sub_accounts', 'birch')}?state=unassigned",
        f"{ben.at('contract_create', 'birch')}?buyer={unit}",
        ben.at("user_invite", unit),
    ]
    assert 'class="good"' not in steps
    contract = text_of(ben.get(links[1]))
    assert f'<option value="{unit}" selected>' in contract
    run("user.invite", world.cast.ben, unit, {"email": "elm@example.io", "name": "Elm", "role": "customer_viewer"})
    again = text_of(ben.get(answer.headers["Location"]))
    assert again.count('class="good"') == 1


def typed(person: Person, **data: str) -> str:
    """What is said of a name while it is typed."""
    answer = person.client.post(
        person.at("unit_create", "birch"), data, headers={"HX-Request": "true", "HX-Target": NAME_SAID}
    )
    assert answer.status_code == 200
    return text_of(answer)


def test_a_name_is_checked_while_it_is_typed(world: World) -> None:
    """R19, R20: and a form that is sent without it says the same."""
    ben = Person(world, "ben")
    assert "new.example.io is free." in typed(ben, kind="customer", name="new.example.io")
    assert typed(ben, kind="customer", name=" ").strip() == ""
    assert "already has this name" in typed(ben, kind="customer", name="beta.example.org")
    hidden = typed(ben, kind="customer", name="delta.example.org")
    assert "This name is not available." in hidden
    run("name.reserve", world.cast.people["operator"], None, {"name": "held.example.org"})
    assert typed(ben, kind="customer", name="held.example.org") == hidden
    wrong = typed(ben, kind="customer", name="Elm Nord.example")
    assert 'data-value="elm-nord.example"' in wrong
    sent = ben.post(ben.at("unit_create", "birch"), {"kind": "customer", "name": "Elm Nord.example"})
    assert sent.status_code == 422
    assert "How about elm-nord.example?" in text_of(sent)
    for _ in range(30):
        typed(ben, kind="customer", name="delta.example.org")
    assert "Too many attempts" in typed(ben, kind="customer", name="free.example.io")


def test_a_draft_says_so_on_every_page_and_is_activated(world: World) -> None:
    """R76: it stands in lists with a badge and is no choice anywhere."""
    ben, unit = Person(world, "ben"), new(world, draft=True)
    for name in ("home", "profile", "users", "unit_next"):
        page = text_of(ben.get(ben.at(name, unit)))
        assert "is a draft" in page, name
        assert ben.at("unit_activate", unit) in page, name
    assert "Draft" in text_of(ben.get(ben.at("customers", "birch")))
    assert f'value="{unit}"' not in text_of(ben.get(ben.at("contract_create", "birch")))
    assert ben.post(ben.at("unit_activate", unit), {"request_key": "k"}).status_code == 302
    assert state(world, unit) == "active"
    assert f'value="{unit}"' in text_of(ben.get(ben.at("contract_create", "birch")))


def test_an_archived_unit_is_told_of_read_and_restored(world: World) -> None:
    """R30: the bar on every page that opens; pages that change it answer 409, and no menu leads to them."""
    ben, unit = Person(world, "ben"), new(world)
    preview = text_of(ben.get(ben.at("unit_archive", unit)))
    assert "can only be read" in preview
    assert ben.post(ben.at("unit_archive", unit), {"request_key": "k"}).status_code == 302
    view = ask("unit.show", world.cast.ben, unit)
    for name in ("home", "profile", "users", "contracts", "branding"):
        answer = ben.get(ben.at(name, unit))
        if answer.status_code == 200:
            page = text_of(answer)
            assert "is archived since" in page, name
            assert ben.at("unit_restore", unit) in page, name
            assert ben.at("unit_edit", unit) not in page, name
            assert ben.at("unit_archive", unit) not in page, name
    for name in ("unit_edit", "legal_entity", "unit_move", "unit_create", "unit_archive"):
        assert ben.get(ben.at(name, unit)).status_code in (409,), name
        assert not PAGES[name].opens_for(view)
    assert "elm.example.io" not in _main(ben.get(ben.at("customers", "birch")))
    for address in (f"{ben.at('customers', 'birch')}?state=archived", ben.at("archived", "birch")):
        assert "elm.example.io" in text_of(ben.get(address))
    assert ben.post(ben.at("unit_restore", unit), {"request_key": "r"}).status_code == 302
    assert state(world, unit) == "active"


def _main(answer: Any) -> str:
    return text_of(answer).partition("<main")[2]


def test_removing_shows_what_goes_along_or_what_stands_against_it(world: World) -> None:
    """R3, R82: with the other way out where there is one."""
    ben, unit = Person(world, "ben"), new(world)
    run(
        "user.invite", world.cast.ben, unit, {"email": "dan@example.com", "name": "Dan", "role": "customer_viewer"}
    )
    page = _main(ben.get(ben.at("unit_remove", unit)))
    assert "Dan loses the role Customer viewer." in page
    assert "elm.example.io" in page
    assert ben.at("unit_archive", unit) in page
    beta = _main(ben.get(ben.at("unit_remove", "beta")))
    assert "Contracts, ended ones and drafts included: 1." in beta
    assert "Invoices: " in beta
    assert "Archive instead" not in beta  # a contract is in force
    assert "<form" not in beta.partition('class="panel"')[2].partition("api")[0].replace('role="search"', "")
    refused = ben.post(ben.at("unit_remove", "beta"), {"request_key": "k"})
    assert refused.status_code == 409
    assert ben.post(ben.at("unit_remove", unit), {"request_key": "k2"}).status_code == 302
    assert ben.get(ben.at("profile", unit)).status_code == 404


def test_names_are_a_page_of_the_operator(world: World) -> None:
    """R19: others get 403, and their menu does not name it."""
    operator, ada = Person(world, "operator"), Person(world, "ada")
    assert ada.get("/names").status_code == 403
    assert ada.post("/names", {"name": "x"}).status_code == 403
    assert 'href="/names"' not in text_of(ada.get(ada.at("home", "fjord")))
    assert operator.post("/names", {"name": "Held Back", "request_key": "k"}).status_code == 302
    page = text_of(operator.get("/names"))
    assert "Held Back" in page
    assert 'href="/names"' in page
    assert operator.post("/names/release?name=Held%20Back", {"request_key": "k2"}).status_code == 302
    assert "Held Back" not in _main(operator.get("/names")).partition("toasts")[0]
