"""By keyboard alone: every page in every state, and the main journeys (interface.md §10, §13)."""

from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import PASSWORD
from tests.browser.scenes import SCENES, things_of, visitors
from tests.world import DRAFTED, World
from underlet.foundation.operations import run

CONTROLS = """() => {
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]';
  const seen = (one) => one.checkVisibility({visibilityProperty: true}) && one.getClientRects().length > 0;
  const radios = new Set();
  const found = [...document.querySelectorAll(all)].filter((one) => {
    if (one.disabled || one.tabIndex < 0 || !seen(one)) return false;
    if (one.type !== 'radio') return true;
    const first = !radios.has(one.name);
    radios.add(one.name);
    return first;
  });
  found.forEach((one, index) => { one.dataset.stop = String(index); });
  return found.map((one) => one.outerHTML.slice(0, 120));
}"""
"""What can be operated, in order, numbered for STOP. Radio buttons of one name are one stop."""

STOP = """() => {
  const one = document.activeElement;
  if (one === null || one === document.body) return null;
  const style = getComputedStyle(one);
  const ringed = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
  const box = one.getBoundingClientRect();
  const wide = Math.min(box.right, innerWidth) - Math.max(box.left, 0);
  const high = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
  const points = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].map(([x, y]) =>
    document.elementFromPoint(Math.max(box.left, 0) + wide * x, Math.max(box.top, 0) + high * y));
  const shown = wide > 0 && high > 0 && points.some((top) => top !== null && (one.contains(top) || top.contains(one)));
  return {stop: one.dataset.stop ?? null, html: one.outerHTML.slice(0, 120), ringed, shown};
}"""
"""Where the focus is; ringed: it is drawn; shown: some of it is neither outside nor covered (WCAG 2.4.11)."""

TO_THE_TOP = """() => {
  const start = document.createElement('span');
  start.tabIndex = -1;
  document.body.prepend(start);
  start.focus();
  start.remove();
  scrollTo(0, 0);
}"""
"""Where the next Tab begins: before everything, although a field may have taken the focus."""

SMALL = """() => [...document.querySelectorAll('[data-stop]')].filter((one) => {
  const style = getComputedStyle(one);
  if (one.matches('.table[tabindex], .skip')) return false;
  const label = one.matches('input[type=checkbox], input[type=radio]') ? one.closest('label') : null;
  const box = (label ?? one).getBoundingClientRect();
  const inText = one.matches('a') && style.display === 'inline' && one.parentElement.textContent.trim().length >
    one.textContent.trim().length;
  return !inText && (box.width < 24 || box.height < 24);
}).map((one) => {
  const box = one.getBoundingClientRect();
  return `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 140)}`;
})"""
"""Targets under 24 × 24 px; links within a sentence are exempt (WCAG 2.5.8)."""


def _walked(page: Page) -> list[str]:
    """What is wrong with a walk through the page by Tab, from its top to its end."""
    page.wait_for_function(
        "() => document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling') === null"
    )
    controls: list[str] = page.evaluate(CONTROLS)
    found, visited = [], []
    page.evaluate(TO_THE_TOP)
    for _step in range(len(controls) * 2 + 20):  # a date field has several stops of its own
        page.keyboard.press("Tab")
        at: dict[str, Any] | None = page.evaluate(STOP)
        if at is None:
            break
        if visited and at["stop"] == visited[-1]:
            continue
        if at["stop"] in visited:
            break
        visited.append(at["stop"])
        if not at["ringed"]:
            found.append(f"the focus cannot be seen on {at['html']}")
        if not at["shown"]:
            found.append(f"covered: {at['html']}")
    else:
        found.append("the walk has no end")
    skipped = [html for index, html in enumerate(controls) if str(index) not in visited]
    return found + [f"skipped: {html}" for html in skipped]


def test_every_page_is_walked_by_tab(browser: Browser, site: str, world: World) -> None:
    """Tab reaches everything that can be operated, in no trap, with a ring that nothing covers; targets ≥ 24 px."""
    things, found = things_of(world), []
    with visitors(browser, site, viewport={"width": 1360, "height": 700}) as people:
        for scene in SCENES:
            page = people.open(scene, things)
            found += [f"{scene.name}: {words}" for words in _walked(page)]
            found += [f"{scene.name}: small: {words}" for words in page.evaluate(SMALL)]
    assert found == [], "\n".join(found)


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

    def choose(self, control: Locator, label: str) -> None:
        """Go to a drop-down and type what is wanted, as the keyboard chooses in it."""
        self.go_to(control)
        self.page.keyboard.type(label)
        expect(control.locator("option:checked")).to_contain_text(label)


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
    keys.choose(page.locator("select[name=unit]"), "typed.example.com")
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
    keys.choose(page.locator("select[name=buyer]"), "buyer.example.com")
    keys.open(page.get_by_role("button", name="Add rule"))
    expect(page.locator(".rules > li")).to_have_count(2)
    keys.type_into(page.locator(".rules > li").first.get_by_label("Percent"), "12,5")
    keys.open(page.get_by_role("button", name="Make the contract").last)
    expect(page.locator(".rules")).to_contain_text("12.5 %")
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
    expect(page.locator(".bar-brand")).to_contain_text("Typed Cloud")
