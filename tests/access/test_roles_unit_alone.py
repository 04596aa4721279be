"""People whose role holds on a unit alone: what lies below it is neither shown to them nor changed by them."""

from typing import Any

import pytest

from tests.access.test_roles import unit_id
from tests.cast import Cast, make_cast
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.registry import OPERATIONS, QUERIES
from underlet.kernel import errors
from underlet.kernel.permission import ROLE_PERMISSIONS, Role
from underlet.project import wiring

wiring.load()


@pytest.fixture
def cast(database: None) -> Cast:
    return make_cast()


def alone(cast: Cast, unit: str) -> Actor:
    """Uma, of another hierarchy, who is an administrator of the unit alone besides."""
    unit_ = unit_id(cast, unit)
    with system():
        execute(
            "insert into access_grant (user_id, unit_id, role, perms, scope, acts_for_id, created_at)"
            " values (%s, %s, 'administrator', %s, 'unit', %s, now())",
            [cast.people["uma"].id, unit_, int(ROLE_PERMISSIONS[Role.ADMINISTRATOR]), unit_],
        )
    return cast.people["uma"]


BRANCH = {
    "unit.create": {"kind": "organization", "name": "New"},
    "unit.move": {"parent": "cedar"},
    "unit.schedule_move": {"parent": "cedar", "on": "2030-01-01"},
    "unit.archive": {},
    "unit.remove": {},
    "structure.check": {},
    "structure.import": {},
    "brand.update": {"product_name": "X"},
    "legal_entity.update": {"name": "X"},
    "provisioning_hook.set": {},
    "billing_run.start": {},
    "exchange_rate.set": {},
    "import.create": {},
    "unit.update_many": {},
    "role.create": {"name": "X", "masks": []},
    "sign_in_policy.set": {"requires_second_factor": True},
}


@pytest.mark.parametrize("name", BRANCH)
def test_what_acts_on_a_branch_needs_the_right_below(cast: Cast, name: str) -> None:
    """R35, data-core.md §8: a role on the unit alone is refused as one that lacks the permission is."""
    who = alone(cast, "birch")
    data: dict[str, Any] = {**BRANCH[name]}
    if "parent" in data:
        data["parent"] = cast.units[data["parent"]]
    with pytest.raises((errors.Forbidden, errors.GrantExceedsCeiling)):
        run(name, who, cast.units["birch"], data)


def test_what_is_about_the_unit_alone_is_theirs(cast: Cast) -> None:
    """R35: its own fields, and its own people."""
    who = alone(cast, "birch")
    run("unit.update", who, cast.units["birch"], {"code": "B-1"})
    run("user.invite", cast.ada, cast.units["birch"], {"email": "n@example.com", "name": "N", "role": "viewer"})
    assert "n@example.com" in {row.email for row in ask("user.list", who, cast.units["birch"]).items}


def test_a_customer_that_is_theirs_alone_goes_when_they_remove_it(cast: Cast) -> None:
    """R3, R35: nothing lies below it, so a role on it alone is enough; and what is said to be done is done."""
    made = run("unit.create", cast.ada, cast.units["birch"], {"kind": "customer", "name": "new.example.net"})
    cast.units["new"] = str(made.body["id"])
    run("unit.remove", alone(cast, "new"), cast.units["new"])
    with pytest.raises(errors.NotFound):
        ask("unit.show", cast.ada, cast.units["new"])


def test_who_holds_a_unit_alone_gives_and_takes_nothing_below_it(cast: Cast) -> None:
    """P2: a role on the unit and everything below it is given, and taken back, by who holds it there."""
    who, birch = alone(cast, "birch"), cast.units["birch"]
    data = {"email": "n@example.com", "name": "N", "role": "viewer"}
    with pytest.raises((errors.Forbidden, errors.GrantExceedsCeiling)):
        run("user.invite", who, birch, data)
    run("user.invite", cast.ada, birch, data)
    with pytest.raises((errors.Forbidden, errors.GrantExceedsCeiling)):
        run("grant.revoke", who, birch, {"email": "n@example.com", "role": "viewer"})


def test_lists_show_the_unit_and_nothing_below(cast: Cast) -> None:
    """R35, A1, A3: neither rows nor counts nor people of what lies below."""
    who, birch = alone(cast, "birch"), cast.units["birch"]
    assert [row.name for row in ask("unit.list", who, birch).items] == ["Birch"]
    assert ask("unit.children", who, birch).items == ()
    assert ask("unit.list", who, birch).items[0].children == 0
    for name in ("account.list", "sub_account.list", "environment.list", "scheduled_move.list", "invoice.list"):
        assert ask(name, who, birch).items == (), name
    people = {row.email for row in ask("user.list", who, birch).items}
    assert not people & {"cleo@example.com", "dan@example.com", "ira@example.com"}
    assert "uma@example.com" in people
    with pytest.raises(errors.NotFound):
        ask("unit.show", who, cast.units["alder"])
    held = {row.name: row.holders for row in ask("role.list", who, birch).items}
    assert held["administrator"] == 2  # Ben and Uma; not Cleo, who administers Alder
    for name in ("unit.parents", "unit.preview_removal"):
        with pytest.raises(errors.Forbidden):
            ask(name, who, birch)


def test_writes_on_units_say_whether_they_reach_below() -> None:
    """data-core.md §8: whoever adds a write on a unit decides here; those of the branch ask for the right below."""
    below = {name for name, entry in (OPERATIONS | QUERIES).items() if entry.below}
    assert set(BRANCH) - {"role.create"} <= below
    writes = {
        name
        for name, entry in OPERATIONS.items()
        if entry.subject and entry.subject.parameter == "unit" and entry.noun in NOUNS
    }
    assert writes - below == ALONE


NOUNS = {
    "billing_run", "brand", "contract", "exchange_rate", "import", "invoice", "legal_entity", "provisioning_hook",
    "role", "role_ceiling", "sign_in_policy", "structure", "sub_account", "unit",
}  # fmt: skip
ALONE = {
    "contract.create", "invoice.issue_many", "invoice.issue_month", "provisioning_hook.test", "role.create",
    "role_ceiling.clear",
    "role_ceiling.set", "sub_account.assign_many", "unit.activate", "unit.update",
}  # fmt: skip
"""Writes that are about the unit itself, or that ask for each thing they touch."""
