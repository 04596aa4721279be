"""legal_entity.update and what inherits it."""

import pytest

from tests.cast import Cast
from tests.organization.truth import check_structure
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors


def test_units_that_inherit_follow_their_ancestor(cast: Cast) -> None:
    physics = cast.units["physics"]
    run("legal_entity.update", cast.uma, cast.units["science"], {"name": "Science Ltd", "country": "GB"})
    assert ask("unit.show", cast.uma, physics).legal_entity.name == "Science Ltd"
    run("legal_entity.update", cast.uma, physics, {"name": "Physics Ltd"})
    run("legal_entity.update", cast.uma, cast.units["science"], {"name": "Science Inc"})
    assert ask("unit.show", cast.uma, physics).legal_entity.name == "Physics Ltd"
    check_structure()


def test_a_moved_unit_takes_the_legal_entity_of_its_new_parent(cast: Cast) -> None:
    """R10: unless it has one of its own."""
    run("legal_entity.update", cast.uma, cast.units["arts"], {"name": "Arts Ltd"})
    run("unit.move", cast.uma, cast.units["science"], {"parent": cast.units["arts"]})
    assert ask("unit.show", cast.uma, cast.units["physics"]).legal_entity.name == "Arts Ltd"
    check_structure()


def test_whose_side_people_are_on_follows(cast: Cast) -> None:
    """A6: binds on the next request."""
    run(
        "user.invite",
        cast.uma,
        cast.units["physics"],
        {"email": "max@example.com", "name": "Max", "role": "owner"},
    )
    run("legal_entity.update", cast.uma, cast.units["physics"], {"name": "Physics Ltd"})
    terms = {"currency": "EUR", "rules": [{"verb": "pass_through"}], "starts_on": "2026-01-01"}
    run("contract.create", cast.uma, cast.units["harbor"], {**terms, "buyer": cast.units["physics"]})
    from underlet.access.queries import actor_by_email

    page = ask("contract.list", actor_by_email("max@example.com"), cast.units["physics"])
    assert [row.side for row in page.items] == ["bought"]


def test_wrong_country_is_refused(cast: Cast) -> None:
    with pytest.raises(errors.InvalidInput) as refused:
        run("legal_entity.update", cast.uma, cast.units["arts"], {"country": "Germany"})
    assert list(refused.value.fields) == ["country"]
