"""The frame by keyboard and mouse: drawer, trays, search key, recent units, the switch, the way back."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.world import World
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system
from underlet.foundation.reads import ask

NARROW = {"width": 390, "height": 844}


def test_the_drawer_opens_and_closes_by_keyboard(page: Page, site: str, complaints: list[str]) -> None:
    """interface.md §4, §10: below 900 px the unit panel is a drawer; Escape closes it and gives the focus back."""
    page.set_viewport_size({**NARROW})
    sign_in(page, site, "ben")
    panel, button = page.locator("#panel"), page.get_by_role("button", name="Units")
    expect(panel).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(panel).to_be_visible()
    page.keyboard.press("Tab")
    assert panel.evaluate("panel => panel.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    panel.get_by_role("link", name="beta.example.org").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("beta.example.org")
    expect(page.locator("#panel")).to_be_hidden()


def test_the_panel_opens_branches_filters_and_keeps_the_page(page: Page, site: str, complaints: list[str]) -> None:
    """R15: another unit, the same page; lazily loaded branches; a filter."""
    sign_in(page, site, "ada")
    page.get_by_role("link", name="Billing", exact=True).click()
    panel = page.locator("#panel")
    panel.locator("summary", has_text="Units below Birch").click()
    panel.get_by_role("link", name="Alder").click()
    expect(page.locator(".context")).to_contain_text("You are working in Alder")
    expect(page.get_by_role("heading", level=1)).to_have_text("Invoices")
    panel = page.locator("#panel")
    panel.get_by_label("Filter units").fill("delta")
    expect(panel.locator("#panel-tree a")).to_have_count(1)
    panel.get_by_role("link", name="delta.example.org").click()
    expect(page.locator(".context")).to_contain_text("delta.example.org")
    page.locator("#panel .recent").get_by_role("link", name="Alder").click()
    expect(page.locator(".context")).to_contain_text("You are working in Alder")
    page.locator(".context").get_by_role("link", name="back to Fjord").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fjord")
    expect(page.locator(".context")).to_have_count(0)


def test_slash_goes_to_the_search(page: Page, site: str, complaints: list[str]) -> None:
    """interface.md §4: from anywhere but a field, where it is a character."""
    sign_in(page, site, "ada")
    page.keyboard.press("/")
    search = page.locator("#search")
    expect(search).to_be_focused()
    page.keyboard.type("acme/")
    expect(search).to_have_value("acme/")
    search.fill("acme")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search")
    expect(page.locator("main")).to_contain_text("acme.example.com")


def test_trays_open_by_keyboard_and_lead_on(page: Page, site: str, complaints: list[str]) -> None:
    """What waits, with its count, leads to where it is done; Escape closes."""
    sign_in(page, site, "ada")
    button = page.get_by_role("button", name="Waiting for you (3)")
    button.focus()
    page.keyboard.press("Enter")
    tray = page.locator("#waiting-tray")
    expect(tray).to_be_visible()
    page.keyboard.press("Escape")
    expect(tray).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    tray.get_by_role("link", name="2 drafts wait to be issued").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Invoices")


def test_the_jobs_tray_follows_a_job_to_its_end(
    page: Page, site: str, world: World, complaints: list[str]
) -> None:
    """interface.md §11: it asks while something runs, the count follows, and then it stops asking."""
    sign_in(page, site, "ada")
    job = ask("job.list", world.cast.ada).items[0].id
    with system():
        execute(
            "update job set state = 'running', finished_at = null, done = 3, total = 10, created_at = now()"
            " where public_id = %s",
            [job],
        )
    page.reload()
    button = page.get_by_role("button", name="Jobs (1)")
    button.click()
    bar = page.locator("#jobs-menu").get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "3")
    with system():
        execute("update job set done = 7 where public_id = %s", [job])
    expect(bar).to_have_attribute("value", "7")
    expect(page.locator("#jobs-menu")).to_be_visible()
    with system():
        execute("update job set state = 'done', finished_at = now() where public_id = %s", [job])
    expect(page.locator("#jobs-menu")).to_contain_text("Nothing runs.")
    expect(page.locator("#jobs-count")).to_be_hidden()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(1500)
    assert asked == []


def test_the_switch_goes_to_a_customers_users_and_back(page: Page, site: str, complaints: list[str]) -> None:
    """R39, R40, R43: one page for both, and a banner that says where one is; choose a customer and return."""
    sign_in(page, site, "ben")
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Users").click()
    switch = page.get_by_role("navigation", name="Whose")
    expect(switch.get_by_role("link", name="My organization")).to_have_attribute("aria-current", "true")
    switch.get_by_role("link", name="Customer").click()
    page.get_by_label("Search customers").fill("beta")
    expect(page.locator("main tbody tr")).to_have_count(1)
    page.locator("main").get_by_role("link", name="beta.example.org").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Users")
    expect(switch.get_by_role("link", name="beta.example.org")).to_have_attribute("aria-current", "true")
    expect(page.locator(".context")).to_contain_text("beta.example.org")
    switch.get_by_role("link", name="My organization").click()
    expect(page.locator(".context")).to_have_count(0)


def test_back_shows_whole_pages_and_the_heading_speaks(page: Page, site: str, complaints: list[str]) -> None:
    """interface.md §2, §10: after a swap with a new address, back and forward give pages, not fragments."""
    sign_in(page, site, "ada")
    page.get_by_role("link", name="Customers", exact=True).first.click()
    whole = page.url
    page.locator("#filter-q").fill("acme")
    expect(page.locator("main tbody tr")).to_have_count(1)
    expect(page.locator("#filter-q")).to_be_focused()
    page.get_by_role("link", name="acme.example.com").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("acme.example.com")
    page.go_back()
    expect(page.locator("header.bar")).to_be_visible()
    expect(page.locator("main tbody tr")).to_have_count(1)
    page.go_back()
    expect(page.locator("header.bar")).to_be_visible()
    assert page.url == whole
    expect(page.locator("main tbody tr")).not_to_have_count(1)


def test_the_skip_link_is_first_and_leads_to_the_content(page: Page, site: str, complaints: list[str]) -> None:
    """WCAG 2.4.1."""
    sign_in(page, site, "ada")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator("main").evaluate("main => main.contains(document.activeElement)")


def test_a_toast_is_a_status_and_goes_when_told(page: Page, site: str, complaints: list[str]) -> None:
    """interface.md §7, and the theme that was chosen shows at once."""
    sign_in(page, site, "ada")
    page.goto(f"{site}/me")
    page.get_by_label("Theme").select_option("dark")
    page.get_by_role("button", name="Save").click()
    toast = page.locator("#toasts").get_by_role("status")
    expect(toast).to_contain_text("Saved.")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    toast.get_by_role("button", name="Close").click()
    expect(toast).to_have_count(0)


@pytest.fixture
def without_script(browser: Any, site: str) -> Any:
    """A page of a browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1360, "height": 900})
    yield context.new_page()
    context.close()


def test_trays_and_drawer_open_without_script(without_script: Page, site: str, world: World) -> None:
    """interface.md §2: the browser's own popovers; each has a page of its own too."""
    page = without_script
    sign_in(page, site, "ada")
    page.get_by_role("button", name="Waiting for you").click()
    page.locator("#waiting-tray").get_by_role("link", name="Show the page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Waiting for you")
    page.get_by_role("button", name="Jobs").click()
    page.locator("#jobs-menu").get_by_role("link", name="All jobs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Jobs")
    page.set_viewport_size({**NARROW})
    page.get_by_role("button", name="Units").click()
    expect(page.locator("#panel")).to_be_visible()
