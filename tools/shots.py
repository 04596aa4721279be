"""Pictures of the web pages: pages × widths × themes, for looking at and for comparing two branches.

Run it against a served demo: `underlet demo`, then `python -m tools.shots --out shots`. Two runs over the same data
give the same pictures; none is committed except the README's, which `--readme` writes.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--font-render-hinting=none",
)  # fmt: skip
WIDTHS = (1360, 390)
THEMES = ("light", "dark")
README = Path("docs/pictures/demo-home.png")
PASSWORD = "underlet-demo"

UNIT_PAGES = (
    "home", "structure", "structure/new", "profile", "profile/legal-entity", "move", "customers", "accounts",
    "sub-accounts", "imports", "contracts", "contracts/new", "billing-runs", "month", "exchange-rates", "invoices",
    "branding", "settings/users", "settings/users/invite", "settings/api-keys", "search?q=a",
)  # fmt: skip
OWN_PAGES = ("me", "jobs")
FIRST_OF = (
    ("import", "imports"),
    ("sub-account", "sub-accounts"),
    ("contract", "contracts"),
    ("billing-run", "billing-runs"),
    ("invoice", "invoices?side=sold"),
)
"""Pages of one thing: the name of the picture, and the list whose first row leads there."""


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in, and the address of their unit."""

    page: Page
    site: str
    unit: str

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Name and address of every page to look at."""
        for path in UNIT_PAGES:
            yield path.partition("?")[0].replace("/", "-"), f"{self.unit}/{path}"
        for path in OWN_PAGES:
            yield path, f"{self.site}/{path}"
        for name, path in FIRST_OF:
            self.page.goto(f"{self.unit}/{path}")
            first = self.page.locator("main tbody th a").first
            if first.count():
                address = f"{self.site}{first.get_attribute('href')}"
                yield name, address
                if name == "invoice":
                    yield "invoice-line", f"{address}/lines/1"
                if name == "contract":
                    yield "contract-revise", f"{address}/revise"


def sign_in(browser: Browser, site: str, email: str, width: int, theme: str) -> Visitor:
    """A person on their start page."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        locale="en-GB",
    )
    page = context.new_page()
    page.goto(f"{site}/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/home")
    return Visitor(page, site, page.url.rsplit("/", 1)[0])


def shoot(page: Page, address: str, target: Path, *, full: bool = True) -> None:
    """One picture of one page, once its lists are loaded."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target, full_page=full, animations="disabled")


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=Path("shots"))
    parser.add_argument("--who", default="ada@example.com")
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument("--width", type=int, action="append", help="default: 1360 and 390")
    parser.add_argument("--theme", choices=THEMES, action="append", help="default: both")
    parser.add_argument("--readme", action="store_true", help=f"write {README} and nothing else")
    given = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        if given.readme:
            visitor = sign_in(browser, given.site, given.who, 1360, "light")
            shoot(visitor.page, f"{visitor.unit}/home", README, full=False)
            return
        for width in given.width or WIDTHS:
            for theme in given.theme or THEMES:
                visitor = sign_in(browser, given.site, given.who, width, theme)
                for name, address in list(visitor.addresses()):
                    if given.only in name:
                        shoot(visitor.page, address, given.out / f"{name}-{width}-{theme}.png")
        browser.close()


if __name__ == "__main__":
    main()
