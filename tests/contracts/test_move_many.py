"""unit.move_many: several units below one organization, all or none, and harmless when repeated (R10, R11)."""

from typing import Any

import pytest

from tests import tables
from tests.cast import Cast
from tests.contracts.test_contract import create
from tests.contracts.test_move_contracts import MAY
from tests.organization.truth import check_structure
from underlet.contracts.move_types import MOST_MOVED, MoveManyPreview
from underlet.foundation.clock import frozen
from underlet.foundation.database.sql import rows, scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors

NO_ID = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def chain(cast: Cast) -> Cast:
    """Fjord sells to Birch and Cedar, Birch to Alder and beta, Alder to acme."""
    for who, seller, buyer in (
        ("ada", "fjord", "birch"), ("ada", "fjord", "cedar"), ("ben", "birch", "alder"), ("ben", "birch", "beta"),
        ("cleo", "alder", "acme"),
    ):  # fmt: skip
        create(cast, who, seller, buyer)
    return cast


def _raw(cast: Cast, units: tuple[str, ...]) -> dict[str, Any]:
    return {"units": [cast.units.get(unit, unit) for unit in units]}


def move_many(cast: Cast, who: str, parent: str, *units: str) -> dict[str, Any]:
    with frozen(MAY):
        body: dict[str, Any] = run("unit.move_many", cast.people[who], cast.units[parent], _raw(cast, units)).body
    return body


def preview(cast: Cast, who: str, parent: str, *units: str) -> MoveManyPreview:
    with frozen(MAY):
        found: MoveManyPreview = ask(
            "unit.preview_move_many", cast.people[who], cast.units[parent], _raw(cast, units)
        )
    return found


def parents() -> dict[str, str]:
    """Name of each unit's parent."""
    with system():
        return dict(rows("select u.name, p.name from unit u join unit p on p.id = u.parent_id"))


def test_several_units_move_at_once_with_what_stands_below(chain: Cast) -> None:
    """R10, R11: as the preview says; contracts and access too, in one transaction with one audit entry."""
    before = tables.take()
    seen = preview(chain, "ada", "cedar", "alder", "beta", "delta")
    assert tables.take() == before
    assert (seen.is_allowed, seen.moves, seen.stays, seen.refused) == (True, 2, 1, 0)
    assert [(one.name, one.outcome, one.organizations, one.customers) for one in seen.units] == [
        ("Alder", "moves", 1, 1), ("beta.example.org", "moves", 0, 1), ("delta.example.org", "stays", 0, 1),
    ]  # fmt: skip
    assert [(one.people_gain, one.people_lose) for one in seen.units] == [(1, 1), (1, 1), (0, 0)]
    moved = move_many(chain, "ada", "cedar", "alder", "beta", "delta")
    assert (moved["moved"], moved["unchanged"], moved["contracts_ended"]) == (2, 1, seen.contracts_ended)
    assert [str(id_) for id_ in moved["ids"]] == [chain.units[one] for one in ("alder", "beta", "delta")]
    found = parents()
    assert (found["Alder"], found["beta.example.org"], found["acme.example.com"]) == ("Cedar", "Cedar", "Alder")
    with system():
        assert scalar("select count(*) from contract where state = 'draft' and cut_on = '2026-06-01'") == 2
        assert scalar("select count(*) from audit_entry where operation = 'unit.move_many'") == 1
        assert scalar("select version from unit where name = 'delta.example.org'") == 1
    assert ask("unit.last_move", chain.ada, chain.units["beta"]).former.name == "Birch"
    check_structure()


def test_moving_again_changes_nothing(chain: Cast) -> None:
    """R10: what is there already stays unchanged, version and contracts included."""
    move_many(chain, "ada", "cedar", "alder", "beta")
    with system():
        before = rows("select id, parent_id, version, anc from unit order by id"), rows("select * from contract")
    again = move_many(chain, "ada", "cedar", "beta", "alder", "beta")
    assert (again["moved"], again["unchanged"], again["contracts_ended"], again["drafts_made"]) == (0, 2, 0, 0)
    with system():
        assert before == (
            rows("select id, parent_id, version, anc from unit order by id"),
            rows("select * from contract"),
        )


def test_a_unit_and_one_below_it_both_move_there(chain: Cast) -> None:
    """R10: each of the units selected stands right below the parent afterwards, in whatever order they are named."""
    for units in (("alder", "acme"), ("acme", "alder")):
        move_many(chain, "ada", "cedar", *units)
        found = parents()
        assert (found["Alder"], found["acme.example.com"]) == ("Cedar", "Cedar")
        move_many(chain, "ada", "birch", "alder")
        move_many(chain, "ada", "alder", "acme")
        check_structure()


@pytest.mark.parametrize(
    ("who", "parent", "units", "reasons"),
    [
        ("ada", "alder", ("beta", "birch", "fjord"), {1: "move_into_own_subtree", 2: "root_cannot_move"}),
        ("ada", "beta", ("alder", "acme"), {0: "parent_must_be_organization", 1: "parent_must_be_organization"}),
        ("ben", "alder", ("beta", "birch"), {1: "forbidden"}),
    ],
)
def test_refused_is_each_by_its_reason_and_none_moves(
    chain: Cast, who: str, parent: str, units: tuple[str, ...], reasons: dict[int, str]
) -> None:
    """R8, R9, R10: the preview and the operation name the same units."""
    seen = preview(chain, who, parent, *units)
    found = {number: one.refusal["error"] for number, one in enumerate(seen.units) if one.refusal}
    assert (found, seen.is_allowed, seen.refused) == (reasons, False, len(reasons))
    before = parents()
    with pytest.raises(errors.InvalidInput) as refused:
        move_many(chain, who, parent, *units)
    assert set(refused.value.fields) == {f"units.{number}" for number in reasons}
    for number in reasons:
        assert seen.units[number].name in refused.value.fields[f"units.{number}"]
    assert parents() == before


def test_hidden_units_are_as_absent(chain: Cast, belts: str) -> None:
    """A4: named by their place in the list, in the same words."""
    told = []
    for unit in ("delta", "harbor", NO_ID):
        for ask_ in (preview, move_many):
            with pytest.raises(errors.InvalidInput) as refused:
                ask_(chain, "ben", "alder", "beta", unit)
            told.append(refused.value.as_dict())
    assert set(told[0]["fields"]) == {"units.1"}  # type: ignore[call-overload]
    assert all(one == told[0] for one in told)
    with pytest.raises(errors.NotFound):
        move_many(chain, "ben", "cedar", "beta")


def test_at_most_so_many_at_once(chain: Cast) -> None:
    with pytest.raises(errors.InvalidInput):
        move_many(chain, "ada", "cedar", *["beta"] * (MOST_MOVED + 1))
    with pytest.raises(errors.InvalidInput):
        move_many(chain, "ada", "cedar")


def test_the_levels_of_each_branch_count(chain: Cast) -> None:
    """R8: one branch that would be too high keeps all from moving."""
    parent = chain.units["arts"]
    for level in range(3, 10):
        data = {"kind": "organization", "name": f"Level {level}"}
        parent = run("unit.create", chain.uma, parent, data).body["id"]
    raw = {"units": [chain.units["science"], chain.units["physics"]]}
    with pytest.raises(errors.InvalidInput) as refused:
        run("unit.move_many", chain.uma, parent, raw)
    assert set(refused.value.fields) == {"units.0"}
    run("unit.move_many", chain.uma, parent, {"units": [chain.units["physics"]]})
    check_structure()
