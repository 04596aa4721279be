"""Pages work without JavaScript: each shows what it has and no dead control; lists, forms, rows, the unit panel."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.visitors import visitors
from tests.scenes import WALKED, things_of
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


DEAD = """() => {
  const shown = [...document.querySelectorAll('body *')].filter(
    (one) => one.checkVisibility({visibilityProperty: true}) && one.getClientRects().length > 0 &&
      !one.closest('[inert]'));
  const found = [];
  for (const one of shown) {
    const words = one.outerHTML.slice(0, 160);
    if (one.matches('canvas, [role=application], [aria-busy=true]')) found.push(`needs a script: ${words}`);
    const isButton = one.matches('button:not([popovertarget])') && (one.type !== 'submit' || one.form === null);
    if (isButton && !one.hasAttribute('form')) found.push(`does nothing: ${words}`);
    if (one.matches('a:not([href]), a[href="#"], a[href=""]')) found.push(`leads nowhere: ${words}`);
    if (one.matches('input, select, textarea') && one.form === null) found.push(`is sent by nothing: ${words}`);
  }
  for (const form of document.forms) {
    const parts = [...form.elements].filter((one) => shown.includes(one));
    const hasButton = parts.some((one) => one.type === 'submit');
    const texts = parts.filter((one) => /^(text|search|email|number|month|date)$/.test(one.type));
    if (parts.length && !hasButton && (texts.length !== 1 || parts.length > 1)) {
      found.push(`cannot be sent: ${form.outerHTML.slice(0, 160)}`);
    }
  }
  return found;
}"""
"""What looks as if it worked. A form of one text alone is sent by Enter."""


def test_every_page_shows_what_it_has_and_nothing_dead(browser: Browser, site: str, world: World) -> None:
    """No page needs JavaScript to be read; what only works with it is not shown."""
    things, found = things_of(world), []
    with visitors(browser, site, java_script_enabled=False) as people:
        for scene in WALKED:
            page = people.open(scene, things)
            if page.locator("h1:visible").count() != 1 or not page.locator("main").inner_text().strip():
                found.append(f"{scene.name}: says nothing")
            found += [f"{scene.name}: {words}" for words in page.evaluate(DEAD)]
    assert found == [], "\n".join(found)
