"""What the first look at a list of fifty rows weighs: bytes, requests, movement; and what a swap of its rows does."""

import time
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import sign_in
from tests.world import World
from underlet.foundation.operations import run
from underlet.foundation.uploads import receive

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

    def watch(self, page: Page, *, cold: bool) -> None:
        """Begin to count what this page loads. cold: nothing of it is in the browser's cache."""
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": cold})
        session.on(
            "Network.responseReceived",
            lambda event: self._addresses.__setitem__(event["requestId"], event["response"]["url"]),
        )
        session.on("Network.loadingFinished", self._ended)

    def _ended(self, event: dict[str, object]) -> None:
        address = self._addresses.get(str(event["requestId"]), "?")
        length = int(str(event["encodedDataLength"]))
        if length and not address.startswith("data:"):  # what the cache had came over no wire
            self.bytes[address] = self.bytes.get(address, 0) + length


@pytest.fixture
def many(world: World) -> str:
    """Birch with a brand of its own and more customers than a page shows: its customers' address."""
    drawing = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" fill="#a30"/></svg>'
    )
    pictures = {name: str(receive(world.cast.ben, [drawing], "x.svg").id) for name in ("logo", "favicon")}
    run("brand.update", world.cast.ben, world.ids["unit"]["birch"], {**pictures, "color": "#a30000"})
    for number in range(60):
        data = {"kind": "customer", "name": f"n{number:02}.example.io", "display_name": f"Number {number}"}
        run("unit.create", world.cast.ben, world.ids["unit"]["birch"], data)
    return f"/u/{world.ids['unit']['birch']}/customers"


def _late(route: Route) -> None:
    """Let a picture come after the text around it is shown."""
    time.sleep(0.4)
    route.continue_()


def test_the_first_look_at_a_list_is_light_and_holds_still(
    many: str, page: Page, site: str, complaints: list[str]
) -> None:
    """interface.md §14: at most 100 kB in four requests, logo and icon included, and nothing moves."""
    sign_in(page, site, "ben")
    meter = Meter()
    meter.watch(page, cold=True)
    page.route("**/*.png", _late)
    page.goto(f"{site}{many}", wait_until="networkidle")
    assert page.locator("main tbody tr").count() == 50
    assert page.evaluate(_SHIFT) == 0
    page.evaluate(
        "document.querySelector('main').prepend(document.body.appendChild(document.createElement('hr')))"
    )
    assert page.evaluate(_SHIFT) > 0  # the meter sees what moves
    assert any("/brand/" in address and address.endswith(".png") for address in meter.bytes), "the logo"
    assert len(meter.bytes) <= MOST_REQUESTS, meter.bytes
    assert 10_000 <= sum(meter.bytes.values()) <= MOST_BYTES, meter.bytes


def test_a_swap_of_the_rows_is_small(many: str, page: Page, site: str, complaints: list[str]) -> None:
    """interface.md §14: fifty rows in another order, the next page, a search: at most 10 kB, in one request each."""
    sign_in(page, site, "ben")
    page.goto(f"{site}{many}")
    for act in (
        lambda: page.locator("thead a").first.click(),
        lambda: page.locator("#next-page").click(),
        lambda: page.locator("#filter-q").fill("n1"),
    ):
        meter = Meter()
        meter.watch(page, cold=False)
        with page.expect_response(lambda answer: "/customers?" in answer.url):
            act()
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(200)
        assert len(meter.bytes) == 1, meter.bytes
        assert 500 <= sum(meter.bytes.values()) <= MOST_OF_A_SWAP, meter.bytes
