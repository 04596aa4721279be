"""unit.around: the levels around the way to a unit, and units named; and what comes along with a unit."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import underlet.organization.around  # noqa: F401 (registers the query)
from tests.cast import Cast
from underlet.foundation.database.transactions import once, reading
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors
from underlet.organization.queries import find_unit, permissions_in, unit_view


def _levels(cast: Cast, who: str, unit: str, **given: object) -> list[str]:
    return [row.name for row in ask("unit.around", cast.people[who], cast.units[unit], given).below]


def test_levels_hold_what_one_sees_organizations_first(cast: Cast, belts: str) -> None:
    """interface.md §3, A8: nothing above or beside the topmost visible unit, with either belt alone."""
    below_birch = ["Alder", "Birch Lab", "beta.example.org", "finance.gamma.example.net", "lab.gamma.example.net"]
    near = ask("unit.around", cast.ben, cast.units["alder"])
    assert sorted(row.name for row in near.below) == sorted(["acme.example.com", "Birch", *below_birch])
    assert [row.name for row in near.below if str(row.parent_id) == cast.units["birch"]] == below_birch
    [birch] = [row for row in near.below if row.name == "Birch"]
    assert birch.parent_id is None
    assert birch.children == 5
    assert _levels(cast, "dan", "acme") == ["acme.example.com"]


def test_a_level_is_cut_after_the_limit(cast: Cast) -> None:
    """Each level for itself, in its order."""
    assert _levels(cast, "ben", "birch", limit=2) == ["Alder", "Birch", "Birch Lab"]


def test_named_units_are_told_only_where_they_are_visible(cast: Cast, belts: str) -> None:
    """A1, A4: a hidden one is as one that is not there; the order is the asker's."""
    named = [cast.units["cedar"], cast.units["beta"], "00000000-0000-4000-8000-000000000000", cast.units["alder"]]
    found = ask("unit.around", cast.ben, cast.units["birch"], {"named": named}).named
    assert [link.name for link in found] == ["beta.example.org", "Alder"]
    with pytest.raises(errors.InvalidInput):
        ask("unit.around", cast.ben, cast.units["birch"], {"named": named * 3})


def test_it_takes_one_statement_however_deep(cast: Cast) -> None:
    """interface.md §14: beside finding the unit."""
    counts = set()
    for unit in ("fjord", "alder"):
        with CaptureQueriesContext(connection) as captured:
            ask("unit.around", cast.ada, cast.units[unit], {"named": [cast.units["beta"]]})
        counts.add(sum(query["sql"].startswith("(SELECT") or "FROM" in query["sql"] for query in captured))
    assert counts == {2}


@pytest.mark.parametrize(
    ("who", "unit"), [("ada", "fjord"), ("ben", "alder"), ("dan", "acme"), ("ira", "birch_lab")]
)
def test_what_comes_with_a_unit_is_what_asking_says(cast: Cast, belts: str, who: str, unit: str) -> None:
    """A7: way, legal entity and permissions of `unit.show` equal those asked one by one."""
    actor = cast.people[who]
    with reading(actor):
        view = ask("unit.show", actor, cast.units[unit])
        found = find_unit(actor, view.id)
        assert found is not None
        assert view == unit_view(actor, found)
        assert int(permissions_in(found)) == found.held  # type: ignore[attr-defined]  # annotated


def test_what_holds_on_a_unit_alone_is_told_apart(cast: Cast, belts: str) -> None:
    """A7: of an administrator of Birch alone, with a viewer's role there and below, both ways of asking say so."""
    for role, scope in (("administrator", "unit"), ("viewer", "subtree")):
        data = {"email": "ira@example.com", "name": "Ira", "role": role, "scope": scope}
        run("user.invite", cast.ben, cast.units["birch"], data)
    with reading(cast.ira):
        view = ask("unit.show", cast.ira, cast.units["birch"])
        found = find_unit(cast.ira, view.id)
        assert found is not None
        assert view == unit_view(cast.ira, found)
        assert "unit_edit" in view.permissions
        assert "read" in view.permissions_below
        assert "unit_edit" not in view.permissions_below


def test_what_a_snapshot_remembers_ends_with_it(cast: Cast) -> None:
    """A6: a right taken back binds on the next request."""
    assert ask("unit.show", cast.ira, cast.units["birch_lab"]).name == "Birch Lab"
    run("grant.revoke", cast.ben, cast.units["birch_lab"], {"email": "ira@example.com", "role": "viewer"})
    with pytest.raises(errors.NotFound):
        ask("unit.show", cast.ira, cast.units["birch_lab"])
    asked: list[int] = []
    for _ in range(2):
        with reading(cast.ada):
            for _ in range(3):
                once("key", lambda: asked.append(1))
    assert len(asked) == 2
    once("key", lambda: asked.append(1))
    once("key", lambda: asked.append(1))
    assert len(asked) == 4
