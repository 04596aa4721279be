"""`sub_account.assign_many`: one owner for several, all or none."""

import pytest

from tests.world import NO_ID, World, make_world
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel.errors import AssignmentOverlap, Forbidden, InvalidInput, Refusal


@pytest.fixture
def world(database: None) -> World:
    return make_world()


def _assign(world: World, who: str, names: list[str], **change: object) -> object:
    data = {
        "unit": world.ids["unit"]["beta"], "starts_on": "2026-03-01",
        "sub_accounts": [world.ids["sub_account"].get(name, name) for name in names], **change,
    }  # fmt: skip
    return run("sub_account.assign_many", world.cast.people[who], world.ids["unit"]["fjord"], data).body


def _owners(world: World, name: str) -> list[str]:
    row = ask("sub_account.show", world.cast.ada, world.ids["sub_account"][name])
    return [one.unit.name for one in row.assignments]


def test_free_days_of_several_get_one_owner(world: World) -> None:
    """R66. The answer keeps the order; the same id twice counts once."""
    run("assignment.remove", world.cast.ada, world.ids["assignment"]["delta"], {})
    body = _assign(world, "ada", ["nobody", "delta", "nobody"])
    assert [row["name"] for row in body["sub_accounts"]] == ["canary-name-nobody", "canary-name-delta"]  # type: ignore[index]
    assert _owners(world, "nobody") == _owners(world, "delta") == ["beta.example.org"]


def test_one_that_has_an_owner_stops_all_and_is_named(world: World) -> None:
    with pytest.raises(AssignmentOverlap) as refused:
        _assign(world, "ada", ["nobody", "acme"])
    assert "canary-name-acme" in refused.value.detail
    assert set(refused.value.fields) == {"sub_accounts.1"}
    assert _owners(world, "nobody") == []


def test_hidden_and_absent_are_the_same(world: World) -> None:
    """Of another hierarchy, or nothing at all: the position is named, nothing else."""
    for unknown in (NO_ID, world.ids["unit"]["beta"]):
        with pytest.raises(InvalidInput) as refused:
            _assign(world, "ada", ["nobody", unknown])
        assert refused.value.fields == {"sub_accounts.1": "There is no such sub-account here."}
    with pytest.raises(Refusal):
        _assign(world, "uma", ["nobody"])
    assert _owners(world, "nobody") == []


def test_the_right_is_asked_where_the_bill_goes(world: World) -> None:
    """Ben may edit accounts in Birch; the sub-account is billed to Fjord, as for one (ADR-0014)."""
    beta = world.ids["sub_account"]["beta"]
    data = {"unit": world.ids["unit"]["beta"], "starts_on": "2020-01-01", "ends_on": "2020-02-01"}
    with pytest.raises(Forbidden):
        run("sub_account.assign", world.cast.ben, beta, data)
    with pytest.raises(Refusal):
        run(
            "sub_account.assign_many", world.cast.ben, world.ids["unit"]["birch"], {**data, "sub_accounts": [beta]}
        )
    assert len(_owners(world, "beta")) == 1
