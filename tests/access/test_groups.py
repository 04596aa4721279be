"""Groups of units: who keeps them, who is a member, what their people see and may do (R46-R54)."""

from typing import Any

import pytest

import underlet.accounts.queries
import underlet.contracts.queries
import underlet.organization.around  # noqa: F401 (all fill the registry)
from tests.access.teams import give, kim, make_group, members, new_person
from tests.cast import Cast
from underlet.access.models import User
from underlet.access.queries import actor_by_token, actor_of
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system, writing
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors
from underlet.kernel.permission import Role


def _mine(actor: Actor) -> list[str]:
    return [row.name for row in ask("unit.mine", actor).items]


def test_a_group_is_filled_in_created_then_given_members(cast: Cast) -> None:
    """R46, R48, R49: new group, then its members; a unit may belong to several."""
    north, south = make_group(cast, "North", "alder", "delta"), make_group(cast, "South", "alder")
    shown = ask("group.show", cast.ada, north)
    assert (shown.name, shown.unit.name, shown.members, shown.may_edit) == ("North", "Fjord", 2, True)
    assert [row.name for row in ask("group.members", cast.ada, north).items] == ["Alder", "delta.example.org"]
    of_alder = ask("group.list", cast.ada, cast.units["alder"], {"where": "member"}).items
    assert [row.name for row in of_alder] == ["North", "South"]
    done = run("group.set_members", cast.ada, north, {"units": [cast.units["beta"], cast.units["delta"]]}).body
    assert (done["added"], done["removed"], done["members"]) == (1, 1, 2)
    run("group.remove_members", cast.ada, north, {"units": [cast.units["delta"]]})
    assert members(north) == {"beta.example.org"}
    run("group.delete", cast.ada, south)
    assert [row.name for row in ask("group.list", cast.ada, cast.units["fjord"]).items] == ["North"]


def test_every_unit_that_a_search_finds_joins_at_once(cast: Cast) -> None:
    """R47: thousands need no list of their ids."""
    group = make_group(cast)
    run("group.add_members", cast.ada, group, {"every": {"q": "gamma", "kind": "customer"}})
    # the customer organization gamma is one of them, too
    assert members(group) >= {"finance.gamma.example.net", "lab.gamma.example.net"}


def test_members_stand_below_the_unit_of_their_group(cast: Cast) -> None:
    """requirements.md §5: the database says so to whoever writes; moving out is leaving, and the preview tells."""
    group = make_group(cast, "Birch's", "alder", "acme", at="birch")
    for outside in ("cedar", "birch", "fjord"):
        with pytest.raises(errors.MemberOutsideSubtree):
            run("group.add_members", cast.ada, group, {"units": [cast.units[outside]]})
    preview = ask("unit.preview_move", cast.ada, cast.units["alder"], {"parent": cast.units["cedar"]})
    assert [(left.name, left.units) for left in preview.groups] == [("Birch's", 2)]
    run("unit.move", cast.ada, cast.units["alder"], {"parent": cast.units["cedar"]})
    assert members(group) == set()


def test_only_whoever_keeps_the_unit_and_all_below_changes_its_groups(cast: Cast) -> None:
    """A3, A5: others see the group where they see its unit, and no more."""
    group = make_group(cast, "North", "alder")
    for who in ("ben", "cleo", "eve", "dan"):
        with pytest.raises(errors.NotFound):
            run("group.update", cast.people[who], group, {"name": "Mine"})
        with pytest.raises(errors.NotFound):
            ask("group.show", cast.people[who], group)
        assert (
            ask(
                "group.list",
                cast.people[who],
                cast.units["alder" if who in ("ben", "cleo") else "delta" if who == "eve" else "acme"],
            ).items
            == ()
        )
    with pytest.raises(errors.Forbidden):
        run("group.create", cast.ira, cast.units["birch_lab"], {"name": "Ira's"})
    with pytest.raises(errors.WrongState):
        run("group.create", cast.ada, cast.units["acme"], {"name": "Of a customer"})


def test_key_account_managers_reach_their_members_and_nothing_else(cast: Cast) -> None:
    """R50, R51, R52: the members with everything below them, in lists, search and chart."""
    group = make_group(cast, "North", "alder", "delta")
    who = kim(group)
    assert _mine(who) == ["Alder", "delta.example.org"]
    assert [row.name for row in ask("unit.list", who, cast.units["alder"]).items] == ["acme.example.com", "Alder"]
    assert {row.name for row in ask("unit.around", who, cast.units["alder"]).below} <= {
        "Alder",
        "acme.example.com",
    }
    for hidden in ("fjord", "birch", "cedar", "beta"):
        with pytest.raises(errors.NotFound):
            ask("unit.show", who, cast.units[hidden])
    assert ask("unit.show", who, cast.units["acme"]).path[0].name == "Alder"
    run("unit.update", who, cast.units["acme"], {"code": "A-1"})
    shown = ask("group.show", who, group)
    assert (shown.unit, shown.people, shown.may_edit, shown.may_create) == (None, (), False, True)
    assert [row.name for row in ask("group.mine", who).items] == ["North"]
    with pytest.raises(errors.Forbidden):
        run("group.add_members", who, group, {"units": [cast.units["acme"]]})


def test_a_change_of_the_group_binds_on_the_next_request(cast: Cast) -> None:
    """A6: for a person who is signed in, and for their API keys."""
    group = make_group(cast, "North", "alder")
    who = kim(group)
    secret = run("token.create", who, None, {"name": "key"}).result.secret
    key = actor_by_token(secret)
    assert _mine(who) == _mine(key) == ["Alder"]
    run("group.set_members", cast.ada, group, {"units": [cast.units["delta"]]})
    assert _mine(who) == _mine(key) == ["delta.example.org"]
    assert ask("group.show", key, group).members == 1
    with pytest.raises(errors.NotFound):
        ask("unit.show", key, cast.units["alder"])
    run("group.delete", cast.ada, group)
    assert _mine(who) == _mine(key) == []
    with pytest.raises(errors.NotFound):
        ask("group.show", key, group)


def test_units_are_created_into_groups(cast: Cast) -> None:
    """R52, R53: below a member, or right below the unit of the group; theirs at once, and only with a group."""
    north, south = make_group(cast, "North", "alder"), make_group(cast, "South", "delta")
    who = kim(north)
    new = {"kind": "customer", "name": "one.example.net"}
    with pytest.raises(errors.GroupRequired):
        run("unit.create", who, cast.units["alder"], new)
    with pytest.raises(errors.InvalidInput) as refused:
        run("unit.create", who, cast.units["alder"], new | {"groups": [south]})
    assert list(refused.value.fields) == ["groups.0"]
    run("unit.create", who, cast.units["alder"], new | {"groups": [north]})
    made = run("group.create_unit", who, north, {"kind": "organization", "name": "New team"}).body
    assert [step["name"] for step in made["path"]] == ["New team"]
    assert _mine(who) == ["Alder", "New team"]
    customer = run("group.create_unit", who, north, {"kind": "customer", "name": "two.example.net"}).body
    assert customer["is_entity_own"]
    assert customer["legal_entity"]["name"] == "two.example.net"
    assert ask("unit.show", cast.ada, customer["id"]).path[0].name == "Fjord"
    assert members(north) == {"Alder", "one.example.net", "New team", "two.example.net"}
    run("unit.create", cast.ben, cast.units["birch"], {"kind": "customer", "name": "three.example.net"})


def test_sales_agents_of_one_group_create_in_no_other(cast: Cast) -> None:
    """P2, R53: a group with a rule, one that is not theirs, and one that they only read."""
    mine, ruled = make_group(cast, "Mine", "alder"), make_group(cast, "Ruled", rule={"name": "*.org"})
    read = make_group(cast, "Read", "delta")
    who = kim(mine, ruled, role=Role.SALES_AGENT)
    give(who.id, read, Role.KEY_ACCOUNT_VIEWER)
    for group in (ruled, read):
        with pytest.raises(errors.Forbidden):
            run("group.create_unit", who, group, {"kind": "organization", "name": "New team"})
        with pytest.raises(errors.InvalidInput):
            run("unit.create", who, cast.units["alder"], {"kind": "organization", "name": "X", "groups": [group]})


@pytest.mark.parametrize(
    "text",
    [
        'select create_below_group(g.id, \'{"kind": "organization", "name": "X", "name_key": "x"}\', null)'
        " from unit_group g where g.name = 'South'",
        "insert into group_member select g.id, u.id, g.hierarchy_id from unit_group g, unit u where g.name = 'North'",
        "select join_new_unit(u.id, array(select g.id from unit_group g)) from unit u"
        " where u.name = 'acme.example.com'",
        "update unit_group set name = 'Mine'",
        "delete from unit_group",
        "delete from group_member",
    ],
)
def test_sql_of_a_key_account_manager_is_refused(cast: Cast, text: Any) -> None:
    """A5, P2: without operations."""
    from django.db import DatabaseError

    make_group(cast, "South", "delta")
    who = kim(make_group(cast, "North", "alder"))
    with system():
        before = execute("select 1 from group_member")
    try:
        with writing(who):
            touched = execute(text)
            assert touched == 0
    except DatabaseError:
        pass
    with system():
        assert execute("select 1 from group_member") == before
        assert execute("select 1 from unit_group where name in ('North', 'South')") == 2


def test_nobody_gives_more_than_they_hold_by_members(cast: Cast) -> None:
    """P2, A5: neither by adding them, nor by a rule, nor by changing a unit until a group takes it in."""
    group = make_group(cast, "North", "alder")
    editor = User.objects.get(id=new_person("eddy"))
    with system():
        execute(
            "insert into access_grant (user_id, unit_id, role, perms, acts_for_id, created_at)"
            " select %s, u.id, 'x', 65545, u.id, now() from unit u where u.name = 'Fjord'",
            [editor.id],
        )
    eddy = actor_of(editor)
    run("group.add_members", eddy, group, {"units": [cast.units["delta"]]})
    give(editor.id, group, Role.OWNER)
    with pytest.raises(errors.GrantExceedsCeiling):
        run("group.add_members", eddy, group, {"units": [cast.units["beta"]]})
    with pytest.raises(errors.GrantExceedsCeiling):
        run("group.update", eddy, group, {"rule": {"kind": "customer"}})
    with pytest.raises(errors.Forbidden):
        run("group.delete", eddy, group)


def test_a_unit_is_not_changed_into_a_greater_role(cast: Cast) -> None:
    """P2, A5: by a rule of a group of one's own."""
    mine = make_group(cast, "Mine", "alder")
    ruled = make_group(cast, "Ruled", rule={"code": "A-*"})
    who = kim(mine, role=Role.SALES_AGENT)
    give(who.id, ruled, Role.KEY_ACCOUNT_MANAGER)
    with pytest.raises(errors.GrantExceedsCeiling):
        run("unit.update", who, cast.units["acme"], {"code": "A-1"})
    run("unit.update", who, cast.units["acme"], {"code": "B-1"})
    run("unit.update", cast.ada, cast.units["acme"], {"code": "A-1"})
    assert members(ruled) == {"acme.example.com"}


def test_lists_are_filtered_by_a_group_that_one_sees(cast: Cast) -> None:
    """R47, R54: of a hidden group nothing is listed, as of none."""
    group = make_group(cast, "North", "alder", "delta")
    fjord = cast.units["fjord"]
    for sort, names in (
        ("name", ["acme.example.com", "Alder", "delta.example.org"]),
        ("-name", ["delta.example.org", "Alder", "acme.example.com"]),
    ):
        found = ask("unit.list", cast.ada, fjord, {"group": group, "sort": sort})
        assert [row.name for row in found.items] == names
    page = ask("unit.list", cast.ada, fjord, {"group": group, "limit": 1})
    rest = ask("unit.list", cast.ada, fjord, {"group": group, "after": page.next})
    assert [row.name for row in (*page.items, *rest.items)] == ["acme.example.com", "Alder", "delta.example.org"]
    inner = ask("unit.list", cast.ada, cast.units["acme"], {"group": group})
    assert [row.name for row in inner.items] == ["acme.example.com"]
    who = kim(group)
    assert [row.name for row in ask("unit.list", who, cast.units["alder"], {"group": group}).items] == [
        "acme.example.com", "Alder",
    ]  # fmt: skip
    for name in ("unit.list", "contract.list", "sub_account.list"):
        assert ask(name, cast.ben, cast.units["birch"], {"group": group}).items == ()


def test_an_archived_member_stays_one(cast: Cast) -> None:
    """R47: it shows when asked for."""
    group = make_group(cast, "North", "birch_lab")
    run("unit.archive", cast.ada, cast.units["birch_lab"], {})
    assert ask("group.members", cast.ada, group).items == ()
    assert [row.name for row in ask("group.members", cast.ada, group, {"state": "all"}).items] == ["Birch Lab"]
