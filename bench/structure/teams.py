"""First pages of an account manager with thousands of organizations by groups, beside an administrator's, and of
somebody who looks after the same groups and views as the manager.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any, LiteralString

import psycopg

import underlet.access.queries  # noqa: F401 (fills the registry)
from underlet.access.acting import acting_as
from underlet.foundation.actor import Actor
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel.permission import ROLE_PERMISSIONS, Permission, Role

LOOKED_AFTER = 2100
GROUPS = 7
REPEAT = 60

_ORGANIZATIONS: LiteralString = (
    "select id from unit where kind = 'organization' and parent_id is not null order by depth desc, id limit %s"
)
_GROUP: LiteralString = (
    "insert into unit_group (hierarchy_id, unit_id, name, name_key, created_at)"
    " select hierarchy_id, id, %(name)s, %(name)s, now() from unit where parent_id is null"
    " returning id, unit_id, public_id"
)


def teams(connection: "psycopg.Connection[Any]", root: str, administrator: int) -> dict[str, Any]:
    """Milliseconds of whole reads of 50 rows, in this process, on the clock on the wall."""
    units = [row[0] for row in connection.execute(_ORGANIZATIONS, [LOOKED_AFTER])]
    manager, group = _manager(connection, units)
    people = {"manager": Actor(manager, "manager"), "administrator": Actor(administrator, "administrator")}
    supporter, started = _viewer(connection, manager, units)
    viewing = acting_as(supporter, started[-1][0])
    assert viewing is not None
    connection.execute("vacuum (analyze) user_scope, group_member")  # as it would be after a while
    works: dict[str, Callable[[], Any]] = {
        "administrator, all units": lambda: ask("unit.list", people["administrator"], root),
        "administrator, units of a group": lambda: ask(
            "unit.list", people["administrator"], root, {"group": group}
        ),
        "administrator, groups": lambda: ask("group.list", people["administrator"], root),
        "manager, own units": lambda: ask("unit.mine", people["manager"]),
        "manager, own units searched": lambda: ask("unit.mine", people["manager"], None, {"q": "a"}),
        "supporter as the manager, own units": lambda: ask("unit.mine", viewing),
        "manager, members of a group": lambda: ask("group.members", people["manager"], group),
    }
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(REPEAT):
        for name, work in works.items():
            begin = time.perf_counter()
            work()
            taken[name].append((time.perf_counter() - begin) * 1000)
    medians = {name: round(statistics.median(times), 1) for name, times in taken.items()}
    ratio = round(medians["manager, own units"] / medians["administrator, all units"], 2)
    starts = round(statistics.median(took for _, took in started), 1)
    return {
        "organizations": len(units), "ms": medians, "manager over administrator": ratio, "to view as, ms": starts,
    }  # fmt: skip


def _viewer(
    connection: "psycopg.Connection[Any]", manager: int, units: list[int]
) -> tuple[Actor, list[tuple[str, float]]]:
    """Somebody who supports the manager's groups; five times that they began to view as the manager, and how long it
    took."""
    perms = int(ROLE_PERMISSIONS[Role.KEY_ACCOUNT_MANAGER] | Permission.VIEW_AS)
    made = connection.execute(
        "insert into app_user (email, email_key, name, password, created_at)"
        " values ('support@example.com', 'support@example.com', 'Support', '!', now()) returning id"
    ).fetchone()
    assert made is not None
    connection.execute(
        "insert into access_grant (user_id, unit_id, role, perms, scope, group_id, acts_for_id, created_at)"
        " select %s, g.unit_id, 'support', %s, 'group', g.id, g.unit_id, now() from unit_group g",
        [made[0], perms],
    )
    found = connection.execute(
        "select p.public_id, u.public_id from app_user p, unit u where p.id = %s and u.id = %s",
        [manager, units[0]],
    ).fetchone()
    assert found is not None
    supporter, started = Actor(made[0], "Support"), []
    for _ in range(5):
        begin = time.perf_counter()
        row = run("view_as.start", supporter, str(found[1]), {"person": str(found[0]), "reason": "Asked for help"})
        started.append((str(row.body["id"]), (time.perf_counter() - begin) * 1000))
    return supporter, started


def _manager(connection: "psycopg.Connection[Any]", units: list[int]) -> tuple[int, str]:
    """A person whose only roles are on groups that hold these units; their id, and a group's public one."""
    made = connection.execute(
        "insert into app_user (email, email_key, name, password, created_at)"
        " values ('team@example.com', 'team@example.com', 'Team', '!', now()) returning id"
    ).fetchone()
    assert made is not None
    connection.execute("delete from unit_group")
    public_id = ""
    for number in range(GROUPS):
        row = connection.execute(_GROUP, {"name": f"team {number}"}).fetchone()
        assert row is not None
        group, owner, public_id = row[0], row[1], str(row[2])
        connection.execute(
            "insert into access_grant (user_id, unit_id, role, perms, scope, group_id, acts_for_id, created_at)"
            " values (%s, %s, 'key_account_manager', 11, 'group', %s, %s, now())",
            [made[0], owner, group, owner],
        )
        connection.execute(
            "insert into group_member (group_id, unit_id, hierarchy_id)"
            " select %s, u.id, u.hierarchy_id from unit u where u.id = any (%s)",
            [group, units[number::GROUPS]],
        )
    return made[0], public_id
