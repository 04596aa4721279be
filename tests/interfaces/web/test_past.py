"""Past days on the Structure page, and a unit's history on a page: read-only, without JavaScript (B3, ADR-0030)."""

import json
import re

import pytest

from tests.interfaces.web.browser import Person, text_of
from tests.world import BEFORE_MOVES, World

AS_OF = f"?as_of={BEFORE_MOVES}"


def test_a_past_day_shows_what_was_below_and_offers_no_change(world: World) -> None:
    """B3: Gamma's lab stood below Birch until it moved to Cedar; whoever sees both finds it where it was."""
    ada, ids = Person(world, "ada"), world.ids["unit"]
    at = ada.at("structure", "birch")
    now, then = text_of(ada.get(at)), text_of(ada.get(at + AS_OF))
    assert f'id="unit-{ids["gamma_lab"]}"' not in now
    assert f'id="unit-{ids["gamma_lab"]}"' in then
    assert "You are looking at the structure of" in then
    assert f'href="{at}">Back to today' in then
    assert "Rename" in now
    for action in ("rename", "move", "remove", "add-below", "search"):
        assert f'data-action="{action}' not in then, action
    assert "Add unit" not in then
    [toggle] = re.findall(r'href="(\?as_of=[^"]+open=[^"]+)"', then)[:1]
    assert "acme.example.com" in text_of(ada.get(at + toggle.replace("&amp;", "&")))


def test_the_chart_reads_the_past_by_the_public_api(world: World) -> None:
    """interface.md §6: the day stands in its configuration; nothing of it changes anything."""
    ada = Person(world, "ada")
    page = text_of(ada.get(ada.at("structure", "birch") + AS_OF + "&view=chart"))
    config = json.loads(re.search(r'<script id="chart-config"[^>]*>(.*?)</script>', page).group(1))  # type: ignore[union-attr]
    assert config["past"] == {"as_of": BEFORE_MOVES}
    assert not config["finds_accounts"]
    assert "chart-parent" not in page
    assert "Rename" not in page
    assert f'href="{ada.at("structure", "birch")}{AS_OF}"' in page, "the outline shows the same day"


def test_a_reader_finds_no_past_of_what_is_hidden_now(world: World) -> None:
    """A1: Ben saw Gamma's lab below Birch once; it is Cedar's now."""
    ben = Person(world, "ben")
    for view in ("", "&view=chart"):
        page = text_of(ben.get(ben.at("structure", "birch") + AS_OF + view))
        assert world.ids["unit"]["gamma_lab"] not in page
        assert "lab.gamma" not in page


@pytest.mark.parametrize("day", ["", "yesterday", "9999-12-31", "2026-02-30"])
def test_a_day_that_is_none_is_as_if_it_were_not_there(world: World, day: str) -> None:
    ada = Person(world, "ada")
    page = text_of(ada.get(f"{ada.at('structure', 'birch')}?as_of={day}"))
    assert "You are looking at the structure of" not in page
    assert "Add unit" in page


def test_a_day_before_the_unit_says_so(world: World) -> None:
    ada = Person(world, "ada")
    for view in ("", "&view=chart"):
        page = text_of(ada.get(f"{ada.at('structure', 'birch')}?as_of=2001-01-01{view}"))
        assert "This unit did not exist yet" in page


def test_the_history_says_who_did_what_and_what_it_was_before(world: World) -> None:
    """B3, R11: in words, with units by name as far as the reader sees them."""
    ada, eve = Person(world, "ada"), Person(world, "eve")
    page = text_of(ada.get(ada.at("unit_history", "gamma_lab")))
    assert re.search(r"Parent unit:</span> <del>Birch</del> .*?<ins>Cedar</ins>", page)
    assert "Moved" in page
    assert "Ada" in page
    hidden = text_of(eve.get(eve.at("unit_history", "gamma_lab")))
    assert re.search(r"Parent unit:</span> <del>a unit that you do not see</del> .*?<ins>Cedar</ins>", hidden)
    assert "Birch" not in hidden
    assert "not visible to you" in hidden
