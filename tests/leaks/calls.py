"""Every address there is, and calling it as an actor of a world: a person's browser or an API key."""

import io
import json
import re
import zipfile
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.leaks.inputs import NO_ID, TABLES
from tests.leaks.worlds import Row, World
from underlet.access.models import User
from underlet.foundation.registry import OPERATIONS, QUERIES, Entry
from underlet.interfaces.api import bind
from underlet.interfaces.api.main import api
from underlet.interfaces.web import urls
from underlet.interfaces.web.addresses import PAGES, PageEntry

assert api
assert urls.urlpatterns  # importing both binds everything
PREFIX: Final = "/api/v1"
_TOKEN: Final = "a" * 32
RAISES = False
"""Whether a fault of the product stops the run where it happens, to look at it."""
_VARYING = re.compile(rb'[A-Za-z0-9]{64}(?=["\'&])|(?<=name="request_key" value=")[\w-]+')


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; pages without tokens and request keys, which are new each time."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Call:
    """One request. name: of the registry entry, or "page …". data: JSON body of an API write, fields of a form."""

    name: str
    method: str
    path: str
    data: Any = None

    def __str__(self) -> str:
        return f"{self.method} {self.path} {'' if self.data is None else json.dumps(self.data, default=str)}"


def unpacked(content: bytes) -> bytes:
    """The sheets of a workbook, without the times at which it was packed; everything else as it is."""
    if not content.startswith(b"PK\x03\x04"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return b"\n".join(book.read(name) for name in book.namelist() if not name.startswith("docProps"))


class Visitor:
    """An actor of the world who calls: a signed-in person or, for an API key, whoever holds it; None: a stranger."""

    def __init__(self, world: World, actor: int | None) -> None:
        self.world, self.actor = world, actor
        self._client = Client(enforce_csrf_checks=True, raise_request_exception=RAISES)
        self._client.cookies["csrftoken"] = _TOKEN
        self._headers = {"X-CSRFToken": _TOKEN}
        self.is_key = actor is not None and not world.has("app_user", actor)
        if self.is_key:
            self._headers["Authorization"] = f"Bearer {world.secrets[actor or 0]}"
        elif actor is not None:
            self._sign_in(User.objects.get(id=actor))

    def _sign_in(self, user: User) -> None:
        """A session as signing in leaves it, without the sign-in's own trace (last_login)."""
        session = SessionStore()
        session[SESSION_KEY] = str(user.id)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        self._client.cookies["underlet_session"] = session.session_key or ""

    def start(self, call: Call) -> HttpResponseBase:
        """The answer as it begins; what streams is not read yet."""
        if call.path.startswith(PREFIX):
            if isinstance(call.data, str):
                body = call.data.encode()
            else:
                body = b"" if call.data is None else json.dumps(call.data).encode()
            return self._client.generic(
                call.method, call.path, body, content_type="application/json", headers=self._headers
            )
        if call.method == "POST":
            form = {"csrfmiddlewaretoken": _TOKEN, **(call.data or {})}
            return self._client.post(call.path, form, headers=self._headers)
        return self._client.generic(call.method, call.path, headers=self._headers)

    def call(self, call: Call) -> Answer:
        """The whole answer."""
        answer: Any = self.start(call)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        is_packed = content.startswith(b"PK")  # with the time in it
        headers = tuple(
            sorted(one for one in answer.headers.items() if not is_packed or one[0] != "Content-Length")
        )
        return Answer(answer.status_code, headers, _VARYING.sub(b"", unpacked(content)))


# --- addresses -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Route:
    """A bound entry of the API: method, path, and the kind of object in it ("" = none)."""

    entry: Entry
    method: str
    path: str

    @property
    def kind(self) -> str:
        found = re.findall(r"{(\w+)}", self.path)
        return found[0] if found else ""

    @property
    def is_read(self) -> bool:
        return self.method == "GET"

    def at(self, address: str) -> str:
        return PREFIX + re.sub(r"{\w+}", address, self.path)


@cache
def routes() -> tuple[Route, ...]:
    """Every route of the API that belongs to a registry entry."""
    found = []
    for name, address in bind.BOUND.items():
        method, path = address.split(" ")
        found.append(Route(QUERIES.get(name) or OPERATIONS[name], method, path))
    return tuple(found)


OTHERS: Final[dict[str, tuple[str, ...]]] = {
    "account_login": ("/login",),
    "account_logout": ("/logout",),
    "welcome": ("/welcome/MQ/x-y",),
    "account_reset_password": ("/password/forgotten",),
    "password_reset": ("/password/new/MQ/x-y",),
    "scim:root": ("/scim/v2",),
    "scim:any": ("/scim/v2/Users", "/scim/v2/Groups"),
    "host_picture": ("/brand/pictures/" + "0" * 64 + ".png",),
    "styleguide": ("/styleguide",),
    "styleguide_units": ("/styleguide/units",),
    "style": ("/brand/x.css",),
    "script": ("/script/x.js",),
    "api:openapi-json": ("/api/v1/openapi.json",),
    "api:openapi-view": ("/api/v1/docs",),
    "api:api-root": ("/api/v1/",),
}
"""Addresses that are no page and no route of the API; a stranger is told nothing by them. New ones fail the crawl."""
SIGN_IN: Final = re.compile(r"(login/|me/sign-in)")
"""Steps of signing in, of other libraries: what they show is one's own, or nobody's."""


def addresses() -> dict[str, str]:
    """Every address of the URL resolver: pattern -> the name it is crawled under ("" = it is not)."""
    found: dict[str, str] = {}
    bound = {route.path.lstrip("/"): route.entry.name for route in routes()}

    def walk(patterns: Any, prefix: str, space: str) -> None:
        for one in patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                walk(one.url_patterns, route, f"{one.namespace}:" if one.namespace else space)
            elif isinstance(one, URLPattern):
                plain = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.removeprefix("api/v1/"))
                name = f"{space}{one.name}"
                known = name if name in OTHERS or one.name in PAGES or SIGN_IN.match(route) else ""
                known = known or next(
                    (n for n, paths in OTHERS.items() if f"/{plain.split('{')[0]}".rstrip("/") in paths[0]), ""
                )
                found[route] = known or (bound.get(plain, "") if route.startswith("api/") else "")

    walk(get_resolver().url_patterns, "", "")
    return found


# --- objects -------------------------------------------------------------------------------------


def objects(world: World, kind: str) -> list[Row]:
    """Objects that a parameter of an address may name."""
    table = TABLES.get(kind, kind)
    if table not in world.rows:
        raise AssertionError(f"tests/leaks/inputs.py, TABLES: say in which table “{kind}” of an address is found")
    return world.rows[table]


def foreign_kind(world: World, kind: str) -> str:
    """The id of something that exists and is of another kind."""
    return str(world.rows["legal_entity" if kind != "legal_entity" else "unit"][0]["public_id"])


def page_paths(page: PageEntry) -> list[str]:
    """Names of the parameters of a page, in their order."""
    return re.findall(r"<\w+:(\w+)>", str(page.pattern.pattern))


_FIXED: Final[dict[str, list[str]]] = {
    "tab": ["home"],
    "pk": ["1"],
    "sha256": ["0" * 64],
    "line": ["1"],
    "what": ["page", "sign-in", "invoice", "x"],
}
"""Parameters of pages that are no ids."""


def page_at(page: PageEntry, values: dict[str, str]) -> str:
    """The address of a page with these objects."""
    path = str(page.pattern.pattern)
    for name in page_paths(page):
        path = re.sub(rf"<\w+:{name}>", values[name], path)
    return f"/{path}"


def fixed(name: str) -> list[str]:
    """Values of a parameter that is no id; none for ids."""
    return _FIXED.get(name, [])


__all__ = ["NO_ID", "OTHERS", "PREFIX", "Answer", "Call", "Route", "Visitor", "addresses", "objects", "routes"]
