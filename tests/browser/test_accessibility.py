"""axe finds nothing: main pages × light and dark × a brand that is hard on contrast (interface.md §13)."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import sign_in
from tests.world import ISSUED, World
from underlet.foundation.operations import run

ALL_RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
LOOKS = {"light": ALL_RULES, "dark": COLOURS, "yellow": COLOURS}
"""What to check in which look: all but contrast is the same in each."""


def _addresses(world: World) -> list[str]:
    ids = world.ids
    pages = (
        "home", "structure", "structure?view=chart", "structure/new", "profile", "customers", "sub-accounts", "imports",
        "contracts", "contracts/new", "billing-runs", "month", "exchange-rates", "invoices", "branding",
        "settings/users", "settings/api-keys", "search?q=acme", f"imports/{ids['import'][ISSUED]}",
        f"contracts/{ids['contract']['fjord birch']}", f"billing-runs/{ids['billing_run'][ISSUED]}",
        f"invoices/{ids['invoice']['fjord birch issued']}", f"invoices/{ids['invoice']['fjord birch issued']}/lines/1",
        f"sub-accounts/{ids['sub_account']['acme']}",
    )  # fmt: skip
    return [f"/u/{ids['unit']['fjord']}/{path}" for path in pages] + ["/me", "/jobs", "/nowhere"]


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(page: Page, site: str, world: World, look: str) -> None:
    """interface.md §14: 0 violations."""
    if look == "yellow":
        run("brand.update", world.cast.ada, world.ids["unit"]["fjord"], {"color": "#ffd400"})
    page.emulate_media(color_scheme="dark" if look == "dark" else "light", reduced_motion="reduce")
    page.goto(f"{site}/login")
    found = _violations(page, "/login", LOOKS[look])
    sign_in(page, site, "ada")
    for address in _addresses(world):
        page.goto(f"{site}{address}")
        found += _violations(page, address, LOOKS[look])
    assert found == []


def _violations(page: Page, address: str, rules: dict[str, Any]) -> list[str]:
    answer = Axe().run(page, options=rules).response
    return [
        f"{address}: {one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for one in answer["violations"]
        for node in one["nodes"]
    ]
