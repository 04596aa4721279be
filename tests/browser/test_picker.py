"""The unit picker: a searchable box over the public list of units, by mouse and by keyboard alone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.test_accessibility import LOOKS
from tests.world import World
from underlet.foundation.operations import run


def test_a_unit_is_moved_by_keyboard_alone(page: Page, site: str, world: World, complaints: list[str]) -> None:
    """R10, interface.md §7: type, arrows, Enter; the preview follows the choice; nothing moves before Move."""
    units = world.ids["unit"]
    sign_in(page, site, "ada")
    page.goto(f"{site}/u/{units['beta']}/move")
    box = page.get_by_role("combobox", name="Parent unit")
    box.focus()
    expect(box).to_have_value("Birch")
    page.keyboard.press("ArrowDown")
    options = page.get_by_role("option")
    expect(options).to_have_text(["Alder", "Birch", "Birch Lab", "Cedar", "Fjord"])
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(options.first.get_attribute("id")))
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("Birch")
    box.fill("ced")
    expect(options).to_have_text(["Cedar"])
    expect(page.get_by_text("One unit found")).to_be_attached()
    page.keyboard.press("Enter")
    expect(box).to_have_value("Cedar")
    expect(page.get_by_role("heading", name="beta.example.org below Cedar")).to_be_visible()
    expect(page).to_have_url(re.compile(f"parent={units['cedar']}"))
    expect(box).to_be_focused()
    move = page.get_by_role("button", name="Move", exact=True)
    for _ in range(8):  # over the parts of the day on which it moves, which may stay empty
        page.keyboard.press("Tab")
        if move.evaluate("button => button === document.activeElement"):
            break
    expect(move).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Moved beta.example.org below Cedar")


SLOW_LIST = """
  const fetched = window.fetch;
  window.fetch = async (address, ...more) => {
    if (String(address).includes("q=&")) await new Promise((done) => setTimeout(done, 120));
    return fetched(address, ...more);
  };
"""


def test_what_is_typed_wins_over_a_list_that_comes_late(
    page: Page, site: str, world: World, complaints: list[str]
) -> None:
    """The list that a click asked for arrives between the keystrokes and the search they wait for."""
    sign_in(page, site, "ada")
    page.add_init_script(SLOW_LIST)
    page.goto(f"{site}/u/{world.ids['unit']['beta']}/move")
    box = page.get_by_role("combobox", name="Parent unit")
    box.click()
    box.fill("ced")
    expect(page.get_by_role("option")).to_have_text(["Cedar"])


def test_only_a_unit_of_the_list_is_a_choice(page: Page, site: str, world: World, complaints: list[str]) -> None:
    """Leaving the box with something else in it restores the choice; what is not found is said."""
    sign_in(page, site, "ada")
    page.goto(f"{site}/u/{world.ids['unit']['birch']}/contracts/new")
    box = page.get_by_role("combobox", name="Buyer")
    box.fill("nothing is called so")
    expect(page.get_by_text("No unit found")).to_be_attached()
    page.locator("#f-starts_on").focus()
    expect(box).to_have_value("")
    box.fill("birch")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_text(["Birch Lab"])  # the seller itself is no choice
    options.click()
    expect(page.locator("select[name=buyer]")).to_have_value(world.ids["unit"]["birch_lab"])
    box.fill("")
    page.locator("#f-starts_on").focus()
    expect(page.locator("select[name=buyer]")).to_have_value("")


def test_an_owner_is_found_and_assigned(page: Page, site: str, world: World, complaints: list[str]) -> None:
    """R66: the same picker for the owner of a sub-account."""
    sign_in(page, site, "ada")
    sub_account = world.ids["sub_account"]["nobody"]
    page.goto(f"{site}/u/{world.ids['unit']['fjord']}/sub-accounts/{sub_account}/assign")
    page.get_by_role("combobox", name="Owner").and_(page.locator("input")).fill("delta")
    page.get_by_role("option", name="delta.example.org").click()
    page.get_by_role("button", name="Assign").click()
    expect(page.locator("#toasts")).to_contain_text("Assigned")
    expect(page.locator("main")).to_contain_text("delta.example.org")


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_axe_finds_nothing_on_an_open_picker(page: Page, site: str, world: World, look: str) -> None:
    """interface.md §14, with the list open and a preview below it."""
    if look == "yellow":
        run("brand.update", world.cast.cleo, world.ids["unit"]["alder"], {"color": "#ffd400"})
    page.emulate_media(color_scheme="dark" if look == "dark" else "light", reduced_motion="reduce")
    sign_in(page, site, "ada")
    units = world.ids["unit"]
    page.goto(f"{site}/u/{units['alder']}/move?parent={units['cedar']}")
    page.get_by_role("combobox", name="Parent unit").click()
    expect(page.get_by_role("option").first).to_be_visible()
    answer = Axe().run(page, options=LOOKS[look]).response
    assert [f"{one['id']}: {node['html'][:200]}" for one in answer["violations"] for node in one["nodes"]] == []


def test_without_javascript_a_move_is_previewed_and_done(browser: Browser, site: str, world: World) -> None:
    """R10, interface.md §2: a select, a button that shows what it does, and a button that does it."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site, "ada")
    page.goto(f"{site}/u/{world.ids['unit']['beta']}/move")
    page.get_by_label("Parent unit").select_option(label="Cedar")
    page.get_by_role("button", name="Show what this does").click()
    expect(page.get_by_role("heading", name="beta.example.org below Cedar")).to_be_visible()
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Moved beta.example.org below Cedar")
    context.close()


def test_the_style_page_shows_it_and_a_list_to_somebody_not_signed_in(
    page: Page, site: str, complaints: list[str]
) -> None:
    """Both work like everywhere, on invented rows and units, and the console stays silent."""
    page.goto(f"{site}/styleguide")
    box = page.get_by_role("combobox", name="Owner")
    box.fill("bir")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_text(["Birch"])
    page.keyboard.press("Enter")
    expect(box).to_have_value("Birch")
    page.locator("#sort-name").click()
    expect(page).to_have_url(f"{site}/styleguide?state=assigned&sort=name")
    expect(box).to_have_value("Birch")  # the list's region alone was replaced
    expect(page.locator("#rows tbody th")).to_have_text(["Archive", "Build machines", "Mail", "Search"])
    page.locator("#pick-all").check()
    expect(page.locator("[data-picked]")).to_have_text("4")
    page.get_by_role("link", name="Remove the filter").click()
    expect(page).to_have_url(f"{site}/styleguide?sort=name")
    expect(page.locator(".chip")).to_have_count(0)
