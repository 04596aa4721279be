"""The brand editor while one types: the frame and the words follow, nothing is saved."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.world import World


def test_the_preview_follows_what_is_typed(page: Page, site: str, world: World) -> None:
    """R95: colour, name and view, without loading the page again; the way back stays short."""
    told: list[str] = []
    page.on("console", lambda said: told.append(said.text) if said.type in ("error", "warning") else None)
    sign_in(page, site, "ada")
    page.goto(f"{site}/u/{world.ids['unit']['fjord']}/branding")
    frame = page.frame_locator("#preview")
    expect(frame.locator("h1")).to_have_text("Sample page")
    before = page.evaluate("history.length")
    page.locator("#f-product_name").fill("Solar Desk")
    page.locator("#f-color").fill("#ffd400")
    expect(frame.locator(".bar-brand")).to_contain_text("Solar Desk")
    expect(frame.locator("link[rel=stylesheet]")).to_have_attribute("href", re.compile("/brand/ffd400-"))
    expect(page.locator("#colour-lines")).to_contain_text("adjusted to #")
    page.get_by_label("Invoice", exact=True).check()
    expect(frame.locator("img.sheet")).to_be_visible()
    expect(frame.locator("img.sheet")).to_have_js_property("naturalWidth", 794)
    page.get_by_label("Sign-in", exact=True).check()
    page.get_by_label("Dark", exact=True).check()
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator(".bar-brand").first).not_to_contain_text("Solar Desk")
    assert page.evaluate("history.length") == before
    assert told == []
