"""What tests of groups stand on: a group of Fjord, and people who look after it."""

from typing import Any

from tests.cast import Cast
from underlet.access.models import User
from underlet.access.queries import actor_of
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.kernel.permission import ROLE_PERMISSIONS, Role


def make_group(cast: Cast, name: str = "North", *members: str, rule: Any = None, at: str = "fjord") -> str:
    """A group of Ada's with these members, or with a rule; its public id."""
    data = {"name": name} | ({"rule": rule} if rule else {})
    group = str(run("group.create", cast.ada, cast.units[at], data).body["id"])
    if members:
        units = [cast.units[one] for one in members]
        run("group.add_members", cast.ada, group, {"units": units})
    return group


def new_person(name: str) -> int:
    """Somebody without a role; their id."""
    with system():
        return int(
            scalar(
                "insert into app_user (email, email_key, name, password, created_at)"
                " values (%s, %s, %s, '!', now()) returning id",
                [f"{name}@example.com", f"{name}@example.com", name.title()],
            )
        )


def give(user_id: int, group: str, role: Role = Role.KEY_ACCOUNT_MANAGER) -> None:
    """Give a role on a group, as an administrator of users does."""
    with system():
        execute(
            "insert into access_grant (user_id, unit_id, role, perms, scope, group_id, acts_for_id, created_at)"
            " select %s, g.unit_id, %s, %s, 'group', g.id, g.unit_id, now() from unit_group g where g.public_id = %s",
            [user_id, role.value, int(ROLE_PERMISSIONS[role]), group],
        )


def kim(*groups: str, role: Role = Role.KEY_ACCOUNT_MANAGER, name: str = "kim") -> Actor:
    """A key account manager whose only roles are on these groups."""
    user_id = new_person(name)
    for group in groups:
        give(user_id, group, role)
    return actor_of(User.objects.get(id=user_id))


def members(group: str) -> set[str]:
    """Names of a group's members, whoever asks."""
    with system():
        return {
            name
            for (name,) in rows(
                "select u.name from group_member m join unit u on u.id = m.unit_id"
                " join unit_group g on g.id = m.group_id where g.public_id = %s",
                [group],
            )
        }
