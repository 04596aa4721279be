"""Moves and limits for roles (P2, ADR-0045): nobody takes a unit out of a limit that they may not lift themselves."""

from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

import underlet.access.operations
import underlet.branding.operations  # noqa: F401 (both fill the registry)
from tests import tables
from tests.cast import Cast
from tests.contracts.structure_files import csv_of, problems, take_in
from tests.contracts.test_move_contracts import MAY
from tests.contracts.test_preview_move import access
from tests.contracts.test_scheduled_moves import DAY, stands
from underlet.foundation.clock import frozen
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import writing
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors

NO_MONEY = {"permissions": ["unit_edit", "user_edit", "role_edit"], "masks": ["prices"]}


def invite(cast: Cast, who: str, unit: str, role: str) -> None:
    data = {"email": f"{who}@example.com", "name": who.title(), "role": role}
    run("user.invite", cast.ada, cast.units[unit], data)


@pytest.fixture
def limited(cast: Cast) -> Cast:
    """Ada, above all, limits roles in Birch. Who else edits units on both sides: Ben, who administers Birch and Cedar;
    Cleo, who administers Alder and Cedar and does not see Birch; Ira, an account manager at the top."""
    for who, unit, role in (
        ("ben", "cedar", "administrator"), ("cleo", "cedar", "administrator"), ("ira", "fjord", "key_account_manager"),
        ("bea", "delta", "customer_viewer"),
    ):  # fmt: skip
        invite(cast, who, unit, role)
    run("role_ceiling.set", cast.ada, cast.units["birch"], NO_MONEY)
    return cast


def refused(cast: Cast, who: str, unit: str, parent: str) -> str:
    """Try every way to move a unit, and every look at it; the one sentence that all of them say."""
    actor, key, to = cast.people[who], cast.units[unit], {"parent": cast.units[parent]}
    before, said = tables.take(), []
    for call, name, data in (
        (run, "unit.move", to), (ask, "unit.preview_move", to),
        (run, "unit.schedule_move", to | {"effective_on": DAY.isoformat()}),
        (ask, "unit.preview_move", to | {"on": DAY.isoformat()}),
    ):  # fmt: skip
        with frozen(MAY), pytest.raises(errors.GrantExceedsCeiling) as one:
            call(name, actor, key, data)
        said.append(one.value.as_dict())
    many = {"units": [key]}
    preview = ask("unit.preview_move_many", actor, cast.units[parent], many)
    said.append(preview.units[0].refusal)
    assert not preview.is_allowed
    with pytest.raises(errors.InvalidInput) as all_of_them:
        run("unit.move_many", actor, cast.units[parent], many)
    assert all(one == said[0] for one in said), said
    assert str(said[0]["detail"]) in all_of_them.value.fields["units.0"]
    assert tables.take() == before
    return str(said[0]["detail"])


def test_who_may_not_lift_a_limit_moves_nothing_out_of_it(limited: Cast) -> None:
    """P2, A5: not from one's own part to another, not by editing units on both ends, in whatever way it is asked."""
    for who, unit in (("ben", "alder"), ("ben", "acme"), ("ira", "beta")):
        assert "Birch" in refused(limited, who, unit, "cedar")
    refused(limited, "ira", "alder", "fjord")
    run("unit.move", limited.ben, limited.units["acme"], {"parent": limited.units["birch_lab"]})
    run("unit.move", limited.ben, limited.units["delta"], {"parent": limited.units["birch"]})
    assert (stands(limited, "acme"), stands(limited, "delta")) == ("Birch Lab", "Birch")
    assert not ask("unit.last_move", limited.ben, limited.units["delta"]).may_return
    assert ask("unit.last_move", limited.ada, limited.units["delta"]).may_return


def test_the_unit_of_a_limit_is_not_named_to_who_does_not_see_it(limited: Cast, belts: str) -> None:
    """P2, A3: Cleo sees Alder and Cedar, and learns that there is a limit; not of Birch."""
    said = refused(limited, "cleo", "acme", "cedar")
    assert said == refused(limited, "cleo", "acme", "cedar")
    assert "Birch" not in said


def test_who_may_lift_it_may_move(limited: Cast) -> None:
    """P2: the same right as for lifting the limit itself, of each limit above the unit."""
    run("role_ceiling.set", limited.ben, limited.units["alder"], {"permissions": ["unit_edit"]})
    with pytest.raises(errors.Forbidden):
        run("role_ceiling.clear", limited.ben, limited.units["birch"])
    run("unit.move", limited.ben, limited.units["acme"], {"parent": limited.units["birch"]})
    refused(limited, "ben", "acme", "cedar")
    run("unit.move", limited.ada, limited.units["acme"], {"parent": limited.units["cedar"]})
    run("unit.move", limited.ada, limited.units["acme"], {"parent": limited.units["alder"]})
    refused(limited, "cleo", "acme", "cedar")
    run("role_ceiling.clear", limited.ada, limited.units["birch"])
    refused(limited, "cleo", "acme", "cedar")
    run("unit.move", limited.ben, limited.units["acme"], {"parent": limited.units["cedar"]})


def test_a_limit_goes_along_with_its_unit(limited: Cast) -> None:
    """P2: what moves as a whole stays as limited as it was, so this asks for no more than a move does."""
    before = access(limited.units["alder"])["Cleo"]
    run("unit.move", limited.people["ira"], limited.units["birch"], {"parent": limited.units["cedar"]})
    assert access(limited.units["alder"])["Cleo"] & ~before == access(limited.units["cedar"])["Cleo"] & ~before
    refused(limited, "ira", "alder", "cedar")


def test_a_limit_as_strict_elsewhere_is_another_limit(limited: Cast) -> None:
    """P2: who sets it there could lift it next, and so what was set here."""
    run("role_ceiling.set", limited.ada, limited.units["cedar"], NO_MONEY)
    refused(limited, "ben", "alder", "cedar")


def offered(cast: Cast, who: str, unit: str) -> set[UUID]:
    """All parents to choose from, two on a page."""
    found: set[UUID] = set()
    after = ""
    while True:
        page = ask("unit.parents", cast.people[who], cast.units[unit], {"limit": 2, "after": after})
        found |= {row.id for row in page.items}
        if not page.next:
            return found
        after = page.next


def test_parents_offered_are_those_that_a_preview_accepts(limited: Cast, belts: str) -> None:
    """P2, R10: `unit.parents` knows limits, on full pages: what is outside of them takes no room there."""
    made = run("unit.create", limited.ada, limited.units["cedar"], {"kind": "organization", "name": "Aspen"})
    limited.units["aspen"] = made.body["id"]
    for who, units in (
        ("ben", ("acme", "alder", "delta")),
        ("cleo", ("acme", "delta")),
        ("ira", ("acme", "birch")),
    ):
        accepted: dict[str, set[UUID]] = {unit: set() for unit in units}
        for parent in ("fjord", "birch", "birch_lab", "alder", "cedar", "aspen"):
            asked = {"units": [limited.units[unit] for unit in units]}
            try:
                preview = ask("unit.preview_move_many", limited.people[who], limited.units[parent], asked)
            except (errors.NotFound, errors.Forbidden):
                continue
            for unit, planned in zip(units, preview.units, strict=True):
                accepted[unit] |= {UUID(limited.units[parent])} if planned.outcome != "refused" else set()
        assert accepted == {unit: offered(limited, who, unit) for unit in units}, who
        assert all(accepted.values())


@pytest.mark.parametrize(("unit", "parent"), [("alder", "cedar"), ("delta", "birch"), ("delta", "alder")])
def test_the_preview_tells_what_limits_change(limited: Cast, unit: str, parent: str) -> None:
    """P2, R10, A13: of everybody whose rights in the unit change by a limit left or met, or by a role left behind."""
    clerk = run("role.create", limited.ben, limited.units["birch"], {"name": "Clerk", "masks": ["prices"]})
    invite(limited, "pat", "alder", clerk.body["role"])
    key, to = limited.units[unit], {"parent": limited.units[parent]}
    before = access(key)
    seen = ask("unit.preview_move", limited.ada, key, to).people
    run("unit.move", limited.ada, key, to)
    after = access(key)
    changes = dict.fromkeys(after.keys() - before.keys(), "gains")
    changes |= dict.fromkeys(before.keys() - after.keys(), "loses")
    changes |= {name: "changes" for name in before if name in after and before[name] != after[name]}
    assert {one.name: one.change for one in seen} == changes
    assert changes[{"alder": "Cleo", "delta": "Bea"}[unit]] == "changes"
    assert changes.get("Pat") == {"cedar": "loses", "birch": None, "alder": "gains"}[parent]


def test_a_file_moves_nothing_out_either(limited: Cast) -> None:
    """P2, R10: the line is named, by the dry run and the import, and all stays as it is."""
    content = csv_of([{"name": "Alder", "parent": "Cedar"}, {"name": "beta.example.org", "parent": "Birch Lab"}])
    for check in (True, False):
        tried = take_in(limited, "ira", "fjord", content, check=check)
        assert problems(limited, "ira", tried) == [(2, "parent", "grant_exceeds_ceiling")]
    assert (stands(limited, "alder"), stands(limited, "beta")) == ("Birch", "Birch")
    assert take_in(limited, "ada", "fjord", content).state == "done"


_SET_PARENT = "update unit set parent_id = (select id from unit where name = %s) where name = %s"


def test_the_database_refuses_it_by_itself(limited: Cast) -> None:
    """P2, A5, A8: SQL as people's role, without operations; and several units in one statement."""
    for who in ("ben", "ira"):
        for unit in ("Alder", "beta.example.org"):
            with pytest.raises(IntegrityError) as no, writing(limited.people[who]):
                execute(_SET_PARENT, ["Cedar", unit])
            diagnosis: Any = getattr(no.value.__cause__, "diag", None)
            assert diagnosis.constraint_name == "grant_ceiling"
    with pytest.raises(IntegrityError), writing(limited.ben):
        execute(
            "update unit set parent_id = (select id from unit where name = 'Cedar')"
            " where name in ('Alder', 'acme.example.com', 'delta.example.org')"
        )
    with writing(limited.ben):
        assert execute(_SET_PARENT, ["Birch Lab", "Alder"]) == 1
    with writing(limited.ada):
        assert execute(_SET_PARENT, ["Cedar", "Alder"]) == 1


def _statements(call: Any, *arguments: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        call(*arguments)
    return len(captured)


def test_limits_cost_no_statement_each(limited: Cast) -> None:
    """interface.md §14: as many above a unit, units below it, and parents to choose from as there may be."""
    wide, here = limited.units, limited.units["birch"]

    def count() -> tuple[int, ...]:
        there, home = {"parent": wide["birch_lab"]}, {"parent": wide["alder"]}
        asked = (
            _statements(ask, "unit.parents", limited.ben, wide["acme"]),
            _statements(ask, "unit.preview_move", limited.ben, wide["acme"], there),
            _statements(run, "unit.move", limited.ben, wide["acme"], there),
        )
        run("unit.move", limited.ben, wide["acme"], home)
        return asked

    count()  # what only the first one asks
    few = count()
    for number in range(12):
        run("unit.create", limited.ben, here, {"kind": "organization", "name": f"Team {number}"})
        run("unit.create", limited.ben, wide["alder"], {"kind": "customer", "name": f"n{number}.example.io"})
    run("role_ceiling.set", limited.ben, wide["alder"], NO_MONEY)
    run("role_ceiling.set", limited.ben, wide["birch_lab"], NO_MONEY)
    assert count() == few
