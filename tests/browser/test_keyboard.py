"""The main journeys by keyboard alone (interface.md §10, §13); test_accessibility.py walks every page by Tab."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PASSWORD
from tests.world import DRAFTED, World
from underlet.foundation.operations import run


class Keys:
    """Somebody who has no mouse: finds controls by Tab, types, presses. Never clicks, never focuses by script."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def go_to(self, control: Locator, key: str = "Tab", at_most: int = 120) -> None:
        """Tab until the control has the focus."""
        expect(control).to_be_visible()
        for _step in range(at_most):
            if control.evaluate("(one) => one === document.activeElement"):
                return
            self.press(key)
        raise AssertionError(f"{control} is not reached in {at_most} steps")

    def open(self, control: Locator) -> None:
        """Go to a link or a button and press it."""
        self.go_to(control)
        self.press("Enter")

    def type_into(self, control: Locator, text: str) -> None:
        """Go to a field and replace its text."""
        self.go_to(control)
        self.press("Control+a")
        self.page.keyboard.type(text)

    def pick(self, label: str, unit: str) -> None:
        """Go to a unit picker, type a name, and take the first that is found."""
        self.type_into(self.page.get_by_role("combobox", name=label), unit)
        expect(self.page.locator("[role=option][aria-selected=true]")).to_have_text(unit)
        self.press("Enter")


def _at_home(page: Page, site: str) -> Keys:
    page.goto(f"{site}/login")
    keys = Keys(page)
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.keyboard.type("ada@example.com")
    keys.press("Tab")
    page.keyboard.insert_text(PASSWORD)
    keys.press("Enter")
    page.wait_for_url("**/home")
    return keys


def test_signing_in_skipping_searching_and_the_own_menu(page: Page, site: str, complaints: list[str]) -> None:
    """WCAG 2.4.1, 2.1.1: skip link, the search key, the menu in its popover and out of it by Escape."""
    keys = _at_home(page, site)
    keys.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    keys.press("Enter", "Tab")
    assert page.evaluate("() => document.activeElement.closest('#content') !== null")
    menu = page.get_by_role("button", name="Own menu")
    keys.go_to(menu, "Shift+Tab")
    keys.press("Enter")
    expect(page.locator("#own-menu")).to_be_visible()
    keys.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('#own-menu') !== null")
    keys.press("Escape")
    expect(page.locator("#own-menu")).to_be_hidden()
    expect(menu).to_be_focused()
    keys.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("acme")
    keys.press("Enter")
    expect(page.locator("main")).to_contain_text("acme.example.com")


def test_switching_the_unit_in_the_panel(page: Page, site: str, world: World, complaints: list[str]) -> None:
    """R15: the panel's rows are opened and followed by Enter; the page stays the same."""
    keys = _at_home(page, site)
    keys.open(page.get_by_role("link", name="Billing", exact=True))
    page.wait_for_url("**/invoices")
    panel = page.locator("#panel")
    below = panel.locator("summary", has_text="Units below Birch")
    keys.go_to(below)
    keys.press("Enter")
    expect(panel.get_by_role("link", name="beta.example.org")).to_be_visible()
    keys.open(panel.get_by_role("link", name="Alder", exact=False).first)
    page.wait_for_url(f"**/u/{world.ids['unit']['alder']}/invoices")
    expect(page.locator(".context")).to_contain_text("Alder")


def test_adding_a_customer_and_assigning_a_sub_account(
    page: Page, site: str, world: World, complaints: list[str]
) -> None:
    """R3, R66, with a range of days filled in by its link."""
    keys = _at_home(page, site)
    keys.open(page.get_by_role("link", name="Structure", exact=True))
    keys.open(page.get_by_role("link", name="Add unit"))
    keys.type_into(page.get_by_label("Name", exact=True), "typed.example.com")
    keys.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("typed.example.com was added")
    page.goto(f"{site}/u/{world.ids['unit']['fjord']}/sub-accounts/{world.ids['sub_account']['nobody']}/assign")
    keys.pick("Owner", "typed.example.com")
    keys.open(page.get_by_role("link", name="This year"))
    expect(page.locator("[name=starts_on]")).to_be_focused()
    assert page.locator("[name=ends_on]").input_value().endswith("-01-01")
    keys.open(page.get_by_role("button", name="Assign", exact=True))
    expect(page.locator("main")).to_contain_text("typed.example.com")


def test_making_a_contract_and_issuing_a_month(page: Page, site: str, world: World, complaints: list[str]) -> None:
    """R84, R86: rules by buttons; the last question comes in a dialog, from which Escape returns to its opener."""
    keys = _at_home(page, site)
    fjord = world.ids["unit"]["fjord"]
    run("unit.create", world.cast.ada, fjord, {"kind": "customer", "name": "buyer.example.com"})
    page.goto(f"{site}/u/{fjord}/contracts/new")
    keys.pick("Buyer", "buyer.example.com")
    keys.open(page.get_by_role("button", name="Add rule"))
    expect(page.locator(".rules > li")).to_have_count(2)
    keys.type_into(page.locator(".rules > li").first.get_by_label("Percent"), "12,5")
    keys.open(page.get_by_role("button", name="Make the contract").last)
    expect(page.locator(".rules")).to_contain_text("12.5%")
    page.goto(f"{site}/u/{fjord}/billing-runs")
    keys.open(page.get_by_role("button", name="Start"))
    page.goto(f"{site}/u/{fjord}/billing-runs/{world.ids['billing_run'][DRAFTED]}")
    opener = page.get_by_role("link", name="Issue all")
    keys.open(opener)
    dialog = page.get_by_role("dialog", name="Issue the invoices of May 2026")
    expect(dialog).to_be_visible()
    assert page.evaluate("() => document.activeElement.closest('dialog') !== null")
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    keys.press("Enter")
    keys.open(dialog.get_by_role("button", name="Issue all"))
    expect(page.locator("#toasts")).to_contain_text("issued")


def test_setting_the_brand_colour(page: Page, site: str, world: World, complaints: list[str]) -> None:
    """R95: the colour and what goes with it are fields like any other."""
    keys = _at_home(page, site)
    page.goto(f"{site}/u/{world.ids['unit']['fjord']}/branding")
    keys.type_into(page.locator("[name=product_name]"), "Typed Cloud")
    keys.go_to(page.locator("[name=color]").first)
    keys.open(page.get_by_role("button", name="Save").first)
    expect(page.locator("body > .bar .bar-brand")).to_contain_text("Typed Cloud")
