"""user.suspend, resume, remove, invite_again; grant.create, update, revoke: people and their roles."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError

from tests.cast import Cast
from underlet.access.models import User
from underlet.access.queries import actor_by_email
from underlet.access.welcome import set_password
from underlet.foundation.clock import frozen
from underlet.foundation.database.sql import execute, rows
from underlet.foundation.database.transactions import system, writing
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors

MOMENT = datetime(2026, 7, 1, 12, tzinfo=UTC)


def do(cast: Cast, who: str, name: str, unit: str, **data: Any) -> Any:
    return run(name, cast.people[who], cast.units[unit], data).body


def person(cast: Cast, who: str, unit: str, name: str) -> Any:
    return next(row for row in ask("user.list", cast.people[who], cast.units[unit]).items if row.name == name)


def grant_of(cast: Cast, who: str, unit: str, name: str, place: str) -> str:
    row = person(cast, who, unit, name)
    return next(str(grant.id) for grant in row.grants if grant.unit and grant.unit.name == place)


def sees(cast: Cast, who: str, unit: str) -> bool:
    try:
        ask("unit.show", actor_by_email(f"{who}@example.com"), cast.units[unit])
    except errors.NotFound:
        return False
    return True


def test_suspending_rests_all_roles_at_and_below_and_resuming_wakes_them(cast: Cast) -> None:
    """R36, A6, P2: on the next request; others' roles of the person stay."""
    pat = str(person(cast, "ben", "birch", "Pat").id)
    run("user.invite", cast.eve, cast.units["cedar"], {"email": "pat@example.com", "name": "P", "role": "viewer"})
    rested = do(cast, "ben", "user.suspend", "birch", user=pat)
    assert (len(rested["grants"]), rested["user"]["state"]) == (2, "suspended")
    assert [sees(cast, "pat", unit) for unit in ("gamma_finance", "gamma_lab", "cedar")] == [False, False, True]
    assert person(cast, "ben", "birch", "Pat").state == "suspended"
    assert {grant["state"] for grant in do(cast, "ben", "user.resume", "birch", user=pat)["grants"]} == {"active"}
    assert sees(cast, "pat", "gamma_lab")


def test_removing_takes_back_what_the_preview_tells_and_nothing_elsewhere(cast: Cast) -> None:
    """R36, A6."""
    pat = str(person(cast, "ben", "birch", "Pat").id)
    run("user.invite", cast.eve, cast.units["cedar"], {"email": "pat@example.com", "name": "P", "role": "viewer"})
    told = ask("user.preview_removal", cast.ben, cast.units["gamma_lab"], {"user": pat})
    assert [grant.unit.name for grant in told.grants] == ["lab.gamma.example.net"]
    done = do(cast, "ben", "user.remove", "gamma_lab", user=pat)
    assert [grant["id"] for grant in done["grants"]] == [str(grant.id) for grant in told.grants]
    assert [sees(cast, "pat", unit) for unit in ("gamma_lab", "gamma_finance", "cedar")] == [False, True, True]


def test_nobody_changes_what_they_could_not_give(cast: Cast) -> None:
    """P2, A5: neither suspends, removes nor changes a role beyond their own, nor their own; hidden = absent."""
    run("user.invite", cast.ben, cast.units["acme"],
        {"email": "new@example.com", "name": "New", "role": "administrator"})  # fmt: skip
    new = str(person(cast, "ben", "acme", "New").id)
    for name in ("user.suspend", "user.remove"):
        with pytest.raises(errors.Forbidden):
            do(cast, "dan", name, "acme", user=new)
        with pytest.raises(errors.Forbidden):
            do(cast, "dan", name, "acme", user=str(person(cast, "dan", "acme", "Dan").id))
    grant = grant_of(cast, "ben", "acme", "New", "acme.example.com")
    with pytest.raises(errors.Forbidden):
        run("grant.update", cast.dan, grant, {"role": "customer_viewer"})
    run("grant.update", cast.ben, grant, {"role": "customer_viewer"})
    with pytest.raises(errors.Forbidden):
        run("grant.update", cast.dan, grant, {"role": "administrator"})
    run("grant.update", cast.dan, grant, {"role": "customer_administrator", "scope": "unit"})
    for somebody in (str(person(cast, "ada", "fjord", "Eve").id), "00000000-0000-4000-8000-000000000000"):
        with pytest.raises(errors.InvalidInput) as refused:
            do(cast, "ben", "user.suspend", "birch", user=somebody)
        assert refused.value.fields == {"user": "There is no such person here."}
    with pytest.raises(errors.NotFound):
        run("grant.update", cast.eve, grant, {"role": "viewer"})


def test_sql_of_the_application_changes_no_role_beyond_its_own(cast: Cast) -> None:
    """P2, A8: the policies alone refuse what the operations refuse."""
    run("user.invite", cast.ben, cast.units["acme"],
        {"email": "new@example.com", "name": "New", "role": "administrator"})  # fmt: skip
    with writing(cast.dan):
        for change in ("update access_grant set suspended_at = now()", "delete from access_grant"):
            [(new,)] = rows("select id from app_user where email = 'new@example.com'")
            assert execute(f"{change} where user_id = %s", [new]) == 0  # type: ignore[arg-type]
    with pytest.raises(DatabaseError), writing(cast.dan):
        execute("update access_grant set perms = -1 where user_id = %s", [cast.dan.id])


def test_whoever_could_take_a_role_back_lets_it_rest(cast: Cast) -> None:
    """P2, A6: beyond a limit that came later, or on customers elsewhere; only who could give it wakes it again."""
    run(
        "role_ceiling.set", cast.ada, cast.units["birch"], {"permissions": ["unit_edit", "user_edit", "role_edit"]}
    )
    cleo = str(person(cast, "ben", "alder", "Cleo").id)
    do(cast, "ben", "user.suspend", "alder", user=cleo)
    assert not sees(cast, "cleo", "alder")
    with pytest.raises(errors.Forbidden):
        do(cast, "ben", "user.resume", "alder", user=cleo)
    do(cast, "ben", "user.suspend", "acme", user=str(person(cast, "ben", "acme", "Dan").id))
    with pytest.raises(IntegrityError, match="more than the actor holds"), writing(cast.ben):
        execute("update access_grant set perms = perms | 1024 where user_id = %s", [cast.dan.id])
    with pytest.raises(ProgrammingError), writing(cast.ben):
        execute("update access_grant set suspended_at = null where user_id = %s", [cast.cleo.id])
    run("role_ceiling.clear", cast.ada, cast.units["birch"])
    do(cast, "ben", "user.resume", "alder", user=cleo)
    with system():
        execute(
            "insert into access_grant (user_id, unit_id, role, perms, scope, created_at)"
            " select %s, id, 'viewer', 1, 'customers', now() from unit where public_id = %s",
            [cast.cleo.id, cast.units["beta"]],
        )
    assert do(cast, "ben", "user.suspend", "beta", user=cleo)["user"]["grants"][-1]["state"] == "suspended"


def test_the_last_owner_of_a_root_stays(cast: Cast) -> None:
    """last_owner: not taken, suspended, ended, made something else or switched off, by no way; a second one may go."""
    run("user.invite", cast.people["operator"], cast.units["fjord"],
        {"email": "ada@example.com", "name": "Ada", "role": "owner"})  # fmt: skip
    operator = person(cast, "ada", "fjord", "Operator")
    grant = str(operator.grants[0].id)
    with frozen(MOMENT):
        run("grant.update", cast.ada, grant, {"ends_on": "2026-08-01"})
        run("grant.update", cast.ada, grant, {"ends_on": None})
    do(cast, "ada", "user.suspend", "fjord", user=str(operator.id))
    do(cast, "ada", "user.resume", "fjord", user=str(operator.id))
    run(
        "grant.revoke", cast.people["operator"], cast.units["fjord"], {"email": "ada@example.com", "role": "owner"}
    )
    for name, to, data in (
        ("user.suspend", cast.units["fjord"], {"user": str(operator.id)}),
        ("user.remove", cast.units["fjord"], {"user": str(operator.id)}),
        ("grant.update", grant, {"role": "administrator"}),
        ("grant.update", grant, {"ends_on": "2126-08-01"}),
    ):
        with pytest.raises(errors.LastOwner):
            run(name, cast.ada, to, data)
    with system(), pytest.raises(DatabaseError, match="keeps an owner"):
        execute("update app_user set is_active = false where email = 'operator@localhost'")


def test_a_role_ends_with_its_day(cast: Cast) -> None:
    """A6: told as ending soon two weeks before; opens nothing from that day on; a day that has begun is refused."""
    with frozen(MOMENT):
        set_password(User.objects.get(email_key="ira@example.com"), "long enough, and rare")
        grant = grant_of(cast, "ben", "birch", "Ira", "Birch Lab")
        with pytest.raises(errors.InvalidInput):
            run("grant.update", cast.ben, grant, {"ends_on": "2026-07-01"})
        run("grant.update", cast.ben, grant, {"ends_on": "2026-07-10"})
        assert person(cast, "ben", "birch", "Ira").state == "ends_soon"
        assert sees(cast, "ira", "birch_lab")
    with frozen(MOMENT + timedelta(days=8, hours=13)):
        assert not sees(cast, "ira", "birch_lab")
        assert person(cast, "ben", "birch", "Ira").state == "ended"


def test_the_list_filters_by_the_state_it_shows(cast: Cast) -> None:
    """R36: the database and the page say the same of everybody."""
    with frozen(MOMENT):
        set_password(User.objects.get(email_key="ira@example.com"), "long enough, and rare")
        set_password(User.objects.get(email_key="dan@example.com"), "long enough, and rare")
        run(
            "grant.update", cast.ben, grant_of(cast, "ben", "birch", "Ira", "Birch Lab"), {"ends_on": "2026-07-09"}
        )
        do(cast, "ben", "user.suspend", "birch", user=str(person(cast, "ben", "birch", "Bea").id))
        everybody = {row.name: row.state for row in ask("user.list", cast.ben, cast.units["birch"]).items}
        assert set(everybody.values()) == {"invited", "active", "suspended", "ends_soon"}
        for state in ("invited", "active", "ends_soon", "suspended", "ended"):
            found = ask("user.list", cast.ben, cast.units["birch"], {"state": state}).items
            assert {row.name for row in found} == {name for name, one in everybody.items() if one == state}


def test_an_invitation_is_sent_again_until_it_is_accepted(cast: Cast) -> None:
    """R33, A5: with a new link, only where the actor may hand one out."""
    ira = str(person(cast, "ben", "birch", "Ira").id)
    assert run("user.invite_again", cast.ben, cast.units["birch"], {"user": ira}).body["welcome_path"]
    set_password(User.objects.get(email_key="ira@example.com"), "long enough, and rare")
    with pytest.raises(errors.WrongState):
        run("user.invite_again", cast.ben, cast.units["birch"], {"user": ira})


def test_a_role_on_the_unit_alone_and_on_several_groups_at_once(cast: Cast) -> None:
    """R50, R51: subject is the groups' unit; a group of another unit is absent."""
    with system():
        made = [
            str(public_id)
            for name in ("north", "south")
            for (public_id,) in rows(
                "insert into unit_group (hierarchy_id, unit_id, name, name_key, created_at)"
                " select hierarchy_id, id, %s, %s, now() from unit where public_id = %s returning public_id",
                [name, name, cast.units["birch"]],
            )
        ]
        execute(
            "insert into group_member select g.id, u.id, u.hierarchy_id from unit_group g, unit u"
            " where u.public_id = %s",
            [cast.units["beta"]],
        )
    ira = str(person(cast, "ben", "birch", "Ira").id)
    data = {"user": ira, "role": "key_account_viewer", "scope": "group", "groups": made}
    row = run("grant.create", cast.ben, cast.units["birch"], data).body
    assert {grant["group"] for grant in row["grants"] if grant["scope"] == "group"} == {"north", "south"}
    assert (sees(cast, "ira", "beta"), sees(cast, "ira", "acme")) == (True, False)
    revoke = {"email": "ira@example.com", "role": "key_account_viewer", "scope": "group"}
    with pytest.raises(errors.InvalidInput):
        run("grant.revoke", cast.ben, cast.units["birch"], revoke)
    revoke["group"] = made[0]
    run("grant.revoke", cast.ben, cast.units["birch"], revoke)
    assert sees(cast, "ira", "beta")
    with pytest.raises(errors.InvalidInput):
        run("grant.create", cast.ada, cast.units["fjord"], data)
    with pytest.raises(errors.InvalidInput):
        run("grant.create", cast.ben, cast.units["birch"], {**data, "groups": []})
    run("grant.create", cast.ben, cast.units["birch"], {"user": ira, "role": "viewer", "scope": "unit"})
    assert (sees(cast, "ira", "birch"), sees(cast, "ira", "alder")) == (True, False)
