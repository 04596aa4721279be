"""The content security policy, on every answer that there is: generated from the table of addresses (S8)."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.interfaces.web.browser import Person
from tests.world import NO_ID, World
from underlet.interfaces.web import bind, theme

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
LOGO = {"default-src": "'none'", "sandbox": ""}
"""Of an uploaded drawing: it may do nothing at all."""
FILES = {
    "name": "1d4ed8-000000000000.css",
    "uid": "x",
    "token": "x",
    "sha256": "0" * 64,
    "tab": "invoices",
    "line": "1",
}


def _patterns(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _patterns(pattern, route)


def _addresses(world: World) -> Iterator[tuple[str, bool]]:
    """Every address, with things that are there, and again with things that are not."""

    def fill(found: re.Match[str], absent: bool) -> str:
        name = found[2]
        things = world.ids.get("import" if name == "usage_import" else name)
        if things is None or absent:
            return FILES.get(name, NO_ID)
        return things["fjord"] if name == "unit" else next(iter(things.values()))

    for route in dict.fromkeys(_patterns(get_resolver())):
        plain = re.sub(r"\^|\$|\\Z", "", route)
        for absent in (False, True):
            filled = re.sub(r"<(?:(\w+):)?(\w+)>", lambda found, absent=absent: fill(found, absent), plain)
            yield f"/{filled}", not absent
    for address in ("/no/such/page", "/api/v1/no/such/route", theme.style_address(), theme.script_address()):
        yield address, True
    for name in ("underlet/icon.svg", "underlet/css/underlet.css", "no/such/file.js"):
        yield f"/static/{name}", True


class _Inline(HTMLParser):
    """What of a page the policy would refuse, or would have to allow."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if (
            tag == "style"
            or "style" in given
            or any(name.startswith(("on", "hx-on", "hx-vars")) for name in given)
        ):
            self.found.append(f"{tag} {given}")
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.found.append("script without src")
        if any("javascript:" in (value or "") for value in given.values()):
            self.found.append(f"{tag} {given}")
        if "[" in (given.get("hx-trigger") or ""):
            self.found.append(f"trigger {given['hx-trigger']}")


def _check(answer: Any, address: str) -> None:
    header = answer.headers.get("Content-Security-Policy", "")
    given = dict(part.strip().partition(" ")[::2] for part in header.split(";") if part.strip())
    assert given == (LOGO if "/logo/" in address and answer.status_code == 200 else POLICY), (address, header)
    assert "unsafe" not in header
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        parser = _Inline()
        parser.feed(content.decode())
        assert parser.found == [], address


def test_every_answer_has_the_strict_policy_and_nothing_inline(world: World) -> None:
    """S8: pages, API, files, redirects, refusals, wrong methods; signed in, as a fragment, and as nobody."""
    ada, nobody = Person(world, "ada"), Client()
    statuses, count = set(), 0
    for address, is_there in _addresses(world):
        answers = [ada.get(address)]
        if is_there:
            answers += [ada.get(address, fragment=True), nobody.get(address), nobody.put(address)]
        if is_there and "logout" not in address:
            answers.append(ada.post(address))
        for answer in answers:
            _check(answer, address)
            statuses.add(answer.status_code)
            count += 1
    assert {200, 302, 401, 404, 405, 422} <= statuses
    assert count > 300


def test_a_failure_has_the_policy_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """S8, S13: the page of an error in the software, of a bad host, of a missing token."""

    def broken(*_: object) -> None:
        raise RuntimeError("canary")

    ada = Person(world, "ada", tokens=True)
    ada.client.raise_request_exception = False
    forged = ada.post("/me", {"theme": "dark"})
    assert forged.status_code == 403
    host = ada.client.get("/me", headers={"Host": "elsewhere.example.com"})
    assert host.status_code == 400
    monkeypatch.setattr(bind, "visitor", broken)
    failed = ada.get("/me")
    assert failed.status_code == 500
    assert b"canary" not in failed.content
    for answer in (forged, host, failed):
        _check(answer, "/me")


def test_no_script_or_style_of_ours_builds_code_from_texts() -> None:
    """Neither eval nor inserted style elements: the policy would stop both."""
    for name in (*theme.SCRIPTS[1:], "underlet/css/underlet.css"):
        found = finders.find(name)
        assert found is not None
        with open(found, encoding="utf-8") as file:
            text = file.read()
        assert not re.search(r"\beval\(|new Function|\.innerHTML|document\.write|setAttribute\(\"style", text), (
            name
        )


@pytest.mark.parametrize(
    "planted",
    ['<p style="x">', "<style>p{}</style>", "<script>1</script>", '<a onclick="x">', '<i hx-trigger="k[y]">'],
)
def test_the_search_for_inline_code_finds_it(planted: str) -> None:
    """A detector counts only after it failed on a planted fault."""
    parser = _Inline()
    parser.feed(planted)
    assert parser.found
