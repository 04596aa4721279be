"""People with browsers, who open the table of all pages."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from tools.pages import Scene

from underlet.access.models import User


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
                (box.select_option if box.evaluate("(box) => box.tagName === 'SELECT'") else box.fill)(value)
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
