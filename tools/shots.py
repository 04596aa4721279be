"""Pictures of the web pages: every page and state × widths × looks × languages, for looking at and for comparing.

Run it against a served demo: `underlet demo`, then `python -m tools.shots --out shots`. The pages come from
`tools/pages.py`. Beside the pictures it writes a contact sheet for each width, look and language. Two runs over the
same data give the same pictures; none is committed except the README's, which `--readme` writes.
"""

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from tools.pages import UNIT_OF, Scene, scenes

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--font-render-hinting=none",
)  # fmt: skip
WIDTHS = (1360, 390)
LOOKS = ("light", "dark", "yellow")
LANGUAGES = ("en", "de", "sv")
README = Path("docs/pictures/demo-home.png")
PASSWORD = "underlet-demo"
YELLOW = "#ffd400"
NAMES = {"fjord": "Fjord", "birch": "Birch", "alder": "Alder", "acme": "acme.example.com", "beta": "beta.example.org",
         "gamma": "gamma.example.net", "harbor": "Harbor", "physics": "Department of Physics"}  # fmt: skip
"""The demo's units by the names that the table of pages uses."""
LISTS = {
    "sub_account": ("sub-accounts", {}),
    "usage_import": ("imports", {}),
    "refused_import": ("imports", {"state": "rejected"}),
    "contract": ("contracts", {"side": "sold"}),
    "draft_contract": ("contracts", {"side": "sold"}),
    "billing_run": ("billing-runs", {}),
    "scheduled_move": ("scheduled-moves", {"state": "pending"}),
    "audit_entry": ("audit", {}),
    "unit_token": ("tokens", {}),
    "directory_group": ("directory/groups", {}),
    "identity_provider": ("identity-providers", {}),
    "invoice": ("invoices", {"side": "sold", "state": "issued"}),
    "draft_invoice": ("invoices", {"side": "sold", "state": "draft"}),
}
"""Thing -> the list of the API whose first entry it is, and how to filter it."""
TILE, GAP, LABEL = 340, 12, 18
"""Of a contact sheet, in pixels."""


@dataclass(frozen=True)
class Visitor:
    """Somebody on a served site, "" = nobody signed in, and the things that they can open."""

    page: Page
    site: str
    things: Mapping[str, str]


def _answer(page: Page, address: str, parameters: dict[str, str]) -> list[dict[str, Any]]:
    got = page.request.get(address, params={**parameters, "limit": "100"})
    return list(got.json()["items"]) if got.ok else []


def _things(page: Page, site: str, top: str, own: str) -> dict[str, str]:
    """Public ids of what there is to look at, as the API tells this person."""
    api = f"{site}/api/v1"
    units = _answer(page, f"{api}/units/{top}/units", {})
    by_name = {str(unit["name"]): str(unit["id"]) for unit in units}
    things = {f"unit {key}": by_name[name] for key, name in NAMES.items() if name in by_name}
    things[f"unit {own}"] = top
    here = f"{api}/units/{top}"
    for thing, (name, filters) in LISTS.items():
        found = _answer(page, f"{here}/{name}", dict(filters))
        if thing == "draft_contract":
            found = [one for one in found if one["state"] == "draft"]
        if found:
            things[thing] = str(found[0]["id"])
    for person in _answer(page, f"{here}/users", {}):
        if person["name"] == "Ira":
            things |= {"person": str(person["id"]), "grant": str(person["grants"][0]["id"])}
    for sub_account in _answer(page, f"{here}/sub-accounts", {"state": "assigned"})[:1]:
        shown = page.request.get(f"{api}/sub-accounts/{sub_account['id']}").json()
        things |= {"sub_account": sub_account["id"], "assignment": shown["assignments"][0]["id"]}
    for one in [*_answer(page, f"{here}/roles", {"kind": "own"}), {"role": "viewer"}][:1]:
        things["role"] = str(one["role"])
    for thing, name in (("job", "jobs"), ("token", "tokens")):
        for one in _answer(page, f"{api}/{name}", {})[:1]:
            things[thing] = str(one["id"])
    return things


def speak(page: Page, site: str, language: str) -> None:
    """Have the person's pages in a language, as they would choose it; nothing where they have it already."""
    if page.locator("html").get_attribute("lang") != language:
        page.goto(f"{site}/me")
        page.locator('[name="language"]').select_option(language)
        page.locator('main form button[type="submit"]').click()
        page.wait_for_load_state()


def sign_in(browser: Browser, site: str, who: str, width: int, look: str, language: str = "en") -> Visitor:
    """A person of the demo on their first page; LookupError if they have no password."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if look == "dark" else "light",
        reduced_motion="reduce",
        locale=language,
    )
    page = context.new_page()
    if not who:
        return Visitor(page, site, {})
    page.goto(f"{site}/login")
    page.locator('[name="email"]').fill(f"{who}@{'localhost' if who == 'operator' else 'example.com'}")
    page.locator('[name="password"]').fill(PASSWORD)
    page.locator('main form[action="/login"] button').click()
    page.wait_for_load_state()
    if "/u/" not in page.url:
        raise LookupError(f"{who} cannot sign in to {site}")
    top = page.url.partition("/u/")[2].partition("/")[0]
    speak(page, site, language)
    return Visitor(page, site, _things(page, site, top, UNIT_OF[who]))


def _wear_yellow(page: Page, sheet: str) -> None:
    page.evaluate(
        """(sheet) => new Promise((done, failed) => {
          const last = [...document.querySelectorAll('link[rel=stylesheet]')].at(-1);
          const link = Object.assign(document.createElement('link'), {rel: 'stylesheet', href: sheet});
          Object.assign(link, {onload: done, onerror: failed});
          last.after(link);
        })""",
        sheet,
    )


def shoot(page: Page, address: str, target: Path, *, full: bool = True, sheet: str = "") -> None:
    """One picture of one page, once its lists are loaded. sheet: address of another brand's style sheet."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    if sheet:
        _wear_yellow(page, sheet)
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target, full_page=full, animations="disabled")


def contact_sheet(pictures: Sequence[Path], target: Path, columns: int) -> None:
    """All pictures small, each over its name, those of a row at the height of its tallest (at most twice a tile)."""
    tiles = []
    for path in pictures:
        with Image.open(path) as picture:
            small = picture.convert("RGB").resize((TILE, round(picture.height * TILE / picture.width)))
            tiles.append((path.stem, small.crop((0, 0, TILE, min(small.height, 2 * TILE)))))
    rows = [tiles[start : start + columns] for start in range(0, len(tiles), columns)]
    heights = [max(tile.height for _name, tile in row) + LABEL + GAP for row in rows]
    sheet = Image.new("RGB", (columns * (TILE + GAP) + GAP, sum(heights) + GAP), "#8a93a3")
    draw, y = ImageDraw.Draw(sheet), GAP
    for row, height in zip(rows, heights, strict=True):
        for column, (name, tile) in enumerate(row):
            x = GAP + column * (TILE + GAP)
            draw.text((x, y), name, fill="#000000")
            sheet.paste(tile, (x, y + LABEL))
        y += height
    sheet.save(target)


def _series(given: argparse.Namespace) -> Iterator[tuple[int, str, str]]:
    for width in given.width or WIDTHS:
        for look in given.look or LOOKS[:2]:
            for language in given.language or LANGUAGES[:1]:
                yield width, look, language


def _shoot_series(browser: Browser, given: argparse.Namespace, width: int, look: str, language: str) -> list[Path]:
    """Pictures of all scenes; a person, or a thing, that the site does not have is said and left out."""
    from underlet.interfaces.web.theme import style_address

    people: dict[str, Visitor | None] = {}
    made = []
    for scene in scenes():
        if given.only not in scene.name or scene.sends:
            continue
        if scene.who not in people:
            try:
                people[scene.who] = sign_in(browser, given.site, scene.who, width, look, language)
            except LookupError:
                people[scene.who] = None
        address = _address(people[scene.who], scene)
        if address is None:
            print(f"left out: {scene.name} (the site has no {scene.who or 'visitor'} or no such thing)")
            continue
        visitor = people[scene.who]
        assert visitor is not None
        target = given.out / f"{scene.name}-{width}-{look}-{language}.png"
        shoot(visitor.page, address, target, sheet=style_address(YELLOW) if look == "yellow" else "")
        made.append(target)
    for who, visitor in people.items():
        if who and visitor:
            speak(visitor.page, given.site, LANGUAGES[0])  # the demo's people go on as they were
    return made


def _address(visitor: Visitor | None, scene: Scene) -> str | None:
    if visitor is None:
        return None
    try:
        return f"{visitor.site}{scene.address(visitor.things)}"
    except LookupError:
        return None


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=Path("shots"))
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument("--width", type=int, action="append", help="default: 1360 and 390")
    parser.add_argument("--look", choices=LOOKS, action="append", help="default: light and dark")
    parser.add_argument("--language", choices=LANGUAGES, action="append", help="default: en")
    parser.add_argument("--readme", action="store_true", help=f"write {README} and nothing else")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "underlet.project.settings")
    import django

    django.setup()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        if given.readme:
            visitor = sign_in(browser, given.site, "ada", 1360, "light")
            shoot(visitor.page, visitor.page.url, README, full=False)
            return
        for width, look, language in _series(given):
            made = _shoot_series(browser, given, width, look, language)
            if made:
                sheet = given.out / f"sheet-{width}-{look}-{language}.png"
                contact_sheet(made, sheet, columns=5 if width > TILE * 2 else 8)
                print(f"{len(made)} pictures, {sheet}")
        browser.close()


if __name__ == "__main__":
    main()
