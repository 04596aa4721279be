"""Pages work without JavaScript: lists, forms, rows of a contract, the unit panel's lists."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sign_in
from tests.world import World


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A browser with scripts switched off."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1360, "height": 900})
    yield context.new_page()
    context.close()


def test_lists_forms_and_rows(plain: Page, site: str, world: World) -> None:
    """interface.md §2: filter by a button, open the panel's lists by links, reorder rules by buttons."""
    page, fjord = plain, world.ids["unit"]["fjord"]
    sign_in(page, site, "ada")
    page.goto(f"{site}/u/{fjord}/sub-accounts")
    page.get_by_role("searchbox", name="Search names and ids").fill("acme")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("main tbody tr")).to_have_count(1)
    page.goto(f"{site}/u/{fjord}/panel")
    expect(page.locator("main").get_by_role("link", name="Cedar", exact=False)).to_be_visible()
    page.goto(f"{site}/u/{fjord}/structure")
    page.get_by_role("button", name="Units below Birch").click()
    expect(page.locator("main").get_by_role("link", name="beta.example.org", exact=True)).to_be_visible()
    page.goto(f"{site}/u/{fjord}/contracts/new")
    page.get_by_role("button", name="Add rule").click()
    expect(page.locator(".rules > li")).to_have_count(2)
    page.get_by_role("button", name="Move rule 1 down").click()
    expect(page.get_by_label("Does").first).to_have_value("pass_through")
