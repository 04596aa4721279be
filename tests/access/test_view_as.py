"""P32, ADR-0035: who views as another sees and may do what both may, for half an hour, named with both names."""

import os
from datetime import timedelta

import pytest
from django.db import DatabaseError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.cast import Cast
from underlet.access.acting import LASTS, acting_as
from underlet.access.queries import actor_by_id, actor_by_token
from underlet.foundation.actor import Actor
from underlet.foundation.clock import frozen, now
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.database.transactions import reading, system, writing
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.uploads import receive
from underlet.kernel.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from underlet.kernel.permission import ROLE_PERMISSIONS, Permission, Role
from underlet.project import wiring

wiring.load()
MONEY = Permission.PRICES | Permission.COST_READ | Permission.MARGIN_READ


def person_id(actor: Actor) -> str:
    with system():
        return str(scalar("select public_id from app_user where id = %s", [actor.id]))


def view(cast: Cast, viewer: str, person: str, unit: str, mode: str = "view") -> Actor:
    """The viewer as the person."""
    data = {"person": person_id(cast.people[person]), "reason": "They asked for help", "mode": mode}
    started = run("view_as.start", cast.people[viewer], cast.units[unit], data).result
    found = acting_as(cast.people[viewer], str(started.id))
    assert found is not None
    return found


def held(actor: Actor, cast: Cast) -> dict[str, Permission]:
    with reading(actor):
        return {name: Permission(_held(id_)) for name, id_ in cast.units.items()}


def _held(unit: str) -> int:
    return int(
        scalar(
            "select coalesce(bit_or(s.perms), 0) from user_scope s, unit u where u.public_id = %s"
            " and s.actor_id = actor_id() and s.unit_id = any (u.anc) and (s.subtree or s.unit_id = u.id)",
            [unit],
        )
    )


def test_one_sees_what_both_see(cast: Cast, belts: str) -> None:
    """P32, A1, A8: Ada sees all of Fjord, Ben sees Birch and below: so does Ada as Ben."""
    acting = view(cast, "ada", "ben", "birch")
    for unit, id_ in cast.units.items():
        if unit in ("fjord", "cedar", "delta", "harbor"):
            with pytest.raises(NotFound):
                ask("unit.show", acting, id_)
    seen = {str(one.id) for one in ask("unit.list", acting, cast.units["birch"], {"limit": 100}).items}
    assert seen == {str(one.id) for one in ask("unit.list", cast.ben, cast.units["birch"], {"limit": 100}).items}
    assert ask("user.me", acting).name == "Ben"
    assert ask("token.list", acting).items == ()


def test_money_shows_only_where_both_act_for_one_legal_entity(cast: Cast) -> None:
    """P32, R26, A8: Ada acts for Fjord, Ben for Birch: neither's prices show to Ada as Ben."""
    terms = {"currency": "EUR", "rules": [{"verb": "pass_through"}], "starts_on": "2026-01-01"}
    run("contract.create", cast.ada, cast.units["fjord"], {"buyer": cast.units["birch"], **terms})
    run("contract.create", cast.ben, cast.units["birch"], {"buyer": cast.units["beta"], **terms})
    acting = view(cast, "ada", "ben", "birch", "act")
    assert ask("contract.list", cast.ben, cast.units["birch"], {"side": "sold"}).items
    with pytest.raises(Forbidden):
        ask("contract.list", acting, cast.units["birch"], {"side": "sold"})
    assert not held(acting, cast)["birch"] & (MONEY | Permission.VIEW_AS)
    run(
        "user.invite", cast.ben, cast.units["birch"], {"email": "sue@example.com", "name": "Sue", "role": "viewer"}
    )
    with system():
        sue = Actor(int(scalar("select id from app_user where email = 'sue@example.com'")), "Sue")
    cast.people["sue"] = sue
    same = view(cast, "ben", "sue", "birch")
    assert ask("contract.list", same, cast.units["birch"], {"side": "sold"}).items


def test_viewing_writes_nothing(cast: Cast) -> None:
    """P32: every write is refused with a sentence, whatever it is about, and no row changes."""
    acting = view(cast, "ada", "ben", "birch")
    for name, to, data in (
        ("unit.update", cast.units["alder"], {"code": "X"}),
        ("unit.update", cast.units["cedar"], {"code": "X"}),
        ("user.update_me", None, {"theme": "dark"}),
        ("token.create", None, {"name": "key"}),
        ("view_as.start", cast.units["alder"], {"person": person_id(cast.cleo), "reason": "again"}),
    ):
        with pytest.raises(Forbidden, match="changes nothing"):
            run(name, acting, to, data)
    with pytest.raises(Forbidden), writing(acting):
        pass
    with pytest.raises(Forbidden):
        receive(acting, [b"x"], "x.csv")


def test_what_is_done_for_somebody_names_both(cast: Cast) -> None:
    """P32, S9: in the audit trail and in the unit's history; start and end are entries too."""
    acting = view(cast, "ben", "cleo", "alder", "act")
    run("unit.update", acting, cast.units["acme"], {"code": "C-1"})
    for name, to, data in (
        ("user.update_me", None, {"theme": "dark"}),
        ("token.create", None, {"name": "key"}),
        ("view_as.start", cast.units["alder"], {"person": person_id(cast.dan), "reason": "again"}),
    ):
        with pytest.raises(Forbidden):
            run(name, acting, to, data)
    session = ask("view_as.list", cast.ben, None, {"side": "mine"}).items[0]
    run("view_as.end", acting, str(session.id))
    found = ask("audit.list", cast.ben, cast.units["birch"], {"limit": 3}).items
    assert [(one.operation, one.actor, one.is_on_behalf, one.on_behalf_of) for one in found] == [
        ("view_as.end", "Ben", False, ""),
        ("unit.update", "Ben", True, "Cleo"),
        ("view_as.start", "Ben", False, ""),
    ]
    for who in ("ben", "cleo"):
        assert (
            len(ask("audit.list", cast.ben, cast.units["birch"], {"who": who, "operation": "unit.up"}).items) == 1
        )
    newest = ask("unit.history", cast.ben, cast.units["acme"]).items[0]
    assert (newest.actor, newest.by_key, newest.on_behalf_of) == ("Ben", False, "Cleo")


def test_the_person_sees_who_looked(cast: Cast) -> None:
    """P32: when, how long, why; nobody else does, and not for longer than 90 days."""
    view(cast, "ben", "cleo", "alder")
    [row] = ask("view_as.list", cast.cleo).items
    assert (row.viewer, row.person, row.mode, row.reason) == ("Ben", "Cleo", "view", "They asked for help")
    assert row.ended_at - row.started_at == LASTS
    assert ask("view_as.list", cast.ada).items == ()
    with frozen(now() + timedelta(days=91)):
        assert ask("view_as.list", cast.cleo).items == ()


def test_it_ends(cast: Cast) -> None:
    """P32, A6: by the button, by time, by a second one, by the role that goes: each binds on the next request."""
    acting = view(cast, "ben", "cleo", "alder", "act")
    id_ = str(ask("view_as.list", cast.ben, None, {"side": "mine"}).items[0].id)
    with frozen(now() + LASTS):
        assert acting_as(cast.ben, id_) is None
        with pytest.raises(Unauthenticated), system():
            actor_by_id(acting.id)
    assert acting_as(cast.ada, id_) is None, "somebody else's"
    assert actor_of(acting.id) == acting.id
    run("view_as.end", acting, id_)
    assert acting_as(cast.ben, id_) is None
    with pytest.raises(NotFound):
        ask("unit.show", acting, cast.units["acme"])
    first = view(cast, "ben", "cleo", "alder")
    view(cast, "ben", "dan", "acme")
    with pytest.raises(NotFound):
        ask("unit.show", first, cast.units["acme"])
    third = view(cast, "ben", "cleo", "alder", "act")
    assert ask("unit.show", third, cast.units["acme"])
    with system():
        execute("delete from access_grant where user_id = %s", [cast.cleo.id])
    with pytest.raises(NotFound):
        ask("unit.show", third, cast.units["acme"])


def actor_of(acting_id: int) -> int:
    with system():
        return actor_by_id(acting_id).id


def test_it_follows_a_move(cast: Cast) -> None:
    """P32, A6, A13: what leaves the viewer's part of the structure is out of sight at once."""
    acting = view(cast, "ben", "cleo", "alder")
    assert ask("unit.show", acting, cast.units["alder"])
    run("unit.move", cast.ada, cast.units["alder"], {"parent": cast.units["cedar"]})
    with pytest.raises(NotFound):
        ask("unit.show", acting, cast.units["alder"])


def test_who_may_not(cast: Cast) -> None:
    """P32, A2: API keys, oneself, the operator, people elsewhere or above, viewers without the right."""
    secret = run("token.create", cast.ben, None, {"name": "nightly"}).body["secret"]
    asked = {"reason": "They asked"}
    with pytest.raises(Forbidden):
        run(
            "view_as.start", actor_by_token(secret), cast.units["alder"], {"person": person_id(cast.cleo), **asked}
        )
    for person in ("ben", "operator", "ada", "uma", "eve"):
        with pytest.raises(InvalidInput):
            run(
                "view_as.start", cast.ben, cast.units["birch"], {"person": person_id(cast.people[person]), **asked}
            )
    with pytest.raises(Forbidden):
        run("view_as.start", cast.ira, cast.units["birch_lab"], {"person": person_id(cast.ben), **asked})
    with pytest.raises(InvalidInput):
        run("view_as.start", cast.ben, cast.units["birch"], {"person": person_id(cast.cleo), "reason": " "})
    names = {one.name for one in ask("view_as.people", cast.ben, cast.units["birch"]).items}
    assert "Cleo" in names
    assert not names & {"Ben", "Ada", "Operator", "Eve", "Uma"}


def test_the_database_refuses_it_too(cast: Cast) -> None:
    """P32, A5: SQL as the application's role: as somebody above, for longer, for somebody else, or prolonged."""
    at = now()
    insert = (
        "insert into acting_session (hierarchy_id, unit_id, viewer_id, viewer_name, person_id, person_name, mode,"
        " reason, starts_at, ends_at) select u.hierarchy_id, u.id, %s, '', %s, '', 'act', 'x', %s, %s"
        " from unit u where u.public_id = %s"
    )
    for viewer, person, lasts in (
        (cast.ben, cast.ada, LASTS), (cast.ben, cast.people["operator"], LASTS), (cast.ben, cast.ben, LASTS),
        (cast.ada, cast.cleo, LASTS), (cast.ben, cast.cleo, LASTS * 2),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), writing(cast.ben):
            execute(insert, [viewer.id, person.id, at, at + lasts, cast.units["birch"]])
    view(cast, "ben", "cleo", "alder")
    for text in (
        "update acting_session set ends_at = ends_at + interval '1 second'",
        "delete from acting_session",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), writing(cast.ben):
            execute(text)  # type: ignore[arg-type]


_UNITS = ("fjord", "birch", "alder", "acme", "beta", "cedar")
_ROLES = st.sampled_from([role.value for role in Role])
_GRANTS = st.lists(st.tuples(st.sampled_from(_UNITS), _ROLES, st.booleans()), min_size=1, max_size=3)


@settings(
    max_examples=200 if os.environ.get("UNDERLET_DEEP") else 12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(_GRANTS, _GRANTS)
@example([("fjord", "billing", True), ("birch", "owner", False)], [("fjord", "owner", True)])
def test_never_more_than_either(cast: Cast, viewer: object, person: object) -> None:
    """P32: in no unit, and for no legal entity, more than either may; and as much as
    both may for one legal entity, wherever the viewer may view as others."""
    with system():
        people = [_person(cast, grants) for grants in (viewer, person)]
        acting = int(
            scalar(
                "insert into acting_session (hierarchy_id, unit_id, viewer_id, viewer_name, person_id, person_name,"
                " mode, reason, starts_at, ends_at)"
                " values (1, 1, %s, '', %s, '', 'act', 'x', now(), now() + interval '9 m')"
                " returning id",
                people,
            )
        )
        sides = [_reach(one) for one in (*people, acting)]
    views = {unit for (unit, _), perms in _by_unit(sides[0]).items() if perms & Permission.VIEW_AS}
    for side in sides[:2]:
        totals = _by_unit(side)
        for (unit, _), perms in _by_unit(sides[2]).items():
            assert not perms & ~totals.get((unit, 0), 0)
        for (unit, entity), perms in sides[2].items():
            if entity:
                assert not perms & ~side.get((unit, entity), 0)
            else:
                assert not perms & int(MONEY)
    for key in sides[0].keys() & sides[1].keys():
        wanted = sides[0][key] & sides[1][key] & ~int(Permission.VIEW_AS)
        if key[0] in views and wanted & 1:
            assert not wanted & ~sides[2].get(key, 0)


def _person(cast: Cast, grants: object) -> int:
    assert isinstance(grants, list)
    id_ = int(
        scalar(
            "insert into app_user (email, email_key, name, password, created_at)"
            " select 'p' || n, 'p' || n, 'P', '!', now() from nextval('actor_id_seq') n returning id"
        )
    )
    for unit, role, subtree in grants:
        execute(
            "insert into access_grant (user_id, unit_id, role, perms, scope, acts_for_id, created_at)"
            " select %s, u.id, %s, %s, %s, u.id, now() from unit u where u.public_id = %s on conflict do nothing",
            [id_, role, int(ROLE_PERMISSIONS[Role(role)]), "subtree" if subtree else "unit", cast.units[unit]],
        )
    return id_


def _reach(actor: int) -> dict[tuple[int, int], int]:
    """What an actor may in each unit, for each legal entity."""
    found = rows(
        "select u.id, s.entity_id, bit_or(s.perms) from user_scope s join unit u on s.unit_id = any (u.anc)"
        " and (s.subtree or s.unit_id = u.id) where s.actor_id = %s group by 1, 2",
        [actor],
    )
    return {(unit, entity): perms for unit, entity, perms in found}


def _by_unit(reach: dict[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    total: dict[tuple[int, int], int] = {}
    for (unit, _), perms in reach.items():
        total[unit, 0] = total.get((unit, 0), 0) | perms
    return total
