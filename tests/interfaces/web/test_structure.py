"""The outline can do all that the chart can, without JavaScript; the page of a move shows what it does."""

import os
import re

import pytest

from tests.interfaces.web.browser import Person, text_of
from tests.world import World


def _actions(html: str) -> set[str]:
    """What a page offers, by the names that its controls bear."""
    return {name for names in re.findall(r'data-action="([^"]+)"', html) for name in names.split()}


def _links(html: str, action: str) -> list[str]:
    tags = re.findall(r"<a\s[^>]*>", html)
    found = [tag for tag in tags if action in _actions(tag)]
    return [re.search(r'href="([^"]*)"', tag).group(1).replace("&amp;", "&") for tag in found]  # type: ignore[union-attr]


def _outline(person: Person, unit: str, query: str = "") -> str:
    return text_of(person.get(person.at("structure", unit) + query))


@pytest.mark.parametrize(
    ("who", "unit"), [("ada", "fjord"), ("ben", "birch"), ("ira", "birch_lab"), ("dan", "acme")]
)
def test_every_action_of_the_chart_is_in_the_outline(world: World, who: str, unit: str) -> None:
    """interface.md §6: for whoever may do it in the chart; nothing is offered here that is not there.

    Of the links to one action in one state the first two and the last are followed, all with UNDERLET_DEEP.
    """
    person = Person(world, who)
    ids = world.ids["unit"]
    chart = _actions(_outline(person, unit, "?view=chart"))
    states = ("", f"?open={ids['alder']},{ids['birch']}", "?q=a", f"?q=a&sel={ids[unit]}")
    found = [_outline(person, unit, query) for query in states]
    offered = set().union(*map(_actions, found))
    assert {"search", "next-hit", "select", "open-unit"} <= chart
    missing = chart - offered
    if not any(
        "Units below" in html for html in found
    ):  # nothing stands below it: nothing opens in the chart either
        missing -= {"open-branch", "close-branch", "show-customers"}
    if "Rename" in found[0] and unit == "acme":
        missing -= {"add-below"}
    assert missing == set()
    for html in found:
        for action in offered - {"search"}:
            links = list(dict.fromkeys(_links(html, action)))
            for link in links if os.environ.get("UNDERLET_DEEP") else (*links[:2], *links[2:][-1:]):
                address = person.at("structure", unit) + link if link.startswith("?") else link
                assert person.get(address.partition("#")[0]).status_code in (200, 403), (action, link)


def test_the_outline_opens_selects_and_walks_the_hits(world: World) -> None:
    """R17, R18: a hit's place is a row with the way to it open; before and after go round."""
    ada, ids = Person(world, "ada"), world.ids["unit"]
    flat = _outline(ada, "fjord", "?q=example.org")
    assert "2 units found" in flat
    [first, second] = _links(flat, "select")
    [after] = _links(flat, "next-hit")
    assert after == first
    place = _outline(ada, "fjord", first.partition("#")[0])
    assert re.search(rf'id="unit-{ids["beta"]}" aria-current="true"', place)
    assert "1 / 2 units found" in place
    [after] = _links(place, "next-hit")
    [before] = _links(place, "hit-before")
    assert after == before == second
    assert re.search(rf'id="unit-{ids["delta"]}" aria-current', _outline(ada, "fjord", second.partition("#")[0]))


def test_accounts_are_found_inside_customers(world: World) -> None:
    """R18: by sub-account and by billing account, for those who may know them (A3)."""
    ada = Person(world, "ada")
    assert "Holds the account canary-name-acme" in _outline(ada, "fjord", "?q=canary-sub-acme")
    assert "5 units found" in _outline(ada, "fjord", "?q=canary-payer")
    ben = Person(world, "ben")
    assert "Holds the account canary-name-acme" in _outline(ben, "birch", "?q=canary-sub-acme")
    assert "0 units found" in _outline(ben, "birch", "?q=canary-payer")


def test_a_hidden_selection_is_as_if_absent(world: World) -> None:
    """A4."""
    ben, ids = Person(world, "ben"), world.ids["unit"]
    plain, *hidden = (
        _outline(ben, "birch", query).partition("<table>")[2].partition("</table>")[0]
        for query in ("", *(f"?sel={key}" for key in (ids["cedar"], ids["fjord"], "nonsense")))
    )
    assert "Alder" in plain
    assert hidden == [plain] * 3


def test_the_page_of_a_move_shows_what_it_does(world: World) -> None:
    """R10, R11: before Confirm; as a page, as a fragment for the picker, and refused in the move's own words."""
    ada, ids = Person(world, "ada"), world.ids["unit"]
    address = ada.at("unit_move", "beta")
    untouched = text_of(ada.get(address))
    assert "Choose another parent unit" in untouched
    assert 'name="request_key"' not in untouched.partition('id="preview"')[2]
    shown = text_of(ada.get(f"{address}?parent={ids['cedar']}"))
    for words in ("beta.example.org below Cedar", "1 customer moves.", "Gain access", "Eve", "Lose access", "Ben"):
        assert words in shown, words
    part = text_of(ada.client.get(
        f"{address}?parent={ids['cedar']}", headers={"HX-Request": "true", "HX-Target": "preview"}
    ))  # fmt: skip
    assert part.lstrip().startswith("<section")
    assert "1 customer moves." in part
    refused = text_of(ada.get(f"{ada.at('unit_move', 'birch')}?parent={ids['alder']}"))
    assert 'role="alert"' in refused
    assert ">Move</button>" not in refused
