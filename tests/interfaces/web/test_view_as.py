"""P32, S9: viewing as somebody in a browser, and the pages of the audit trail."""

import json
import re
from datetime import timedelta

import pytest

from tests.interfaces.web.browser import Person, text_of
from tests.world import World
from underlet.foundation.clock import frozen, now
from underlet.foundation.database.sql import scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.reads import ask


def begin(world: World, mode: str = "view") -> Person:
    """Ben as Cleo."""
    ben = Person(world, "ben")
    cleo = str(ask("user.me", world.cast.cleo).id)
    assert "Cleo" in text_of(ben.get(ben.at("view_as", "alder")))
    sent = {"person": cleo, "reason": "She asked for help", "mode": mode}
    answer = ben.client.post(ben.at("view_as_start", "alder"), sent)
    assert answer.status_code == 302, text_of(answer)
    return ben


def test_a_banner_is_on_every_page_until_it_ends(world: World) -> None:
    """P32: with both names, the time left and the button; also on refusals; gone once it is over."""
    ben = begin(world)
    for path in (ben.at("home", "alder"), ben.at("users", "alder"), "/me", "/jobs", ben.at("home", "birch")):
        page = text_of(ben.get(path))
        assert 'class="viewing"' in page, path
        assert re.search(r"<strong>Ben</strong>.*<strong>Cleo</strong>", page)
        assert "30 minutes left" in page
        assert 'action="/view-as/end"' in page
    assert ben.get(ben.at("home", "birch")).status_code == 404, "Cleo does not see it"
    with frozen(now() + timedelta(minutes=29, seconds=30)):
        assert "1 minute left" in text_of(ben.get("/me"))
    ben.client.post("/view-as/end")
    page = ben.get(ben.at("home", "birch"))
    assert page.status_code == 200
    assert 'class="viewing"' not in text_of(page)
    cleo = Person(world, "cleo")
    assert "She asked for help" in text_of(cleo.get("/me/viewings"))


def test_nothing_can_be_written_and_the_api_says_so_too(world: World) -> None:
    """P32: pages and the API with the same cookie."""
    ben = begin(world)
    answer = ben.client.post("/me", {"language": "de", "theme": "dark"})
    assert answer.status_code == 403
    assert "changes nothing" in text_of(answer)
    assert 'class="viewing"' in text_of(answer)
    unit = world.ids["unit"]["acme"]
    answer = ben.client.patch(f"/api/v1/units/{unit}", json.dumps({"code": "x"}), content_type="application/json")
    assert answer.status_code == 403
    assert ben.client.get(f"/api/v1/units/{world.ids['unit']['birch']}").status_code == 404


def test_what_is_sent_after_the_end_is_not_done_as_oneself(world: World) -> None:
    """P32: a form that was open when the time ran out."""
    ben = begin(world, "act")
    count = "select count(*) from audit_entry where operation = 'user.update_me'"
    with system():
        before = scalar(count)
    with frozen(now() + timedelta(minutes=31)):
        assert ben.client.post("/me", {"language": "de", "theme": "dark"}).status_code == 403
        with system():
            assert scalar(count) == before
        assert ben.client.post("/me", {"language": "en", "theme": "dark"}).status_code == 302
    ben = begin(world, "act")
    with frozen(now() + timedelta(minutes=31)):
        stale = ben.get("/me", fragment=True)
        assert stale.headers.get("HX-Refresh") == "true"


def test_the_audit_page_filters_and_exports(world: World) -> None:
    """S9: who, what, where, when; as CSV and JSON; an entry with what it changed."""
    ben = Person(world, "ben")
    at = ben.at("audit", "birch")
    page = text_of(ben.get(f"{at}?operation=brand.update&within=unit&who=ben"))
    assert page.count("<tr>") == 2, "the head and one"
    assert "Brand changed" in page
    assert "Nothing of that kind" in text_of(ben.get(f"{at}?until=2001-01-01"))
    lines = b"".join(ben.client.get(f"{at}?export=csv").streaming_content).decode().splitlines()
    rows = json.loads(b"".join(ben.client.get(f"{at}?export=json").streaming_content))
    assert len(lines) - 1 == len(rows) > 3
    entry = ben.get(ben.at("audit_entry", "birch", audit_entry=world.ids["audit_entry"]["birch unit"]))
    assert "canary-brand-birch" in text_of(entry)
    ada = Person(world, "ada")
    seen = text_of(ada.get(ada.at("audit_entry", "fjord", audit_entry=world.ids["audit_entry"]["birch unit"])))
    assert "Values are not shown to you" in seen


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("check=1", "The chain is whole"),
        (f"check=1&head_seq=1&head_hash={'0' * 64}", "Entry 1 is another"),
        (f"check=1&head_seq=99999&head_hash={'0' * 64}", "The end is missing"),
        ("check=1&head_seq=x", "field-error"),
    ],
)
def test_the_chain_is_checked_on_its_page(world: World, query: str, said: str) -> None:
    """S9: what became of it, and what to do."""
    ada = Person(world, "ada")
    page = text_of(ada.get(f"{ada.at('audit_chain', 'fjord')}?{query}"))
    assert said in page or (said == "field-error" and "error" in page)
    head = ask("audit.head", world.cast.ada, world.ids["unit"]["fjord"])
    assert head.hash in page
    assert ada.get(ada.at("audit_chain", "birch")).status_code == 404
