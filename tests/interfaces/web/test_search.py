"""The search of the header: names, display names, codes, numbers, ids and accounts, each within the asker's scope."""

import pytest

from tests.interfaces.web.browser import Person, text_of
from tests.world import World
from underlet.foundation.operations import run

TEXTS = {"display_name": "Zürich Werk", "organization_number": "556677-8899"}


def _search(person: Person, unit: str, q: str) -> str:
    answer = person.client.get(person.at("search", unit), {"q": q})
    assert answer.status_code == 200
    return text_of(answer).split("<main")[1]


@pytest.mark.parametrize("q", ["acme.EXAMPLE", "zürich", "6677-88", "canary-code-acme", "id"])
def test_units_are_found_by_all_that_names_them(world: World, q: str) -> None:
    """R17, R18: by name, display name, organization number, code and id; not by those who do not see them."""
    acme = world.ids["unit"]["acme"]
    run("unit.update", world.cast.ada, acme, TEXTS)
    asked = acme if q == "id" else q
    assert f"/u/{acme}/" in _search(Person(world, "ada"), "fjord", asked)
    assert f"/u/{acme}/" in _search(Person(world, "ben"), "birch", asked)
    assert "acme.example.com" not in _search(Person(world, "eve"), "cedar", asked)


def test_a_removed_word_finds_no_more(world: World) -> None:
    """The key beside the name follows its texts."""
    acme = world.ids["unit"]["acme"]
    run("unit.update", world.cast.ada, acme, TEXTS)
    run("unit.update", world.cast.ada, acme, {"display_name": ""})
    assert f"/u/{acme}/" not in _search(Person(world, "ada"), "fjord", "zürich")


def test_accounts_are_found_by_those_who_see_the_payer(world: World) -> None:
    """R18, R67: a billing account is the root's; its customers find their sub-accounts."""
    ada, dan = Person(world, "ada"), Person(world, "dan")
    found = _search(ada, "fjord", "payer")
    assert "Accounts" in found
    assert "Accounts</h2>" not in _search(dan, "acme", "payer")


def test_a_search_that_finds_nothing_here_offers_more(world: World) -> None:
    """From a unit below, one click searches all that one sees."""
    ada = Person(world, "ada")
    found = _search(ada, "cedar", "acme.example")
    assert "Nothing found" in found
    assert f"{ada.at('search', 'fjord')}?q=acme.example" in found
    assert "Search all of" not in _search(ada, "fjord", "acme.example")
