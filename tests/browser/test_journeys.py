"""The main job by hand: sign in, build, agree, take in, price, issue, look, ask why."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, sign_in
from tests.usage.focus import csv_bytes, record
from tests.world import World
from underlet.foundation.jobs import run_job
from underlet.foundation.reads import ask


def _work(world: World) -> None:
    """Do what a worker would: run Ada's newest job."""
    job = ask("job.list", world.cast.ada).items[0]
    assert run_job(job.id) == "done", ask("job.show", world.cast.ada, str(job.id))


def test_from_an_empty_month_to_an_explained_line(
    page: Page, site: str, world: World, complaints: list[str], tmp_path: Path
) -> None:
    """R3, R85, R86, P20, B2: with the mouse, under the strict policy, with every job seen running."""
    sign_in(page, site, "ada")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fjord")

    page.get_by_role("link", name="Structure").click()
    page.get_by_role("link", name="Add unit").click()
    page.get_by_label("Name", exact=True).fill("new.example.com")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#toasts")).to_contain_text("new.example.com was added")

    page.get_by_role("link", name="Make its contract").click()
    expect(page.get_by_role("combobox", name="Buyer")).to_have_value("new.example.com")
    page.get_by_label("First day", exact=True).first.fill("2026-01-01")
    page.get_by_role("button", name="Add rule").click()
    first = page.locator(".rules > li").first
    first.get_by_label("Percent").fill("10")
    first.get_by_role("button", name="Add condition").click()
    page.get_by_label("Values, one per line").fill("Compute")
    page.get_by_role("button", name="Make the contract").last.click()
    expect(page.locator(".rules")).to_contain_text("the seller's cost plus 10%")

    page.get_by_role("link", name="Billing", exact=True).click()
    page.get_by_role("link", name="Imports").click()
    file = tmp_path / "july.csv"
    month = {"BillingPeriodStart": "2026-07-01T00:00:00Z", "BillingPeriodEnd": "2026-08-01T00:00:00Z"}
    days = {"ChargePeriodStart": "2026-07-05T00:00:00Z", "ChargePeriodEnd": "2026-07-06T00:00:00Z"}
    costs = dict.fromkeys(("BilledCost", "EffectiveCost", "ContractedCost", "ListCost"), "1000")
    known = {"BillingAccountId": "canary-payer", "SubAccountId": "canary-sub-acme", "BillingCurrency": "EUR"}
    file.write_bytes(csv_bytes(record(**month, **days, **costs, **known)))
    page.get_by_label("Billing file").set_input_files(file)
    page.get_by_role("button", name="Send and check").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    _work(world)
    expect(page.get_by_role("heading", name="Control totals")).to_be_visible(timeout=15_000)

    page.get_by_role("link", name="Billing", exact=True).click()
    page.get_by_role("link", name="Billing runs").click()
    page.get_by_label("Month").last.fill("2026-07")
    page.get_by_role("button", name="Start").click()
    _work(world)
    expect(page.get_by_role("heading", name="Drafts")).to_be_visible(timeout=15_000)
    page.get_by_role("link", name="Issue all").click()
    page.get_by_role("button", name="Issue all").click()
    expect(page.locator("#toasts")).to_contain_text("issued")

    page.locator("main tbody th a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Invoice 2026-")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open PDF").click()
    answer = page.request.get(f"{page.url}/pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")
    opened.value.close()
    page.get_by_role("link", name="Explain line 1").click()
    expect(page.get_by_role("heading", name="How this figure came about")).to_be_visible()
    expect(page.locator("main")).to_contain_text("1.031415")
    expect(page.get_by_text("july.csv")).to_be_visible()


def test_signing_in_and_finding_an_invoice_by_keyboard_alone(
    page: Page, site: str, world: World, complaints: list[str]
) -> None:
    """interface.md §10: skip link, search key, lists in their scroll region; paste works at sign-in."""
    page.goto(f"{site}/login")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.keyboard.type("ada@example.com")
    page.keyboard.press("Tab")
    page.keyboard.insert_text(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/home")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search units, sub-accounts and invoices").first).to_be_focused()
    page.keyboard.type("2026-00001")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Invoices")).to_be_visible()
    link = page.get_by_role("link", name="2026-00001", exact=True)
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Invoice 2026-00001")


def test_lists_filter_in_place_and_the_back_button_returns(
    page: Page, site: str, world: World, complaints: list[str]
) -> None:
    """interface.md §2, §8: the filter is in the address, the focus stays, going back shows a whole page."""
    sign_in(page, site, "ada")
    page.goto(f"{site}/u/{world.ids['unit']['fjord']}/sub-accounts")
    box = page.get_by_role("searchbox", name="Search names and ids")
    box.fill("acme")
    expect(page.locator("main tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=acme"))
    expect(page.get_by_role("searchbox", name="Search names and ids")).to_be_focused()
    page.locator("main tbody th a").click()
    expect(page.get_by_role("heading", name="Owners")).to_be_visible()
    page.go_back()
    expect(page.locator("header.bar")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Search names and ids")).to_have_value("acme")


def test_the_unit_panel_opens_lists_and_keeps_the_page(
    page: Page, site: str, world: World, complaints: list[str]
) -> None:
    """R15: lazy lists below each unit; another unit, the same page, its own brand; two tabs in two units."""
    sign_in(page, site, "ada")
    page.goto(f"{site}/u/{world.ids['unit']['fjord']}/invoices")
    panel = page.locator("#panel")
    panel.locator("summary", has_text="Units below Birch").click()
    expect(panel.get_by_role("link", name="beta.example.org")).to_be_visible()
    panel.get_by_role("link", name="Birch", exact=False).first.click()
    page.wait_for_url(f"**/u/{world.ids['unit']['birch']}/invoices")
    expect(page.locator(".context")).to_contain_text("You are working in Birch")
    expect(page.locator(".bar-brand")).to_contain_text("canary-brand-birch")
    other = page.context.new_page()
    other.goto(f"{site}/u/{world.ids['unit']['cedar']}/invoices")
    expect(other.locator(".context")).to_contain_text("Cedar")
    page.reload()
    expect(page.locator(".context")).to_contain_text("Birch")
    other.close()


def test_a_narrow_screen_has_a_drawer_and_no_overflow(
    page: Page, site: str, world: World, complaints: list[str]
) -> None:
    """interface.md §4: the panel is a drawer that needs no script; nothing sticks out at 390 px."""
    page.set_viewport_size({"width": 390, "height": 800})
    sign_in(page, site, "ada")
    for path in ("home", "invoices", "structure", "contracts/new", "imports", "settings/users", "month"):
        page.goto(f"{site}/u/{world.ids['unit']['fjord']}/{path}")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, (path, width)
    expect(page.locator("#panel")).to_be_hidden()
    page.get_by_role("button", name="Units").click()
    expect(page.locator("#panel")).to_be_visible()


def test_the_api_reference_works_offline_under_the_policy(
    page: Page, site: str, world: World, complaints: list[str]
) -> None:
    """interface.md §12: the docs come from here, and a page's API panel leads to its entries."""
    sign_in(page, site, "ada")
    page.goto(f"{site}/u/{world.ids['unit']['fjord']}/invoices")
    page.locator("details.api summary").click()
    page.get_by_role("link", name="invoice.list").click()
    expect(page.locator(".opblock.is-open").first).to_contain_text("/invoices", timeout=60_000)
