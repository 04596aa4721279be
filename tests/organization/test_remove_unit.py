"""unit.remove."""

import pytest

from tests.cast import Cast
from tests.organization.truth import check_structure
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors


def test_a_unit_that_nothing_depends_on_goes_with_its_grants_and_its_legal_entity(cast: Cast) -> None:
    """R3."""
    before = check_structure()
    run("unit.remove", cast.ben, cast.units["gamma_lab"])
    assert check_structure() == before - 1
    with pytest.raises(errors.NotFound):
        ask("unit.show", cast.ben, cast.units["gamma_lab"])
    assert [row.name for row in ask("unit.mine", cast.pat).items] == ["finance.gamma.example.net"]
    run("unit.create", cast.ben, cast.units["birch"], {"kind": "customer", "name": "lab.gamma.example.net"})


def test_a_unit_in_use_stays(cast: Cast) -> None:
    with pytest.raises(errors.UnitInUse):
        run("unit.remove", cast.ada, cast.units["birch"])


def test_the_root_stays(cast: Cast) -> None:
    with pytest.raises(errors.RootCannotMove):
        run("unit.remove", cast.ada, cast.units["fjord"])
