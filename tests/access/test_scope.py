"""What grants, groups, ceilings and the limits of keys open: the scope that the database derives (data-core.md §8)."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.cast import Cast, make_cast
from underlet.access.models import User
from underlet.access.queries import actor_of
from underlet.foundation.clock import frozen
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.database.transactions import system

MOMENT = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def cast(database: None) -> Cast:
    return make_cast()


def _new_person() -> int:
    return int(
        scalar(
            "insert into app_user (email, email_key, name, password, created_at)"
            " values ('una@example.com', 'una@example.com', 'Una', '!', now()) returning id"
        )
    )


def _unit(cast: Cast, key: str) -> int:
    return int(scalar("select id from unit where public_id = %s", [cast.units[key]]))


def _give(user: int, unit: int, perms: int, scope: str = "subtree", **more: object) -> None:
    columns = {"user_id": user, "unit_id": unit, "perms": perms, "scope": scope, "acts_for_id": unit, **more}
    execute(
        f"insert into access_grant (role, created_at, {', '.join(columns)})"
        f" values ('x', now(), {', '.join(['%s'] * len(columns))})",
        list(columns.values()),
    )


def _scope(actor: int) -> set[tuple[str, bool, int]]:
    return set(
        rows(
            "select u.name, s.subtree, s.perms from user_scope s join unit u on u.id = s.unit_id where actor_id = %s",
            [actor],
        )
    )


def test_a_grant_on_a_unit_alone_reaches_no_further(cast: Cast) -> None:
    """data-core.md §8: unit alone."""
    with system():
        una = _new_person()
        _give(una, _unit(cast, "birch"), 1, "unit")
        assert _scope(una) == {("Birch", False, 1)}


def test_a_ceiling_cuts_roles_on_its_unit_and_below_and_none_above(cast: Cast) -> None:
    """P2: what a unit allows at most counts for the roles there, whoever gave them."""
    with system():
        una = _new_person()
        birch, gamma = _unit(cast, "birch"), _unit(cast, "gamma_finance")
        execute("insert into unit_ceiling (unit_id, perms) values (%s, 5)", [birch])
        _give(una, gamma, 7)
        _give(una, _unit(cast, "fjord"), 3)
        assert _scope(una) == {("finance.gamma.example.net", True, 5), ("Fjord", True, 3)}


def test_members_of_a_group_open_to_its_people_at_once(cast: Cast) -> None:
    """R48, R51, A6: joining and leaving count in the same transaction; a unit may belong to several groups."""
    with system():
        una, fjord, birch = _new_person(), _unit(cast, "fjord"), _unit(cast, "birch")
        hierarchy = scalar("select hierarchy_id from unit where id = %s", [fjord])
        made = [
            int(
                scalar(
                    "insert into unit_group (hierarchy_id, unit_id, name, name_key, created_at)"
                    " values (%s, %s, %s, %s, now()) returning id",
                    [hierarchy, fjord, name, name],
                )
            )
            for name in ("north", "south")
        ]
        for group, perms in zip(made, (1, 2), strict=True):
            _give(una, fjord, perms, "group", group_id=group)
        assert _scope(una) == set()
        for group in made:
            execute("insert into group_member values (%s, %s, %s)", [group, birch, hierarchy])
        assert _scope(una) == {("Birch", True, 3)}
        execute("delete from group_member where group_id = %s", [made[0]])
        assert _scope(una) == {("Birch", True, 2)}


def test_a_grant_ends_with_its_day_and_pauses_while_suspended(cast: Cast) -> None:
    """A6: an ended grant opens nothing to whoever is let in afterwards, by themselves or by a key."""
    with frozen(MOMENT), system():
        una, birch = _new_person(), _unit(cast, "birch")
        _give(una, birch, 1, expires_at=MOMENT + timedelta(hours=1))
        _give(una, birch, 2, "unit", suspended_at=MOMENT)
        assert _scope(una) == {("Birch", True, 1)}
        execute("update access_grant set suspended_at = null where user_id = %s and scope = 'unit'", [una])
        assert _scope(una) == {("Birch", True, 1), ("Birch", False, 2)}
    with frozen(MOMENT + timedelta(hours=2)):
        actor_of(User.objects.get(id=una))
        with system():
            assert _scope(una) == {("Birch", False, 2)}


def test_a_key_stays_within_its_own_limits(cast: Cast) -> None:
    """P1, S7: its owner's scope, in its unit only, with its permissions only; a move is followed."""
    with system():
        una, birch, gamma = _new_person(), _unit(cast, "birch"), _unit(cast, "gamma_finance")
        _give(una, birch, 7)
        _give(una, _unit(cast, "cedar"), 7)
        key = int(
            scalar(
                "insert into api_token (user_id, name, digest, unit_id, perms, created_at)"
                " values (%s, 'k', 'd', %s, 3, now()) returning id",
                [una, gamma],
            )
        )
        assert _scope(key) == {("finance.gamma.example.net", True, 3)}
        execute("update api_token set unit_id = %s where id = %s", [_unit(cast, "fjord"), key])
        assert _scope(key) == {("Birch", True, 3), ("Cedar", True, 3)}
