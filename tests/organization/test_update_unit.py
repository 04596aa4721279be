"""unit.update: renaming and texts."""

import pytest

from tests.cast import Cast
from tests.organization.truth import check_structure
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors


def test_a_new_name_is_found_and_the_old_one_is_free(cast: Cast) -> None:
    """R4."""
    run("unit.update", cast.ben, cast.units["birch_lab"], {"name": "Aspen Lab"})
    page = ask("unit.list", cast.ada, cast.units["fjord"], {"q": "aspen"})
    assert [row.name for row in page.items] == ["Aspen Lab"]
    run("unit.create", cast.ben, cast.units["birch"], {"kind": "organization", "name": "Birch Lab"})
    check_structure()


def test_the_same_name_in_other_case_is_the_units_own(cast: Cast) -> None:
    assert run("unit.update", cast.ben, cast.units["birch"], {"name": "BIRCH"}).body["name"] == "BIRCH"


def test_only_fields_given_change(cast: Cast) -> None:
    """R14."""
    run("unit.update", cast.ben, cast.units["birch"], {"code": "B", "time_zone": "Europe/Berlin"})
    body = run("unit.update", cast.ben, cast.units["birch"], {"code": ""}).body
    assert (body["code"], body["time_zone"], body["name"]) == ("", "Europe/Berlin", "Birch")


@pytest.mark.parametrize(
    ("unit", "name", "error"),
    [
        ("birch_lab", "alder", errors.NameTaken),
        ("birch_lab", "cedar", errors.NameUnavailable),
        ("beta", "delta.example.org", errors.NameUnavailable),
        ("beta", "Beta Inc", errors.NamePattern),
    ],
)
def test_refuses_names(cast: Cast, unit: str, name: str, error: type[errors.Refusal]) -> None:
    """R4, R19, R20."""
    with pytest.raises(error):
        run("unit.update", cast.ben, cast.units[unit], {"name": name})


def test_who_saw_an_older_version_is_told(cast: Cast) -> None:
    version = ask("unit.show", cast.ben, cast.units["birch"]).version
    run("unit.update", cast.ben, cast.units["birch"], {"code": "B", "version": version})
    with pytest.raises(errors.VersionConflict):
        run("unit.update", cast.ben, cast.units["birch"], {"code": "C", "version": version})
