"""role_ceiling.set, role_ceiling.clear, role_ceiling.show: what roles on a unit and below it may hold at most."""

from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError

from tests.access.test_roles import give, held, make, unit_id
from tests.cast import Cast, make_cast
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.database.transactions import system, writing
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors
from underlet.kernel.permission import EVERY_PERMISSION, Permission
from underlet.project import wiring

wiring.load()
P = Permission
NO_MONEY = {"permissions": ["unit_edit", "user_edit", "role_edit"], "masks": ["prices"]}


@pytest.fixture
def cast(database: None) -> Cast:
    return make_cast()


def test_a_ceiling_binds_at_once_below_and_nowhere_else(cast: Cast) -> None:
    """P2, A6: roles on the unit and below hold no more, whoever gave them; roles above it are not touched."""
    assert held(cast, "ben", "birch") & P.CONTRACT_EDIT
    said = run("role_ceiling.set", cast.ada, cast.units["birch"], NO_MONEY).result
    assert (said.is_set, said.masks, said.may_set) == (True, ("prices", "cost", "margin"), True)
    assert held(cast, "ben", "birch") == P.READ | P.WRITE | P.UNIT_EDIT | P.USER_EDIT | P.ROLE_EDIT
    assert held(cast, "dan", "acme") == P.READ | P.WRITE | P.USER_EDIT | P.ROLE_EDIT
    assert held(cast, "eve", "cedar") & P.PRICES
    assert held(cast, "ada", "acme") & P.PRICES
    with pytest.raises(errors.Forbidden):
        ask("invoice.list", cast.ben, cast.units["birch"])
    below = ask("role_ceiling.show", cast.ben, cast.units["acme"])
    assert (below.is_set, below.permissions) == (False, ("unit_edit", "user_edit", "role_edit"))
    run("role_ceiling.clear", cast.ada, cast.units["birch"])
    assert held(cast, "ben", "birch") & P.CONTRACT_EDIT
    with pytest.raises(errors.NotFound):
        run("role_ceiling.clear", cast.ada, cast.units["birch"])


def test_a_units_own_people_cannot_lift_it(cast: Cast) -> None:
    """P2: it is set from above; nobody is above a root."""
    run("role_ceiling.set", cast.ada, cast.units["birch"], NO_MONEY)
    for name, data in (("role_ceiling.set", {"permissions": []}), ("role_ceiling.clear", {})):
        with pytest.raises(errors.Forbidden):
            run(name, cast.ben, cast.units["birch"], data)
        with pytest.raises(errors.Forbidden):
            run(name, cast.ada, cast.units["fjord"], data)
        with pytest.raises(errors.NotFound):
            run(name, cast.ben, cast.units["cedar"], data)
    assert not ask("role_ceiling.show", cast.ben, cast.units["birch"]).may_set
    run("role_ceiling.set", cast.ben, cast.units["acme"], {"permissions": ["user_edit"]})


def test_nobody_raises_a_limit_above_what_they_hold(cast: Cast) -> None:
    """P2, A5: who administers roles and may do little else lowers it, and lifts it no further; SQL neither."""
    clerk = make(cast, "ada", "fjord", "Role clerk", permissions=["role_edit", "unit_edit"], masks=["margin"])
    give(cast, "ada", "fjord", "ira@example.com", clerk)
    ira, birch = cast.people["ira"], cast.units["birch"]
    run("role_ceiling.set", cast.ada, birch, {"permissions": ["unit_edit"], "masks": ["prices"]})
    assert ask("role_ceiling.show", cast.ada, birch).may_set
    for name, data in (
        ("role_ceiling.clear", {}), ("role_ceiling.set", {"permissions": ["unit_edit", "import"], "masks": ["prices"]}),
        ("role_ceiling.set", {"permissions": [], "masks": []}),
    ):  # fmt: skip
        with pytest.raises(errors.GrantExceedsCeiling) as no:
            run(name, ira, birch, data)
        assert "in the unit above" in no.value.detail
    for statement in ("delete from unit_ceiling", "update unit_ceiling set perms = perms | 128"):
        _refused(ira, statement, [])
    run("role_ceiling.set", ira, birch, {"permissions": ["role_edit"], "masks": ["margin"]})
    with pytest.raises(errors.GrantExceedsCeiling):
        run("unit.move", ira, cast.units["alder"], {"parent": cast.units["cedar"]})
    run("role_ceiling.set", cast.ada, birch, {"permissions": [], "masks": []})
    run("role_ceiling.clear", cast.ada, birch)


def test_lifting_a_limit_asks_for_every_permission_that_there_is(cast: Cast) -> None:
    """P2: a new permission changes the number in `may_limit`."""
    birch, every = unit_id(cast, "birch"), int(EVERY_PERMISSION)
    with system():
        execute("select set_config('underlet.actor_id', %s, true)", [str(cast.ada.id)])
        for lacking in (0, *Permission):
            execute("update user_scope set perms = %s where actor_id = %s", [every & ~lacking, cast.ada.id])
            assert scalar("select may_limit(%s, -1)", [birch]) == (not lacking), lacking


def test_no_role_above_it_is_made_or_given(cast: Cast) -> None:
    """P2: nor one that a unit above made, nor by somebody who holds more."""
    wide = make(cast, "ada", "fjord", "Wide", permissions=["import"])
    run("role_ceiling.set", cast.ada, cast.units["birch"], NO_MONEY)
    for who in ("ada", "ben"):
        with pytest.raises(errors.GrantExceedsCeiling):
            make(cast, who, "alder", permissions=["import"], masks=["prices"])
        for role in (wide, "viewer"):
            with pytest.raises(errors.GrantExceedsCeiling):
                give(cast, who, "alder", "pat@example.com", role)
    narrow = make(cast, "ben", "alder", masks=["prices"])
    with pytest.raises(errors.GrantExceedsCeiling):
        run("role.update", cast.ada, narrow, {"masks": []})
    give(cast, "ben", "alder", "pat@example.com", narrow)
    give(cast, "ada", "cedar", "pat@example.com", wide)


def test_a_branch_comes_under_other_ceilings_when_it_moves(cast: Cast) -> None:
    """A6, A13: in the transaction of the move, for people on it and below."""
    run("role_ceiling.set", cast.ada, cast.units["cedar"], NO_MONEY)
    run("unit.move", cast.ada, cast.units["alder"], {"parent": cast.units["cedar"]})
    assert not held(cast, "cleo", "alder") & P.PRICES
    assert not held(cast, "dan", "acme") & P.PRICES
    run("unit.move", cast.ada, cast.units["alder"], {"parent": cast.units["birch"]})
    assert held(cast, "cleo", "alder") & P.PRICES
    assert held(cast, "dan", "acme") & P.PRICES


def _refused(actor: Actor, statement: Any, values: list[Any]) -> None:
    with pytest.raises((ProgrammingError, IntegrityError)), writing(actor):
        execute(statement, values)


def test_the_database_refuses_what_the_operations_do(cast: Cast) -> None:
    """P2, A5: SQL as people's role sets no ceiling of its own unit, and gives nothing above one."""
    birch, fjord = unit_id(cast, "birch"), unit_id(cast, "fjord")
    put = "insert into unit_ceiling (unit_id, perms) values (%s, %s)"
    for who, unit in (("ben", birch), ("ada", fjord), ("eve", birch)):
        _refused(cast.people[who], put, [unit, 1])
    run("role_ceiling.set", cast.ada, cast.units["birch"], NO_MONEY)
    with writing(cast.ben):
        execute("update unit_ceiling set perms = -1")
        execute("delete from unit_ceiling")
    with system():
        assert scalar("select perms & 4 from unit_ceiling where unit_id = %s", [birch]) == 0
    _refused(
        cast.ada,
        "insert into access_grant (user_id, unit_id, role, perms, acts_for_id, created_at)"
        " values (%s, %s, 'viewer', 5, %s, now())",
        [cast.ira.id, birch, birch],
    )
    _refused(
        cast.ada, "insert into role (unit_id, name, name_key, perms, created_at) values (%s, 'x', 'x', 5, now())",
        [birch],
    )  # fmt: skip
