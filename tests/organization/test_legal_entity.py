"""legal_entity.update and what inherits it."""

import json

import pytest

from tests.cast import Cast
from tests.organization.truth import check_structure
from underlet.foundation.database.sql import scalar
from underlet.foundation.database.transactions import system
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


def test_an_electronic_address_has_a_scheme(cast: Cast) -> None:
    """EN 16931 BR-62, BR-63; the audit trail keeps what was there before."""
    science = cast.units["science"]
    address = {"electronic_address": "4012345000009", "electronic_address_scheme": "0088"}
    with pytest.raises(errors.InvalidInput) as refused:
        run("legal_entity.update", cast.uma, science, {"electronic_address": "4012345000009"})
    assert set(refused.value.fields) == {"electronic_address_scheme"}
    run("legal_entity.update", cast.uma, science, address)
    with pytest.raises(errors.InvalidInput):
        run("legal_entity.update", cast.uma, science, {"electronic_address_scheme": ""})
    more = {"address_line_2": "Floor 3", "region": "Skåne", "tax_number": "123/456"}
    run("legal_entity.update", cast.uma, science, more)
    view = ask("unit.show", cast.uma, science).legal_entity
    assert {name: getattr(view, name) for name in (*address, *more)} == {**address, **more}
    with system():
        last = scalar("select before from audit_entry order by id desc limit 1")
    before = json.loads(last) if isinstance(last, str) else last
    assert before["entity.electronic_address"] == "4012345000009"
    assert before["entity.region"] == ""
