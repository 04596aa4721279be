"""What surrounds the pages: recent units, the panel, trays, the switch, one's own language and theme."""

import re

import pytest

from tests.interfaces.web.browser import Person, text_of
from tests.world import World
from underlet.access.models import User
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.interfaces.web import theme


def _between(text: str, start: str, end: str) -> str:
    return text.partition(start)[2].partition(end)[0]


def _main(person: Person, page: str, unit: str) -> str:
    return _between(text_of(person.get(person.at(page, unit))), "<main", "</main>")


def _recent(page: str) -> list[str]:
    return re.findall(r"<span>([^<]+)</span>", _between(page, '<div class="recent">', "</div>"))


def test_recent_units_are_the_last_five_before_this_one(world: World) -> None:
    """interface.md §4: the newest first, each once, leading to the same page there (R15)."""
    ada = Person(world, "ada")
    for unit in ("fjord", "birch", "alder", "acme", "cedar", "delta", "birch", "fjord"):
        page = text_of(ada.get(ada.at("users", unit)))
    assert _recent(page) == ["Birch", "delta.example.org", "Cedar", "acme.example.com", "Alder"]
    assert ada.at("go", "birch", tab="users") in _between(page, '<div class="recent">', "</div>")


def test_a_recent_unit_is_forgotten_with_the_right_to_see_it(world: World) -> None:
    """A6: it is looked up at each read, not remembered by name."""
    ira = Person(world, "ira")
    run(
        "user.invite",
        world.cast.ada,
        world.ids["unit"]["cedar"],
        {"email": "ira@example.com", "name": "Ira", "role": "viewer"},
    )
    ira.get(ira.at("home", "cedar"))
    address = ira.at("home", "birch_lab")
    assert _recent(text_of(ira.get(address))) == ["Cedar"]
    run("grant.revoke", world.cast.ada, world.ids["unit"]["cedar"], {"email": "ira@example.com", "role": "viewer"})
    page = text_of(ira.get(address))
    assert _recent(page) == []
    assert "Cedar" not in page


def test_the_panel_comes_with_the_page(world: World) -> None:
    """The way down to the context unit is open, with what lies beside each step; nothing has to be fetched."""
    ada = Person(world, "ada")
    panel = _between(text_of(ada.get(ada.at("home", "alder"))), 'id="panel-tree"', "</nav>")
    names = re.findall(r"<span>([^<]+)</span>", panel)
    assert names[:4] == ["Fjord", "Birch", "Alder", "acme.example.com"]
    assert {"Birch Lab", "Cedar"} < set(names)
    assert "delta.example.org" not in names
    assert 'hx-trigger="load"' not in panel


def test_the_panel_begins_at_the_topmost_visible_unit(world: World) -> None:
    """interface.md §3: Ben learns nothing of what lies above Birch and beside it."""
    ben = Person(world, "ben")
    page = text_of(ben.get(ben.at("home", "alder")))
    names = re.findall(r"<span>([^<]+)</span>", _between(page, 'id="panel-tree"', "</nav>"))
    assert names[0] == "Birch"
    assert "Cedar" not in page


@pytest.mark.parametrize(("who", "unit"), [("ada", "fjord"), ("ben", "birch"), ("ben", "alder"), ("dan", "acme")])
def test_what_waits_is_counted_in_the_header_as_on_the_home_page(world: World, who: str, unit: str) -> None:
    """P24: one source; the tray, its page and the API agree."""
    person = Person(world, who)
    answer = ask("home.waiting", world.cast.people[who], world.ids["unit"][unit])
    home = ask("home.show", world.cast.people[who], world.ids["unit"][unit])
    steps = ("no_unit", "no_import")
    assert [one for one in home.to_do if one.kind not in steps] == list(answer.to_do)
    count = sum(one.count for one in answer.to_do)
    page = text_of(person.get(person.at("users" if who != "dan" else "invoices", unit)))
    tray = _between(page, 'popovertarget="waiting-tray"', "</button>")
    assert (f"({count})" in tray) == (count > 0)
    for text in (_between(page, 'id="waiting-tray"', "</div>"), _main(person, "waiting", unit)):
        assert text.count("wait to be issued") == sum(
            one.kind == "drafts" and one.count > 1 for one in answer.to_do
        )


def test_drafts_wait_for_who_may_issue_them(world: World) -> None:
    """The world has some, so that the test above compares something."""
    found = {one.kind: one.count for one in ask("home.waiting", world.cast.ada, world.ids["unit"]["fjord"]).to_do}
    assert found["drafts"] == 2
    assert found["unassigned"] == 1


def test_the_jobs_tray_shows_what_runs_and_what_failed_until_one_looked(world: World) -> None:
    """interface.md §4, §11: it asks again while something runs, and stops."""
    ada = Person(world, "ada")
    address = ada.at("users", "fjord")
    job = ask("job.list", world.cast.ada).items[0].id
    assert 'id="jobs-tray" data-count="0"' in text_of(ada.get(address))
    with system():
        execute("update job set state = 'running', finished_at = null where public_id = %s", [job])
    tray = _between(text_of(ada.get(address)), 'id="jobs-menu"', "</header>")
    assert 'data-count="1"' in tray
    assert re.search(r'hx-trigger="every \d+s"', tray)
    assert "<progress" in text_of(ada.get("/jobs/current", fragment=True))
    with system():
        execute(
            "update job set state = 'failed', finished_at = now(), error = %s where public_id = %s",
            ['{"detail": "No."}', job],
        )
    fragment = text_of(ada.get("/jobs/current", fragment=True))
    assert 'data-count="1"' in fragment
    assert "hx-trigger" not in fragment
    ada.get("/jobs")
    assert 'data-count="0"' in text_of(ada.get("/jobs/current", fragment=True))
    assert 'id="jobs-tray" data-count="0"' in text_of(Person(world, "cleo").get("/jobs/current", fragment=True))


def _switch(page: str) -> list[str]:
    return re.findall(r'<a href="([^"]+)"', _between(page, '<nav class="segments" aria-label="Whose"', "</nav>"))


def test_the_switch_leads_to_the_own_organization_and_to_a_choice(world: World) -> None:
    """R40, R41: left the own users, right the customers whose users one administers."""
    ben = Person(world, "ben")
    own, choice = _switch(text_of(ben.get(ben.at("users", "acme"))))
    assert ben.client.get(own, follow=True).request["PATH_INFO"] == ben.at("users", "birch")
    listed = set(
        re.findall(r'href="/u/([^/]+)/go/users"', _between(text_of(ben.get(choice)), "<tbody>", "</tbody>"))
    )
    assert listed == {world.ids["unit"][name] for name in ("acme", "beta", "gamma", "gamma_finance")}
    beta = ben.client.get(ben.at("go", "beta", tab="users"), follow=True)
    assert beta.request["PATH_INFO"] == ben.at("users", "beta")
    assert "beta.example.org" in _between(text_of(beta), 'aria-label="Whose"', "</nav>")


def test_a_customers_administrator_never_sees_the_switch(world: World) -> None:
    """R42: nor anybody else's name in the list behind it, whatever they ask for."""
    dan = Person(world, "dan")
    page = text_of(dan.get(dan.at("users", "acme")))
    assert "<h1>" in page
    assert _switch(page) == []
    assert ask("user.customers", world.cast.dan).items == ()
    assert "example.org" not in text_of(dan.get(dan.at("customer_choice", "acme")))


def test_a_viewer_of_customers_administers_none_of_them(world: World) -> None:
    """R42: seeing a customer is not enough."""
    viewer = {"email": "vic@example.com", "name": "Vic", "role": "viewer"}
    run("user.invite", world.cast.ada, world.ids["unit"]["fjord"], viewer)
    from underlet.access.queries import actor_of

    assert ask("user.customers", actor_of(User.objects.get(email_key="vic@example.com"))).items == ()


def test_language_and_theme_follow_the_person_to_another_browser(world: World) -> None:
    """Not a cookie: the next sign-in elsewhere finds them."""
    assert Person(world, "ada").post("/me", {"language": "de", "theme": "dark"}).status_code == 302
    page = text_of(Person(world, "ada").get("/me"))
    assert '<html lang="de" data-theme="dark">' in page
    assert '<html lang="en" data-theme="auto">' in text_of(Person(world, "ben").get("/me"))


def test_start_finds_a_root_by_its_name(world: World) -> None:
    """interface.md §3: people with several topmost units choose from a searchable list."""
    pat = Person(world, "pat")
    assert pat.client.get("/").headers["Location"] == "/start"
    everything = text_of(pat.get("/start"))
    names = [row.name for row in ask("unit.mine", world.cast.people["pat"]).items]
    assert len(names) > 1
    found = _between(text_of(pat.get(f"/start?q={names[0][:6].upper()}")), "<tbody>", "</tbody>")
    assert all(name in _between(everything, "<tbody>", "</tbody>") for name in names)
    assert names[0] in found
    assert names[1] not in found


def test_the_style_sheet_holds_the_design_and_the_brand() -> None:
    """interface.md §9: one file, its address tells the colour and nothing else, and changes with the content."""
    name, text = theme.style_sheet("#b45309")
    assert name.startswith("b45309-")
    assert "@layer" in text
    assert "--brand: " in text.rpartition(":root")[2]
    assert theme.style_sheet("#b45308")[0] != name


def test_nobody_changes_another_persons_language(world: World) -> None:
    """A5: not even by SQL as the application's role, although Ben sees Dan."""
    from underlet.foundation.database.transactions import writing

    with writing(world.cast.ben):
        touched = execute("update app_user set theme = 'dark' where email_key = 'dan@example.com'")
    assert touched == 0
    with system():
        entries = scalar("select count(*) from audit_entry where operation = 'user.update_me'")
    run("user.update_me", world.cast.ben, None, {"theme": "dark"})
    with system():
        assert scalar("select count(*) from audit_entry where operation = 'user.update_me'") == entries + 1
