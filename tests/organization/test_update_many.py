"""unit.update_many: the same values for several units, all or none, with each refusal named."""

from typing import Any

import pytest

from tests.cast import Cast
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors


def change(cast: Cast, who: str, *units: str, **values: Any) -> Any:
    ids = [cast.units[unit] for unit in units]
    return run("unit.update_many", cast.people[who], cast.units["birch"], {"units": ids, **values}).result


def preview(cast: Cast, who: str, *units: str, **values: Any) -> Any:
    ids = ",".join(cast.units[unit] for unit in units)
    return ask("unit.preview_update_many", cast.people[who], cast.units["birch"], {"units": ids, **values})


def value(cast: Cast, unit: str, field: str) -> str:
    found = ask("unit.show", cast.ada, cast.units[unit])
    return str(getattr(found, field))


def test_values_are_shown_first_and_set_in_all_or_none(cast: Cast) -> None:
    """R14, R22: the preview says what the change then does; those that are so already stay."""
    run("unit.update", cast.ben, cast.units["beta"], {"code": "B"})
    planned = preview(cast, "ben", "alder", "beta", code="B", time_zone="Europe/Oslo")
    assert planned.is_possible
    assert [[(one.field, one.before, one.after) for one in unit.changes] for unit in planned.units] == [
        [("time_zone", "", "Europe/Oslo"), ("code", "", "B")],
        [("time_zone", "", "Europe/Oslo")],
    ]
    assert value(cast, "alder", "code") == ""
    done = change(cast, "ben", "alder", "beta", code="B", time_zone="Europe/Oslo")
    assert ([one.name for one in done.changed], done.unchanged) == (["Alder", "beta.example.org"], 0)
    again = change(cast, "ben", "alder", "beta", code="B", time_zone="Europe/Oslo")
    assert (again.changed, again.unchanged) == ((), 2)
    found = ask("unit.list", cast.ben, cast.units["birch"], {"q": "b"}).items  # by its code, too
    assert "Alder" in {row.name for row in found}


def test_one_refusal_stops_all_and_is_named(cast: Cast) -> None:
    """R22, R23: organizations have no price type; a frozen one is refused by the database, by name."""
    run("environment.provision", cast.ben, cast.units["beta"], {})
    planned = preview(cast, "ben", "alder", "acme", price_type="raw_cost_only")
    assert [one.refusal is None for one in planned.units] == [False, True]
    with pytest.raises(errors.InvalidInput) as refused:
        change(cast, "ben", "acme", "alder", price_type="raw_cost_only")
    assert {name: text.partition(":")[0] for name, text in refused.value.fields.items()} == {"units.1": "Alder"}
    with pytest.raises(errors.InvalidInput) as frozen:
        change(cast, "ben", "acme", "beta", price_type="raw_cost_only")
    assert list(frozen.value.fields) == ["units.1"]
    assert "beta.example.org" in frozen.value.fields["units.1"]
    assert value(cast, "acme", "price_type") == "seller_set_only"


def test_hidden_units_and_those_elsewhere_are_not_here(cast: Cast) -> None:
    """A4: a hidden unit, one's own elsewhere and none at all answer alike."""
    for who, unit in (("ben", "delta"), ("ada", "cedar"), ("ben", "birch")):
        if unit == "birch":
            assert preview(cast, who, unit, code="x").units
            continue
        for ask_for in (preview, change):
            with pytest.raises(errors.InvalidInput) as refused:
                ask_for(cast, who, "alder", unit, code="x")
            assert dict(refused.value.fields) == {"units.1": "There is no such unit here."}


def test_the_right_is_asked_for_in_each_unit(cast: Cast) -> None:
    """A2: who may change the unit alone is told so for those below, and refused as a whole."""
    with system():
        execute(
            "update user_scope set subtree = false where actor_id = %s and unit_id in"
            " (select id from unit where name = 'Birch')",
            [cast.ben.id],
        )
        execute(
            "insert into user_scope (actor_id, unit_id, entity_id, subtree, perms)"
            " select %s, id, entity_id, true, 1 from unit where name = 'Birch'",
            [cast.ben.id],
        )
    [planned] = preview(cast, "ben", "alder", code="x").units
    assert planned.refusal == errors.Forbidden().detail
    with pytest.raises(errors.Forbidden):
        change(cast, "ben", "birch", "alder", code="x")
    assert value(cast, "birch", "code") == ""


@pytest.mark.parametrize(("field", "wrong"), [("time_zone", "Mars/North"), ("code", "x" * 41)])
def test_wrong_values_name_their_field(cast: Cast, field: str, wrong: str) -> None:
    for ask_for in (preview, change):
        with pytest.raises(errors.InvalidInput) as refused:
            ask_for(cast, "ben", "alder", **{field: wrong})
        assert list(refused.value.fields) == [field]
