"""R43, R44 by hand: a reseller's administrator makes a role for a customer, and gives it to a user there."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.world import World


def test_a_reseller_adds_a_role_and_a_user_to_a_customer(
    page: Page, site: str, world: World, complaints: list[str]
) -> None:
    """R40, R43, R44: by the switch to the customer, with the mouse, under the strict policy."""
    sign_in(page, site, "ben")
    page.goto(f"{site}/u/{world.ids['unit']['acme']}/settings/roles")
    page.get_by_role("link", name="New role").first.click()
    page.get_by_label("Name", exact=True).fill("Clerk")
    page.locator('main form[method="post"] button[type="submit"]').last.click()
    page.goto(f"{site}/u/{world.ids['unit']['birch']}/settings/users")
    page.get_by_role("link", name="Customer", exact=True).first.click()
    page.get_by_role("link", name="acme.example.com").last.click()
    page.get_by_role("link", name="Invite", exact=True).click()
    page.get_by_label("E-mail address").fill("amy@example.com")
    page.get_by_label("Name", exact=True).fill("Amy")
    page.get_by_label("Role").select_option(label="Clerk")
    page.get_by_role("button", name="Invite").click()
    expect(page.locator("main")).to_contain_text("Amy")
    page.get_by_role("link", name="Done").click()
    page.get_by_role("link", name="Amy", exact=True).click()
    expect(page.locator("main")).to_contain_text("Clerk")
    expect(page.locator("main")).to_contain_text("Invited")
    assert complaints == []
