"""The Structure page with 20,000 units, as a new user would use it: add, find, move, undo (R10, R11, R12, R17)."""

import os
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.crowd import grow
from tests.world import World
from underlet.foundation.database.sql import rows, scalar
from underlet.foundation.database.transactions import system

UNITS = 20_000
NEW = "newcomer-{width}.example.com"


def timed(what: str, step: Callable[[], object]) -> None:
    """Do a step and print how long it took: run with -s to see."""
    start = time.monotonic()
    step()
    print(f"{what}: {time.monotonic() - start:.1f} s")


def parent_of(name: str) -> str:
    with system():
        found: str = scalar(
            "select p.name from unit u join unit p on p.id = u.parent_id where u.name = %s", [name]
        )
    return found


@pytest.mark.skipif(not os.environ.get("UNDERLET_DEEP"), reason="minutes: make test-deep")
def test_add_find_move_and_undo_among_twenty_thousand(
    page: Page, site: str, world: World, complaints: list[str]
) -> None:
    """Each step shows what it did: the unit stands in view and selected, and the way back is one press away."""
    timed("making them", lambda: grow("Fjord", UNITS))
    page.set_default_timeout(60_000)
    sign_in(page, site, "ada")
    structure = f"{site}/u/{world.ids['unit']['fjord']}/structure"
    for width in (1360, 390):
        print(f"at {width} pixels")
        page.set_viewport_size({"width": width, "height": 900})
        _one(page, structure, NEW.format(width=width))
        _several(page, structure)
    with system():
        wrong = "select u.name from unit u where u.parent_id is not null and not (u.anc @> array[u.parent_id])"
        assert rows(wrong) == []


def _one(page: Page, structure: str, name: str) -> None:

    def add() -> None:
        page.goto(structure)
        page.get_by_role("link", name="Add unit").click()
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator("tr[aria-current=true]")).to_be_in_viewport()

    def find() -> None:
        page.goto(f"{structure}?view=chart")
        page.locator("[data-ready]").wait_for()
        page.locator("#chart-q").fill(name)
        expect(page.locator("[data-part=status]")).to_have_text("1 unit found")
        page.locator("#chart-q").press("Enter")
        expect(page.locator("[data-part=name]")).to_have_text(name)

    def choose() -> None:
        page.locator("#chart-parent-find").fill("team 00077")
        page.locator("#chart-parent-list").get_by_role("option", name="Team 00077").click()
        page.locator("[data-do=move]").click()
        expect(page.locator("#preview")).to_contain_text("1 customer moves.")

    def confirm() -> None:
        page.locator("#preview button.primary").click()
        page.locator("[data-ready]").wait_for()
        expect(page.locator("[data-part=name]")).to_have_text(name)
        expect(page.locator("[data-part=side] select option").first).to_have_count(1)

    timed("add", add)
    timed("find", find)
    timed("choose and preview", choose)
    timed("move", confirm)
    assert parent_of(name) == "Team 00077"
    expect(page.locator("#toasts")).to_contain_text(f"Moved {name} below Team 00077.")
    timed("undo: preview", lambda: page.get_by_role("link", name="Undo").click())
    expect(page.locator("#preview")).to_contain_text(f"{name} below Fjord")
    timed("undo: confirm", confirm)
    assert parent_of(name) == "Fjord"


def _several(page: Page, structure: str) -> None:
    page.goto(f"{structure}?q=partner 0001")
    for number in range(2):
        page.locator("tbody input[name=row]").nth(number).check()
    page.get_by_role("button", name="Move selected").click()
    page.locator("#f-parent-find").fill("partner 00030")
    page.locator("#f-parent-list").get_by_role("option").first.click()
    expect(page.locator("#preview tbody tr")).to_have_count(2)
    timed("move two branches", lambda: page.locator("#preview button.primary").click())
    expect(page.locator("#toasts")).to_contain_text("Moved 2 units below Partner 00030.")
    page.get_by_role("link", name="Undo").click()
    expect(page.locator("#preview tbody tr")).to_have_count(2)
    timed("undo of two branches", lambda: page.locator("#preview button.primary").click())
    expect(page.locator("#toasts")).to_contain_text("Moved 2 units below Fjord.")
