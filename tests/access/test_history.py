"""Who changed what when, before and after, of one unit (ADR-0030)."""

from datetime import timedelta
from typing import LiteralString

import pytest
from django.db import DatabaseError

from tests.cast import Cast
from underlet.access.types import HistoryEntry
from underlet.foundation.actor import Actor
from underlet.foundation.clock import frozen, now
from underlet.foundation.database.sql import execute, rows
from underlet.foundation.database.transactions import reading, system, writing
from underlet.foundation.operations import run
from underlet.foundation.reads import ask

HOUR = timedelta(hours=1)


@pytest.fixture
def belts_cast(cast: Cast, belts: str) -> Cast:
    """The cast with both belts, then with each alone."""
    return cast


def history(who: Actor, unit: str, limit: int = 3) -> list[HistoryEntry]:
    """All of it, a few at a time."""
    found: list[HistoryEntry] = []
    after = ""
    while True:
        page = ask("unit.history", who, unit, {"limit": limit, "after": after})
        found += page.items
        if not page.next:
            return found
        after = page.next


def told(entry: HistoryEntry) -> dict[str, tuple[str | None, str | None]]:
    return {change.field: (change.before, change.after) for change in entry.changes}


def test_each_change_says_who_when_and_what_it_was_before(cast: Cast) -> None:
    """B3: rename, texts, move, a legal entity of its own, an invitation: newest first, each with its time."""
    lab, moment = cast.units["birch_lab"], now() + HOUR
    steps = (
        ("unit.update", {"name": "Birch Research"}),
        ("unit.update", {"code": "B-7", "display_name": "Research"}),
        ("unit.move", {"parent": cast.units["alder"]}),
        ("legal_entity.update", {"city": "Bergen"}),
        ("user.invite", {"email": "new@example.com", "name": "New", "role": "viewer"}),
    )
    for number, (name, data) in enumerate(steps):
        with frozen(moment + number * HOUR):
            run(name, cast.ben, lab, data)
    found = history(cast.ben, lab)
    assert [entry.at for entry in found[:5]] == [moment + number * HOUR for number in (4, 3, 2, 1, 0)]
    assert [entry.kind for entry in found] == ["done", *["changed"] * 4, "done", "created"]
    by_time = {entry.at: entry for entry in found}
    assert told(by_time[moment]) == {"name": ("Birch Lab", "Birch Research")}
    assert told(by_time[moment + HOUR]) == {"code": ("", "B-7"), "display_name": ("", "Research")}
    assert told(by_time[moment + 2 * HOUR]) == {"parent": ("Birch", "Alder")}
    assert told(by_time[moment + 3 * HOUR]) == {"legal_entity": ("inherited", "own")}
    assert {entry.actor for entry in found[:5]} == {"Ben"}
    created = found[-1]
    assert created.kind == "created"
    assert told(created)["name"] == ("", "Birch Lab")
    assert told(created)["parent"] == ("", "Birch")


def test_operations_on_a_unit_show_to_its_auditors(belts_cast: Cast) -> None:
    """A8, A11: what changed no field is told to who may audit; what is about an edge, on the unit's own side alone."""
    cast = belts_cast
    run("user.invite", cast.ben, cast.units["birch"], {"email": "n@example.com", "name": "N", "role": "viewer"})
    run("brand.update", cast.ben, cast.units["birch"], {"product_name": "Birch"})
    terms = {"currency": "EUR", "rules": [{"verb": "pass_through"}], "starts_on": "2026-01-01"}
    run("contract.create", cast.ada, cast.units["fjord"], {"buyer": cast.units["birch"], **terms})
    run("contract.create", cast.ben, cast.units["birch"], {"buyer": cast.units["beta"], **terms})
    own = history(cast.ben, cast.units["birch"])
    assert [(entry.kind, entry.operation) for entry in own[:3]] == [
        ("done", "contract.create"), ("done", "brand.update"), ("done", "user.invite"),
    ]  # fmt: skip
    assert {entry.actor for entry in own[:3]} == {"Ben"}
    for what, kinds in (("fields", {"created"}), ("operations", {"done"})):
        some = ask("unit.history", cast.ben, cast.units["birch"], {"what": what}).items
        assert {entry.kind for entry in some} == kinds
    oldest = ask("unit.history", cast.ben, cast.units["birch"], {"sort": "at", "limit": 2})
    rest = ask("unit.history", cast.ben, cast.units["birch"], {"sort": "at", "after": oldest.next})
    assert [*oldest.items, *rest.items] == own[::-1]
    above = [entry.operation for entry in history(cast.ada, cast.units["birch"]) if entry.kind == "done"]
    assert "contract.create" not in above, "Ada is no party to it"
    assert above[:2] == ["brand.update", "user.invite"]
    viewer = history(cast.ira, cast.units["birch_lab"])
    assert {entry.operation for entry in viewer} == {""}, "a viewer does not audit"


def test_names_show_as_far_as_the_reader_sees(belts_cast: Cast) -> None:
    """A1, A8: a parent that is hidden now is no name; a person neither, unless one may see who has access."""
    cast, moment = belts_cast, now() + HOUR
    with frozen(moment):
        run("unit.move", cast.ada, cast.units["beta"], {"parent": cast.units["cedar"]})
    [moved] = [entry for entry in history(cast.eve, cast.units["beta"]) if entry.at == moment]
    assert told(moved) == {"parent": (None, "Cedar")}
    assert moved.actor == "", "Ada's roles lie above Cedar"
    [for_ada] = [entry for entry in history(cast.ada, cast.units["beta"]) if entry.at == moment]
    assert told(for_ada) == {"parent": ("Birch", "Cedar")}
    assert for_ada.actor == "Ada"
    assert {entry.actor for entry in history(cast.ira, cast.units["birch_lab"])} == {""}


def test_an_api_key_acts_for_its_owner(cast: Cast) -> None:
    from underlet.access.queries import actor_by_token

    secret = run("token.create", cast.ben, None, {"name": "nightly"}).body["secret"]
    run("unit.update", actor_by_token(secret), cast.units["birch_lab"], {"code": "K"})
    newest = history(cast.ben, cast.units["birch_lab"])[0]
    assert (newest.actor, newest.by_key) == ("Ben", True)


def test_pages_are_the_whole_without_gap_or_repetition(cast: Cast) -> None:
    for number in range(7):
        run("unit.update", cast.ben, cast.units["birch_lab"], {"code": f"C-{number}"})
    whole = ask("unit.history", cast.ben, cast.units["birch_lab"], {"limit": 100}).items
    assert history(cast.ben, cast.units["birch_lab"], 2) == list(whole)
    assert [entry.kind for entry in whole] == [*["changed"] * 7, "done", "created"]


REFUSED: dict[str, LiteralString] = {
    "rewriting": "update unit_version set name = 'x'",
    "forgetting": "delete from unit_version",
    "inventing": (
        "insert into unit_version (unit_id, from_at, change_id, hierarchy_id, public_id, parent_id, kind, name,"
        " name_key, display_name, organization_number, time_zone, code, price_type, state, anchors)"
        " select unit_id, '2001-01-01', -1, hierarchy_id, public_id, parent_id, kind, name,"
        " name_key, '', '', '', '', '', 'active', false"
        " from unit_version"
    ),
    "emptying": "truncate unit_version",
    "forgetting what is gone": "delete from removed_unit",
    "taking over what is gone": "update removed_unit set kept_id = 1",
    "what an audited operation was told": "select input from audit_entry",
    "what it answered": "select after from audit_entry",
}


@pytest.mark.parametrize("case", REFUSED)
def test_people_cannot_rewrite_the_past(cast: Cast, case: str) -> None:
    """A5, S9: SQL as the application's role is refused."""
    with pytest.raises(DatabaseError, match="permission denied"), writing(cast.ben):
        execute(REFUSED[case])


def test_a_state_that_is_over_is_final_for_the_software_too(cast: Cast) -> None:
    """S9."""
    run("unit.update", cast.ben, cast.units["birch_lab"], {"code": "B-8"})
    for text in ("update unit_version set name = 'x' where to_at is not null", "delete from unit_version"):
        with pytest.raises(DatabaseError, match="never change"), system():
            execute(text)  # type: ignore[arg-type]


def test_sql_as_a_person_sees_the_past_of_visible_units_alone(cast: Cast) -> None:
    """A1, A8: the policies, asked directly."""
    run("unit.remove", cast.uma, cast.units["physics"])
    run("unit.move", cast.ada, cast.units["beta"], {"parent": cast.units["cedar"]})
    for who, sees in (("ben", {"Birch", "Alder"}), ("uma", {"Department of Physics", "Harbor"})):
        with reading(cast.people[who]):
            names = {name for (name,) in rows("select name from unit_version")}
        assert sees <= names
        assert not names & {"Fjord", "Cedar", "beta.example.org", *({"Department of Physics"} - sees)}
