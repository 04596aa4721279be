"""unit.move: structure and access; what it does to contracts is in tests/contracts/test_move_contracts.py."""

import pytest

from tests.cast import Cast
from tests.organization.invariants import insert
from tests.organization.invariants import move as relocate
from tests.organization.truth import check_structure
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors


def move(cast: Cast, who: str, unit: str, parent: str) -> None:
    run("unit.move", cast.people[who], cast.units[unit], {"parent": cast.units[parent]})


def test_a_move_takes_everything_below_along(cast: Cast) -> None:
    """R10, R11."""
    move(cast, "ada", "alder", "cedar")
    assert [link.name for link in ask("unit.show", cast.ada, cast.units["acme"]).path] == [
        "Fjord", "Cedar", "Alder", "acme.example.com",
    ]  # fmt: skip
    check_structure()


def test_access_changes_at_once(cast: Cast) -> None:
    """R32, A6."""
    move(cast, "ada", "alder", "cedar")
    with pytest.raises(errors.NotFound):
        ask("unit.show", cast.ben, cast.units["acme"])
    assert ask("unit.show", cast.eve, cast.units["acme"]).depth == 3
    assert ask("unit.show", cast.cleo, cast.units["acme"]).depth == 2


@pytest.mark.parametrize(
    ("who", "unit", "parent", "error"),
    [
        ("ada", "fjord", "birch", errors.RootCannotMove),
        ("ada", "birch", "alder", errors.MoveIntoOwnSubtree),
        ("ada", "birch", "birch", errors.MoveIntoOwnSubtree),
        ("ada", "alder", "beta", errors.ParentMustBeOrganization),
        ("ada", "alder", "harbor", errors.InvalidInput),  # hidden: as absent
        ("ben", "alder", "cedar", errors.InvalidInput),
        ("ben", "birch", "alder", errors.Forbidden),  # Ben may not change Fjord
        ("ira", "birch_lab", "birch_lab", errors.Forbidden),
        ("eve", "alder", "cedar", errors.NotFound),
    ],
)
def test_refuses(cast: Cast, who: str, unit: str, parent: str, error: type[errors.Refusal]) -> None:
    """R9, R10: each by its own name, and nothing has moved."""
    with pytest.raises(error):
        move(cast, who, unit, parent)
    check_structure()


def test_a_subtree_too_high_is_refused_as_a_whole(cast: Cast) -> None:
    """R8: the depth of descendants counts."""
    parent = cast.units["arts"]
    for level in range(3, 10):
        data = {"kind": "organization", "name": f"Level {level}"}
        parent = run("unit.create", cast.uma, parent, data).body["id"]
    with pytest.raises(errors.DepthExceeded):
        run("unit.move", cast.uma, cast.units["science"], {"parent": parent})
    run("unit.move", cast.uma, cast.units["physics"], {"parent": parent})
    check_structure()


def test_moves_follow_each_other_in_one_transaction(cast: Cast) -> None:
    """R11: units made or moved before in the same transaction go along, up and down the levels."""
    with system():
        for name, parent in (("L3", "Faculty of Science"), ("L4", "L3"), ("L5", "L4"), ("L6", "L5")):
            execute(insert(parent, "organization", name))
        for unit, parent in (
            ("L3", "Harbor"),
            ("L4", "Faculty of Arts"),
            ("Faculty of Arts", "L3"),
            ("L3", "Department of Physics"),
        ):
            assert execute(relocate(unit, parent)) == 1
    check_structure()


def test_a_name_and_a_link_survive(cast: Cast) -> None:
    before = ask("unit.show", cast.ada, cast.units["acme"])
    move(cast, "ada", "alder", "cedar")
    after = ask("unit.show", cast.ada, cast.units["acme"])
    assert (before.id, before.name, before.legal_entity) == (after.id, after.name, after.legal_entity)
