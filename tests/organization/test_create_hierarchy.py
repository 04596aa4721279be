"""hierarchy.create."""

import pytest

from tests.cast import Cast
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors


def test_the_first_act_names_the_root_and_its_maker_owns_it(cast: Cast) -> None:
    """R1, R2: everything accrues to the root, which is an organization with a legal entity of its own."""
    made = run("hierarchy.create", cast.operator, None, {"name": "Sund", "currency": "SEK"}).body
    root = ask("unit.show", cast.operator, made["root_id"])
    assert (root.name, root.kind, root.is_root, root.is_entity_own) == ("Sund", "organization", True, True)
    assert "unit_edit" in root.permissions


def test_only_the_operator_of_the_installation_makes_one(cast: Cast) -> None:
    with pytest.raises(errors.Forbidden):
        run("hierarchy.create", cast.ada, None, {"name": "Sund"})


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"name": ""}, errors.InvalidInput),
        ({"name": "Su\u202end"}, errors.NamePattern),
        ({"name": "Sund", "currency": "XXX"}, errors.CurrencyUnsupported),
        ({"name": "Sund", "metric": "list"}, errors.InvalidInput),
        ({"name": "Sund\0"}, errors.InvalidInput),
        ({"name": "Sund \ud800"}, errors.InvalidInput),
    ],
)
def test_refuses(cast: Cast, data: dict[str, str], error: type[errors.Refusal]) -> None:
    with pytest.raises(error):
        run("hierarchy.create", cast.operator, None, data)
