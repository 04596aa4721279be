"""A list used by keyboard alone: sorting, filtering, choosing columns, selecting rows and acting on them."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.world import World
from underlet.foundation.reads import ask


def test_a_list_by_keyboard_alone(page: Page, site: str, world: World, complaints: list[str]) -> None:
    """interface.md §8, §10: the focus returns to the control used, the count is said, the address follows."""
    sign_in(page, site, "ada")
    page.goto(f"{site}/u/{world.ids['unit']['fjord']}/sub-accounts")
    rows = page.locator("#rows tbody tr")
    expect(rows).to_have_count(6)

    page.get_by_role("link", name="Sub-account", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort=descending] a")).to_be_focused()
    expect(rows.first).to_contain_text("canary-name-nobody")
    expect(page).to_have_url(re.compile(r"\?sort=-name$"))

    page.get_by_role("searchbox", name="Search names and ids").focus()
    page.keyboard.type("canary-name-a")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?q=canary-name-a&sort=-name$"))
    expect(page.get_by_role("searchbox", name="Search names and ids")).to_be_focused()
    expect(page.locator("#count")).to_have_text("1 in all")

    page.locator("a.chip").focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(6)
    expect(page.get_by_role("searchbox", name="Search names and ids")).to_be_focused()
    expect(page.get_by_role("searchbox", name="Search names and ids")).to_have_value("")
    expect(page).to_have_url(re.compile(r"\?sort=-name$"))

    page.locator("#columns").focus()
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="Provider").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Show these").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Provider")).to_have_count(0)
    expect(page.locator("#columns")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Show these")).to_be_hidden()
    expect(page.locator("#columns")).to_be_focused()

    page.get_by_role("checkbox", name="Select all on this page").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-picked]")).to_have_text("6")
    page.keyboard.press("Space")
    expect(page.locator("[data-picked]")).to_have_text("0")
    page.get_by_role("checkbox", name="Select canary-name-nobody").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-picked]")).to_have_text("1")
    page.get_by_role("button", name="Assign selected").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Assign 1 sub-account")
    # The field that the picker puts in the place of the list, which is a combobox too until then.
    page.get_by_role("combobox", name="Owner").and_(page.locator("input")).fill("beta.ex")
    expect(page.get_by_role("option")).to_have_text(["beta.example.org"])
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Assign").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("1 sub-account was assigned")
    row = ask("sub_account.show", world.cast.ada, world.ids["sub_account"]["nobody"])
    assert row.assignments[0].unit.name == "beta.example.org"


def test_the_back_button_undoes_a_filter_and_a_sort(
    page: Page, site: str, world: World, complaints: list[str]
) -> None:
    """interface.md §2: back and forward give whole pages whose filters fit their rows."""
    sign_in(page, site, "ada")
    page.goto(f"{site}/u/{world.ids['unit']['fjord']}/sub-accounts")
    page.get_by_label("State", exact=True).select_option("unassigned")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    page.go_back()
    expect(page.locator("#rows tbody tr")).to_have_count(6)
    expect(page.get_by_label("State", exact=True)).to_have_value("")
    page.go_forward()
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    expect(page.get_by_label("State", exact=True)).to_have_value("unassigned")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sub-accounts")


def test_no_list_leaves_its_card(page: Page, site: str, world: World, complaints: list[str]) -> None:
    """interface.md §8.7: at both widths the table scrolls in its own region, with every column shown."""
    sign_in(page, site, "ada")
    every = (
        "columns=id,provider,account,owner,first,last,state,buyer,seller,month,net,total,currency,issued,due,ends"
    )
    for path in ("invoices", "sub-accounts", "contracts", "settings/users"):
        for width in (1360, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{site}/u/{world.ids['unit']['fjord']}/{path}?{every}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
            card = page.locator("#grid").bounding_box()
            region = page.locator("#rows").bounding_box()
            assert card
            assert region
            assert region["x"] >= card["x"] - 1
            assert region["x"] + region["width"] <= card["x"] + card["width"] + 1
            page.evaluate("document.getElementById('rows').scrollLeft = 10000")
            first = page.locator("#rows tbody th").first.bounding_box()
            assert first
            assert first["x"] >= region["x"] - 1, (path, width)
