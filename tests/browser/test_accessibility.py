"""axe finds nothing: every page in every state × light, dark, and a brand that is hard on contrast (interface.md §13).

The pages come from `tools/pages.py`, which knows every address there is.
"""

import os
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.visitors import visitors
from tests.browser.walk import small_targets, walked
from tests.scenes import SCENES, WALKED, things_of
from tests.world import World
from underlet.foundation.operations import run
from underlet.interfaces.web.theme import style_address

ALL_RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
AGAIN = ALL_RULES if os.environ.get("UNDERLET_DEEP") else COLOURS
"""What to check again in a further look: all but contrast is the same in each, so only the deep run asks for it."""
LOOKS = {"light": ALL_RULES, "dark": AGAIN, "yellow": AGAIN}
YELLOW = "#ffd400"

RUN = "async (options) => (await axe.run(document, {...options, resultTypes: ['violations']})).violations"
WEAR = """async ([theme, sheet]) => {
  document.documentElement.dataset.theme = theme;
  const old = [...document.querySelectorAll('link[rel=stylesheet]')].filter((link) => /\\/brand\\//.test(link.href));
  const last = old.at(-1) ?? [...document.querySelectorAll('link[rel=stylesheet]')].at(-1);
  if (sheet === null || last.href.endsWith(sheet)) return;
  const link = Object.assign(document.createElement('link'), {rel: 'stylesheet', href: sheet});
  const loaded = new Promise((done, failed) => { link.onload = done; link.onerror = failed; });
  last.after(link);
  await loaded;
  for (const one of old) one.remove();
}"""
COLOURS_OF_ALL = """() => [...document.querySelectorAll('body *')].map((element) => {
  const style = getComputedStyle(element);
  return [element.tagName, style.color, style.backgroundColor, style.borderBlockStartColor, style.fill].join(' ');
})"""


def wear(page: Page, look: str) -> None:
    """Change the page into another look without loading it again: its theme, or the brand's style sheet."""
    theme, sheet = {"light": ("light", None), "dark": ("dark", None), "yellow": ("light", style_address(YELLOW))}[
        look
    ]
    page.evaluate(WEAR, [theme, sheet])


def violations(page: Page, name: str, rules: dict[str, Any]) -> list[str]:
    """What axe finds on the page as it is, in words."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    return [
        f"{name}: {one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for one in page.evaluate(RUN, rules)
        for node in one["nodes"]
    ]


def test_axe_finds_nothing_and_tab_reaches_everything(browser: Browser, site: str, world: World) -> None:
    """interface.md §14: 0 violations, on every page, in every look; Tab reaches everything that can be operated, in no
    trap, with a ring that nothing covers; targets ≥ 24 px. One visit serves both: opening a page costs the most.
    """
    things, found, frames = things_of(world), list[str](), set[str]()
    with visitors(browser, site, viewport={"width": 1360, "height": 700}) as people:
        for scene in WALKED:
            page = people.open(scene, things)
            found += [f"{scene.name}: {words}" for words in walked(page, frames)]
            found += [f"{scene.name}: small: {words}" for words in small_targets(page)]
            page.evaluate("() => { document.activeElement?.blur(); scrollTo(0, 0); }")
            for look, rules in LOOKS.items():
                wear(page, look)
                found += violations(page, f"{scene.name} in {look}", rules)
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("look", ["dark", "yellow"])
def test_a_look_put_on_in_place_is_the_look_that_is_served(
    browser: Browser, site: str, world: World, look: str
) -> None:
    """What `wear` saves in loading, it must not cost in truth: every element has the colours of the real thing."""
    home = next(scene for scene in SCENES if scene.name == "home")
    things = things_of(world)
    with visitors(browser, site) as people:
        page = people.open(home, things)
        plain = page.evaluate(COLOURS_OF_ALL)
        wear(page, look)
        page.mouse.move(0, 0)
        worn = page.evaluate(COLOURS_OF_ALL)
        if look == "yellow":
            run("brand.update", world.cast.ada, world.ids["unit"]["fjord"], {"color": YELLOW})
        else:
            page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page = people.open(home, things)
        assert worn == page.evaluate(COLOURS_OF_ALL)
        assert worn != plain


def test_what_is_wrong_is_found(browser: Browser, site: str, world: World) -> None:
    """The check itself: a label, a contrast and a state of the page that are taken away are missed."""
    login = next(scene for scene in SCENES if scene.name == "account-login")
    with visitors(browser, site) as people:
        page = people.open(login, things_of(world))
        assert violations(page, "login", ALL_RULES) == []
        page.evaluate("""() => {
          document.querySelector('label').remove();
          document.querySelector('h1').style.setProperty('color', '#eee');
          document.documentElement.removeAttribute('lang');
        }""")
        found = {line.split()[1] for line in violations(page, "login", ALL_RULES)}
    assert found == {"label:", "color-contrast:", "html-has-lang:"}
