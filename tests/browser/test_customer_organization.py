"""R72 to R80 by hand: an organization whose customers get separate invoices, in a browser."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.world import World


def _id_of(page: Page) -> str:
    found = re.search(r"/u/([^/]+)/", page.url)
    assert found
    return found[1]


def _add(page: Page, site: str, world: World, name: str) -> None:
    page.goto(f"{site}/u/{world.ids['unit']['birch']}/customers")
    page.get_by_role("link", name="Add customer").click()
    page.get_by_label("Name", exact=True).fill(name)


def test_r72_to_r80_an_organization_with_separate_invoices(
    page: Page, site: str, world: World, complaints: list[str]
) -> None:
    """R72, R73, R74, R75, R76, R77, R78, R79, R80, R81, R82: with the mouse, under the strict policy."""
    birch, nobody = world.ids["unit"]["birch"], world.ids["sub_account"]["nobody"]
    sign_in(page, site, "ben")

    # R73, R76: the customer that holds the others together comes first, and is offered once it is activated.
    _add(page, site, world, "omega.example.com")
    page.get_by_label("Only prepare it").check()
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#toasts")).to_contain_text("omega.example.com was added")
    anchor = _id_of(page)
    _add(page, site, world, "finance.omega.example.com")
    box = page.get_by_role("combobox", name="Customer organization")
    box.fill("omega")
    expect(page.locator("main")).to_contain_text("No unit found")
    page.goto(f"{site}/u/{anchor}/next")
    page.get_by_role("link", name="Activate it").click()
    page.get_by_role("button", name="Activate").click()
    expect(page.locator("#toasts")).to_contain_text("omega.example.com is active")

    # R77, R78: chosen from a drop-down; its page then proposes a name for the next.
    _add(page, site, world, "finance.omega.example.com")
    page.get_by_role("combobox", name="Customer organization").and_(page.locator("input")).fill("omega")
    page.get_by_role("option", name="omega.example.com").click()
    page.get_by_role("button", name="Add").click()
    page.get_by_role("link", name="Or add one for all customers of omega.example.com").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Customers of omega.example.com")
    page.get_by_role("link", name="Add customer").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("finance.omega.example.com")
    page.get_by_label("Name", exact=True).fill("lab.omega.example.com")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("link", name="Or add one for all customers of omega.example.com").click()
    expect(page.locator("main tbody tr")).to_have_count(2)

    # R81: the list of customers marks it.
    page.goto(f"{site}/u/{birch}/customers")
    page.locator("#filter-is_customer_organization").select_option("true")
    expect(page.locator("main tbody tr")).to_have_count(2)
    page.locator("main tbody tr", has_text="omega").get_by_role("link", name="Yes").click()

    # R74: nothing that is billed is offered there.
    expect(page.get_by_role("heading", level=1)).to_have_text("Customers of omega.example.com")
    menu = page.get_by_role("navigation", name="Areas")
    expect(menu.get_by_role("link", name="Billing")).to_have_count(0)

    # R82: its customers show it, and it cannot be chosen again.
    page.locator("main").get_by_role("link", name="lab.omega.example.com").click()
    page.wait_for_url("**/home")
    page.goto(f"{site}/u/{_id_of(page)}/profile")
    expect(page.locator("main dl a", has_text=re.compile("^omega.example.com$"))).to_be_visible()
    page.get_by_role("link", name="Edit").first.click()
    expect(page.get_by_label("Customer organization")).to_have_count(0)

    # R80: the last step, a user for all of them.
    page.goto(f"{site}/u/{anchor}/customer-organization")
    page.get_by_role("link", name="Add a user for these customers").click()
    expect(page.get_by_label("Works for")).to_have_value("customers")
    page.get_by_label("E-mail address").fill("sol@example.com")
    page.get_by_label("Name", exact=True).fill("Sol")
    page.get_by_role("button", name="Invite").click()
    expect(page.locator("main")).to_contain_text("has the role now")
    page.get_by_role("link", name="Done").click()
    expect(page.locator("main tbody")).to_contain_text("customers of omega.example.com")

    # R79, R75: accounts go to the billable customers.
    page.context.clear_cookies()
    sign_in(page, site, "ada")
    page.goto(f"{site}/u/{world.ids['unit']['fjord']}/sub-accounts/{nobody}/assign")
    for name, answer in (("omega", "A customer organization has no accounts"), ("finance.omega", "")):
        page.get_by_role("combobox", name="Owner").and_(page.locator("input")).fill(name)
        page.get_by_role("option", name=f"{name}.example.com", exact=True).click()
        page.get_by_role("button", name="Assign").click()
        if answer:
            expect(page.locator("main")).to_contain_text(answer)
            # The refusal is an answer, which the browser reports.
            complaints[:] = [one for one in complaints if "409" not in one]
        else:
            expect(page.locator("#toasts")).to_contain_text("Assigned")
