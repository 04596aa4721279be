"""What the first look at a list of fifty rows weighs: bytes, requests, movement; and what a swap of its rows does."""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import sign_in
from tests.world import World
from underlet.foundation.operations import run

MOST_BYTES, MOST_REQUESTS, MOST_OF_A_SWAP = 100_000, 4, 10_000
_SHIFT = """() => new Promise((tell) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) sum += one.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => tell(sum), 500);
})"""


@dataclass
class Meter:
    """What came over the wire, headers included: address -> bytes."""

    bytes: dict[str, int] = field(default_factory=dict)
    _addresses: dict[str, str] = field(default_factory=dict)

    def watch(self, page: Page) -> None:
        """Begin to count what this page loads."""
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on(
            "Network.responseReceived",
            lambda event: self._addresses.__setitem__(event["requestId"], event["response"]["url"]),
        )
        session.on("Network.loadingFinished", self._ended)

    def _ended(self, event: dict[str, object]) -> None:
        address = self._addresses.get(str(event["requestId"]), "?")
        if not address.startswith("data:"):
            self.bytes[address] = self.bytes.get(address, 0) + int(str(event["encodedDataLength"]))


@pytest.fixture
def many(world: World) -> str:
    """Birch with more customers than a page shows: its customers' address."""
    for number in range(60):
        data = {"kind": "customer", "name": f"n{number:02}.example.io", "display_name": f"Number {number}"}
        run("unit.create", world.cast.ben, world.ids["unit"]["birch"], data)
    return f"/u/{world.ids['unit']['birch']}/customers"


def test_the_first_look_at_a_list_is_light_and_holds_still(
    many: str, page: Page, site: str, complaints: list[str]
) -> None:
    """interface.md §14: at most 100 kB in four requests, and nothing moves while it loads."""
    sign_in(page, site, "ben")
    meter = Meter()
    meter.watch(page)
    page.goto(f"{site}{many}", wait_until="networkidle")
    assert page.locator("main tbody tr").count() == 50
    assert page.evaluate(_SHIFT) == 0
    assert 1 <= len(meter.bytes) <= MOST_REQUESTS, meter.bytes
    assert 10_000 <= sum(meter.bytes.values()) <= MOST_BYTES, meter.bytes


def test_a_swap_of_the_rows_is_small(many: str, page: Page, site: str, complaints: list[str]) -> None:
    """interface.md §14: the next page and a search bring at most 10 kB, in one request each."""
    sign_in(page, site, "ben")
    page.goto(f"{site}{many}")
    for act in (lambda: page.locator("#next-page").click(), lambda: page.locator("#filter-q").fill("n1")):
        meter = Meter()
        meter.watch(page)
        with page.expect_response(lambda answer: "/customers?" in answer.url):
            act()
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(200)
        assert len(meter.bytes) == 1, meter.bytes
        assert 500 <= sum(meter.bytes.values()) <= MOST_OF_A_SWAP, meter.bytes
