"""The table of all pages, opened in the tests' world."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from tools.pages import Scene, scenes

from tests.usage.imports import take_in
from tests.world import DRAFTED, ISSUED, World
from underlet.access.models import User
from underlet.access.welcome import welcome_path
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.uploads import receive

SCENES = scenes()
WALKED = [scene for scene in SCENES if os.environ.get("UNDERLET_DEEP") or not scene.state or scene.sends]
"""Every page, and every form with errors, in the ordinary run; other states of pages in the deep one, for time."""


def things_of(world: World) -> Mapping[str, str]:
    """What the table's addresses are made of: public ids in the world by the names that the table uses."""
    ids = world.ids
    _, _, uid, token = welcome_path(User.objects.get(email_key="bea@example.com")).split("/")
    return {
        "sub_account": ids["sub_account"]["acme"],
        "assignment": ids["assignment"]["acme"],
        "usage_import": ids["import"][ISSUED],
        "refused_import": str(take_in(world.cast, b"not,a,billing,file\n1,2,3,4\n", "refused.csv").id),
        "structure_import": ids["structure_import"]["birch"],
        "refused_structure": _structure(world, "structure.check", b"name,kind\nno host,customer\n"),
        "done_structure": _structure(world, "structure.import", b"name,parent\nAlder,Birch Lab\n"),
        "contract": ids["contract"]["fjord birch"],
        "draft_contract": ids["contract"]["alder acme draft"],
        "billing_run": ids["billing_run"][DRAFTED],
        "invoice": ids["invoice"]["fjord birch issued"],
        "draft_invoice": ids["invoice"]["fjord birch draft"],
        "token": ids["token"]["ada"],
        "person": ids["person"]["ira"],
        "grant": ids["grant"]["ira"],
        "unit_token": ids["unit_token"]["beta"],
        "role": ids["role"]["fjord"],
        "identity_provider": ids["identity_provider"]["birch"],
        "directory_group": ids["directory_group"]["acme"],
        "scheduled_move": ids["scheduled_move"]["delta"],
        "audit_entry": ids["audit_entry"]["fjord unit"],
        "group": ids["group"]["north"],
        "ruled_group": ids["group"]["ruled"],
        "job": next(iter(ids["job"].values())),
        "welcome_uid": uid,
        "welcome_token": token,
        **{f"unit {name}": id_ for name, id_ in ids["unit"].items()},
    }


def _structure(world: World, name: str, content: bytes) -> str:
    """A file of units sent by Ben, and what became of it."""
    sent = receive(world.cast.ben, [content], "structure.csv")
    started = run(name, world.cast.ben, world.cast.units["birch"], {"upload": str(sent.id)}).body
    run_job(started["job_id"])
    return str(started["id"])


class Visitors:
    """One browser context for each person, signed in without the sign-in page."""

    def __init__(self, browser: Browser, site: str, **options: Any) -> None:
        self._browser, self._site, self._options = browser, site, options
        self._pages: dict[str, Page] = {}

    def page(self, who: str) -> Page:
        """The tab of a person, "" = of somebody who is not signed in."""
        if who not in self._pages:
            context = self._browser.new_context(locale="en-GB", reduced_motion="reduce", **self._options)
            if who:
                _let_in(context, self._site, who)
            self._pages[who] = context.new_page()
        return self._pages[who]

    def open(self, scene: Scene, things: Mapping[str, str]) -> Page:
        """The page in its state, once it is quiet. What is sent is sent without the browser's own checks."""
        page = self.page(scene.who)
        answer = page.goto(f"{self._site}{scene.address(things)}", wait_until="load")
        if scene.sends:
            form = page.locator("form", has=page.locator(f'[name="{next(iter(scene.sends))}"]')).last
            form.evaluate("(form) => { form.noValidate = true; }")
            for name, value in scene.sends.items():
                box = form.locator(f'[name="{name}"]')
                box.evaluate("(box) => { if (box.type === 'date' || box.type === 'color') box.type = 'text'; }")
                box.fill(value)
            with page.expect_navigation() as sent:
                form.locator('button[type="submit"]').last.click()
            answer = sent.value
        assert answer is not None
        assert answer.status == scene.status, (scene.name, answer.status)
        assert answer.headers["content-type"].startswith("text/html"), scene.name
        assert scene.sends or page.url == f"{self._site}{scene.address(things)}", (scene.name, page.url)
        if scene.query == "view=chart" and self._options.get("java_script_enabled", True):
            page.locator("[data-chart][data-ready]").wait_for()
        return page

    def close(self) -> None:
        """Close every tab."""
        for page in self._pages.values():
            page.context.close()


@contextmanager
def visitors(browser: Browser, site: str, **options: Any) -> Iterator[Visitors]:
    """People with browsers, for as long as a test takes."""
    made = Visitors(browser, site, **options)
    yield made
    made.close()


def _let_in(context: BrowserContext, site: str, who: str) -> None:
    person = User.objects.get(email_key=f"{who}@{'localhost' if who == 'operator' else 'example.com'}")
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
