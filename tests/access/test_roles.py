"""role.create, role.update, role.delete, role.list, role.show, role.preview: a unit's own roles."""

from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError

from tests.cast import Cast, make_cast
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.database.transactions import system, writing
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors
from underlet.kernel.permission import ROLE_PERMISSIONS, Permission, Role
from underlet.project import wiring

wiring.load()
P = Permission


@pytest.fixture
def cast(database: None) -> Cast:
    return make_cast()


def make(cast: Cast, who: str, unit: str, name: str = "Clerk", **more: Any) -> str:
    data = {"name": name, "masks": [], **more}
    return str(run("role.create", cast.people[who], cast.units[unit], data).body["role"])


def give(cast: Cast, who: str, unit: str, email: str, role: str, **more: Any) -> None:
    run("user.invite", cast.people[who], cast.units[unit], {"email": email, "name": "N", "role": role, **more})


def unit_id(cast: Cast, key: str) -> int:
    with system():
        return int(scalar("select id from unit where public_id = %s", [cast.units[key]]))


def held(cast: Cast, who: str, unit: str) -> Permission:
    with system():
        return Permission(
            int(
                scalar(
                    "select coalesce(bit_or(s.perms), 0) from user_scope s, unit u where s.actor_id = %s"
                    " and u.public_id = %s and s.unit_id = any (u.anc) and (s.subtree or s.unit_id = u.id)",
                    [cast.people[who].id, cast.units[unit]],
                )
            )
        )


def listed(cast: Cast, who: str, unit: str, **raw: Any) -> dict[str, Any]:
    return {row.name: row for row in ask("role.list", cast.people[who], cast.units[unit], raw).items}


def test_an_own_role_is_given_below_its_unit(cast: Cast) -> None:
    """R34, R44, P3: from permissions and masks; in the unit and below, in no other."""
    role = make(cast, "ben", "birch", permissions=["unit_edit"], masks=["cost"])
    give(cast, "ben", "alder", "pat@example.com", role)
    assert held(cast, "pat", "alder") == P.READ | P.WRITE | P.PRICES | P.UNIT_EDIT
    with pytest.raises(errors.InvalidInput):
        give(cast, "eve", "cedar", "pat@example.com", role)
    with pytest.raises(errors.NotFound):
        give(cast, "eve", "birch", "pat@example.com", role)


def test_nobody_makes_or_widens_a_role_beyond_what_they_hold(cast: Cast) -> None:
    """P2, A5: in the unit and below it."""
    for refused in (["audit_read"], ["unit_edit"]):
        with pytest.raises(errors.GrantExceedsCeiling):
            make(cast, "dan", "acme", permissions=refused)
    with pytest.raises(errors.GrantExceedsCeiling):
        make(cast, "dan", "acme", permissions=["brand_edit"])  # a margin that Dan does not see
    role = make(cast, "dan", "acme", permissions=["brand_edit"], masks=["margin"])
    with pytest.raises(errors.GrantExceedsCeiling):
        run("role.update", cast.people["dan"], role, {"permissions": ["brand_edit", "import"]})
    with pytest.raises(errors.Forbidden):
        make(cast, "ira", "birch_lab")
    wide = make(cast, "ben", "acme", "Wide", permissions=["import"])
    for name, data in (("role.update", {"name": "Mine"}), ("role.delete", {})):
        with pytest.raises(errors.GrantExceedsCeiling):
            run(name, cast.people["dan"], wide, data)


def test_a_change_binds_at_once_on_every_grant(cast: Cast) -> None:
    """A6: sessions and keys of those who have the role are judged by it on their next request."""
    role = make(cast, "ben", "birch", permissions=["brand_edit"])
    give(cast, "ben", "alder", "pat@example.com", role)
    give(cast, "ben", "beta", "pat@example.com", role)
    run("brand.update", cast.people["pat"], cast.units["alder"], {"product_name": "X"})
    run("role.update", cast.ben, role, {"permissions": [], "masks": ["prices"]})
    assert held(cast, "pat", "beta") & ~ROLE_PERMISSIONS[Role.CUSTOMER_VIEWER] == P(0)
    with pytest.raises(errors.Forbidden):
        run("brand.update", cast.people["pat"], cast.units["alder"], {"product_name": "Y"})
    assert held(cast, "pat", "alder") == P.READ
    run("role.update", cast.ben, role, {"permissions": ["brand_edit"]})
    run("brand.update", cast.people["pat"], cast.units["alder"], {"product_name": "Z"})


def test_a_role_in_use_stays_and_says_where(cast: Cast) -> None:
    role = make(cast, "ben", "birch")
    give(cast, "ben", "alder", "pat@example.com", role)
    with pytest.raises(errors.RoleInUse) as one:
        run("role.delete", cast.ben, role)
    assert "Alder" in str(one.value.detail)
    give(cast, "ben", "birch_lab", "new@example.com", role)
    with pytest.raises(errors.RoleInUse) as two:
        run("role.delete", cast.ben, role)
    assert "2 people" in str(two.value.detail)
    for unit, email in (("alder", "pat@example.com"), ("birch_lab", "new@example.com")):
        run("grant.revoke", cast.ben, cast.units[unit], {"email": email, "role": role})
    run("role.delete", cast.ben, role)
    assert "Clerk" not in listed(cast, "ben", "birch")


def test_lists_hold_the_roles_that_may_be_given_there(cast: Cast) -> None:
    """R40, R41, R42: built-in, own, of the units above; how many have it; a hidden unit above is not told."""
    role = make(cast, "ada", "fjord", "Auditor", permissions=["audit_read"])
    make(cast, "eve", "cedar", "Secret")
    give(cast, "ben", "alder", "pat@example.com", role)
    found = listed(cast, "ben", "birch")
    assert {one.value for one in Role} <= set(found)
    assert (found["Auditor"].role, found["Auditor"].unit, found["Auditor"].holders) == (role, None, 1)
    assert "Secret" not in found
    assert listed(cast, "ada", "fjord")["Auditor"].unit.name == "Fjord"
    assert [*listed(cast, "dan", "acme", kind="own")] == ["Auditor"]
    assert not listed(cast, "dan", "acme")["administrator"].is_within
    assert ask("role.show", cast.ben, cast.units["alder"], {"role": role}).permissions == ("audit_read",)
    names = [*listed(cast, "ben", "birch", sort="-name")]
    first = ask("role.list", cast.ben, cast.units["birch"], {"sort": "-name", "limit": 5})
    rest = ask("role.list", cast.ben, cast.units["birch"], {"sort": "-name", "after": first.next})
    assert [row.name for row in (*first.items, *rest.items)] == names
    people = {row.email: row.grants for row in ask("user.list", cast.ben, cast.units["alder"]).items}
    assert "Auditor" in {one.role_name for one in people["pat@example.com"]}
    assert [row.email for row in ask("user.list", cast.ben, cast.units["birch"], {"role": role}).items] == [
        "pat@example.com"
    ]


def test_a_hidden_role_is_absent(cast: Cast) -> None:
    """A1, A4: neither list nor address tells of the role of another unit."""
    secret = make(cast, "eve", "cedar", "Secret")
    for name, data in (("role.update", {"name": "X"}), ("role.delete", {})):
        with pytest.raises(errors.NotFound):
            run(name, cast.ben, secret, data)
    with pytest.raises(errors.NotFound):
        ask("role.preview", cast.ben, secret)
    for asked in (secret, str(UUID(int=0)), "nonsense"):
        with pytest.raises(errors.InvalidInput) as refused:
            ask("role.show", cast.ben, cast.units["birch"], {"role": asked})
        assert refused.value.fields == {"role": "There is no such role to give here."}
        assert ask("user.list", cast.ben, cast.units["birch"], {"role": asked}).items == ()
    with writing(cast.ben):
        assert rows("select 1 from role where name = 'Secret'") == []


@pytest.fixture
def secret(cast: Cast) -> str:
    """A role of Cedar's."""
    return make(cast, "eve", "cedar", "Secret")


def test_either_belt_alone_hides_a_role(cast: Cast, secret: str, belts: str) -> None:
    """A8: with queries unscoped, and with policies off."""
    assert "Secret" not in listed(cast, "ben", "birch")
    with pytest.raises(errors.InvalidInput):
        ask("role.show", cast.ben, cast.units["birch"], {"role": secret})
    with pytest.raises(errors.NotFound):
        ask("role.preview", cast.ben, secret)


def test_a_preview_says_what_changes_for_whom(cast: Cast) -> None:
    """A6: before rights are taken away or given."""
    role = make(cast, "ben", "birch", permissions=["brand_edit"], masks=["margin"])
    give(cast, "ben", "alder", "pat@example.com", role)
    said = ask("role.preview", cast.ben, role, {"permissions": "import", "masks": "cost"})
    assert (said.gained, said.lost, said.people) == (("import",), ("brand_edit", "cost"), 1)
    assert [(one.unit.name) for one in said.holders] == ["Alder"]
    assert held(cast, "pat", "alder") & P.BRAND_EDIT


def test_where_its_unit_is_not_above_any_more_a_role_opens_nothing(cast: Cast) -> None:
    """A6: who edits a role has no say in units that moved away."""
    role = make(cast, "ben", "birch")
    give(cast, "ben", "beta", "new@example.com", role)
    with system():
        new = int(scalar("select id from app_user where email = 'new@example.com'"))
    count = "select count(*) from user_scope where actor_id = %s"
    run("unit.move", cast.ada, cast.units["beta"], {"parent": cast.units["cedar"]})
    with system():
        assert scalar(count, [new]) == 0
    run("unit.move", cast.ada, cast.units["beta"], {"parent": cast.units["birch"]})
    with system():
        assert scalar(count, [new]) == 1
    run("unit.move", cast.ada, cast.units["beta"], {"parent": cast.units["cedar"]})
    run("role.delete", cast.ben, role)
    with system():
        assert scalar("select count(*) from access_grant where user_id = %s", [new]) == 0


def test_names_are_unique_in_a_unit_and_none_is_built_in(cast: Cast) -> None:
    make(cast, "ben", "birch", "Clerk")
    make(cast, "ben", "alder", "Clerk")
    with pytest.raises(errors.NameTaken):
        make(cast, "ben", "birch", "CLERK")
    with pytest.raises(errors.InvalidInput):
        make(cast, "ben", "birch", "Sales agent")


INSERT = "insert into role (unit_id, name, name_key, perms, created_at) values (%s, 'x', 'x', %s, now())"
GRANT = (
    "insert into access_grant (user_id, unit_id, role, role_id, perms, acts_for_id, created_at)"
    " values (%s, %s, '', %s, %s, %s, now())"
)


def _refused(actor: Actor, statement: Any, values: list[Any]) -> None:
    with pytest.raises((ProgrammingError, IntegrityError)), writing(actor):
        execute(statement, values)


def test_the_database_refuses_what_the_operations_do(cast: Cast) -> None:
    """P2, A5: SQL as people's role makes, widens and gives no role beyond what the actor holds."""
    acme, birch, fjord = (unit_id(cast, key) for key in ("acme", "birch", "fjord"))
    dan = cast.people["dan"]
    _refused(dan, INSERT, [acme, 1 | P.AUDIT_READ])
    _refused(cast.ben, INSERT, [fjord, 1])
    _refused(cast.people["ira"], INSERT, [unit_id(cast, "birch_lab"), 1])
    role = make(cast, "dan", "acme", masks=["margin"])
    with system():
        role_id = int(scalar("select id from role where public_id = %s", [role]))
    _refused(dan, "update role set perms = perms | 4096 where id = %s", [role_id])
    with writing(dan):
        execute(GRANT, [cast.ira.id, acme, role_id, -1 & (2**40 - 1), acme])  # what a grant says, its role decides
        assert scalar("select g.perms = r.perms from access_grant g join role r on r.id = g.role_id")
    _refused(cast.ben, GRANT, [cast.ira.id, birch, role_id, 1, birch])
    with writing(cast.eve):
        execute("update role set name = 'Mine' where id = %s", [role_id])
        execute("delete from role where id = %s", [role_id])
    with system():
        assert scalar("select name from role where id = %s", [role_id]) == "Clerk"
