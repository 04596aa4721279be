"""Asking for pages as the people of the cast, through every layer of the web server's application."""

import re
from typing import Any

from django.test import Client

from tests.world import World
from underlet.access.models import User
from underlet.interfaces.web import urls
from underlet.interfaces.web.addresses import PAGES, PageEntry

assert urls  # importing it binds the pages
KINDS = {"unit", "sub_account", "assignment", "usage_import", "contract", "billing_run", "invoice", "token", "job",
         "scheduled_move", "audit_entry"}  # fmt: skip
"""Parameters of addresses that name an object."""


def parameters(entry: PageEntry) -> list[str]:
    """The parameters of a page's address, in order."""
    return re.findall(r"<\w+:(\w+)>", str(entry.pattern.pattern))


def unit_pages() -> list[str]:
    """Pages that need nothing but a unit."""
    return sorted(name for name, entry in PAGES.items() if parameters(entry) == ["unit"])


def object_pages() -> list[str]:
    """Pages of one thing in a unit, or of one's own."""
    return sorted(name for name, entry in PAGES.items() if set(parameters(entry)) & (KINDS - {"unit"}))


class Person:
    """A signed-in person's browser. `tokens` makes it check CSRF tokens like a real one."""

    def __init__(self, world: World, who: str, *, tokens: bool = False) -> None:
        self.world = world
        self.client = Client(enforce_csrf_checks=tokens)
        email = "operator@localhost" if who == "operator" else f"{who}@example.com"
        self.client.force_login(User.objects.get(email_key=email))

    def at(self, page: str, unit: str = "", **given: object) -> str:
        """The address of a page; `unit` is a name of the world."""
        from underlet.interfaces.web.addresses import address_of

        return address_of(page, self.world.ids["unit"].get(unit, unit), **given)

    def get(self, address: str, *, fragment: bool = False, **headers: str) -> Any:
        """Open an address, as htmx would or as a browser does."""
        if fragment:
            headers["HX-Request"] = "true"
        return self.client.get(address, headers=headers)

    def post(self, address: str, data: dict[str, Any] | None = None) -> Any:
        """Send a form."""
        return self.client.post(address, data or {})


def text_of(answer: Any) -> str:
    """The body as text."""
    return str(answer.content.decode())


def fields_of(answer: Any) -> dict[str, str]:
    """Hidden fields and inputs of the page's last form, as a browser would send them."""
    form = text_of(answer).rpartition("<form")[2].partition("</form>")[0]
    found = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = value[1] if value else ""
    return found
