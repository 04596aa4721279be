"""D6: what takes somebody's sight away binds from the next request on: sessions, keys, queued jobs, running downloads.

Changes are made by SQL as the system's role, which the product's triggers follow, and in the rows of the world, which
the specification reads; then everything that was asked before is asked again, with the same session or key.
"""

import random
from collections.abc import Callable
from datetime import timedelta

from tests.leaks.specification import Specification
from tests.leaks.worlds import COST_READ, NOW, PRICES, READ, UNIT_EDIT, USER_EDIT, Row, World
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system

Change = Callable[[World, int, random.Random], bool]
"""Changes the database and the world alike; False: the actor has nothing that this could take."""


def _grants(world: World, person: int, scope: str = "") -> list[Row]:
    live = [row for row in world.rows["access_grant"] if row["user_id"] == person and not row["suspended_at"]]
    return [row for row in live if not scope or row["scope"] == scope]


def _owns(world: World, grant: Row) -> bool:
    """Whether the grant is one of those of which the root keeps one."""
    return (
        grant["role"] == "owner"
        and grant["scope"] == "subtree"
        and world.get("unit", grant["unit_id"])["parent_id"] is None
        and not grant["suspended_at"]
        and not grant["expires_at"]
        and world.get("app_user", grant["user_id"])["is_active"]
    )


def _endable(world: World, person: int) -> list[Row]:
    """Grants that can end: all but those by which a root has its last owner."""
    owning = [one for one in world.rows["access_grant"] if _owns(world, one)]
    return [
        one
        for one in _grants(world, person)
        if one not in owning or any(two["unit_id"] == one["unit_id"] and two is not one for two in owning)
    ]


def revoke(world: World, person: int, rng: random.Random) -> bool:
    """A grant is taken away."""
    grants = _endable(world, person)
    if grants:
        one = rng.choice(grants)
        with system():
            execute("delete from access_grant where id = %s", [one["id"]])
        world.drop("access_grant", one["id"])
    return bool(grants)


def suspend(world: World, person: int, rng: random.Random) -> bool:
    """A grant is suspended."""
    grants = _endable(world, person)
    if grants:
        one = rng.choice(grants)
        with system():
            execute("update access_grant set suspended_at = %s where id = %s", [NOW, one["id"]])
        one["suspended_at"] = NOW
    return bool(grants)


def expire(world: World, person: int, rng: random.Random) -> bool:
    """A grant comes to its end: nobody does anything, time passes."""
    grants = _endable(world, person)
    if grants:
        one = rng.choice(grants)
        with system():
            execute(
                "update access_grant set expires_at = %s where id = %s", [NOW + timedelta(seconds=1), one["id"]]
            )
            # As if it had been given so long ago: the scope still holds what has just ended.
            execute("select set_config('underlet.now', %s, true)", [(NOW - timedelta(days=1)).isoformat()])
            execute(
                "update access_grant set expires_at = %s where id = %s", [NOW - timedelta(seconds=1), one["id"]]
            )
        one["expires_at"] = NOW - timedelta(seconds=1)
    return bool(grants)


def lessen(world: World, person: int, rng: random.Random) -> bool:
    """The role is changed: it allows nothing but to look, and shows no prices."""
    grants = [one for one in _grants(world, person) if one["perms"] & (PRICES | UNIT_EDIT | USER_EDIT)]
    for one in grants:
        one["perms"] = READ
        with system():
            execute("update access_grant set perms = %s where id = %s", [READ, one["id"]])
    return bool(grants)


def leave_group(world: World, person: int, rng: random.Random) -> bool:
    """A unit leaves the group that somebody looks after."""
    groups = {one["group_id"] for one in _grants(world, person, "group")}
    members = [one for one in world.rows["group_member"] if one["group_id"] in groups]
    if members:
        one = rng.choice(members)
        with system():
            execute(
                "delete from group_member where group_id = %s and unit_id = %s", [one["group_id"], one["unit_id"]]
            )
        world.rows["group_member"].remove(one)
    return bool(members)


def move_away(world: World, person: int, rng: random.Random) -> bool:
    """A unit that somebody sees from above goes where they do not."""
    specification = Specification(world)
    root = next(one for one in world.rows["unit"] if not one["parent_id"])
    tops = {one.unit for one in specification.reaches(person) if one.below}
    children = {one["parent_id"] for one in world.rows["unit"]}
    movable = [
        one
        for one in world.rows["unit"]
        if one["hierarchy_id"] == root["hierarchy_id"] and one["state"] == "active"
        and set(specification.above[one["id"]][1:]) & tops and one["id"] not in tops and one["id"] not in children
        and root["id"] not in tops and one["is_entity_own"]
    ]  # fmt: skip
    if movable:
        one = rng.choice(movable)
        one["parent_id"] = root["id"]
        with system():
            execute("update unit set parent_id = %s where id = %s", [root["id"], one["id"]])
        above = Specification(world).above
        world.rows["group_member"] = [  # who leaves the branch of a group's unit leaves the group
            row for row in world.rows["group_member"]
            if world.get("unit_group", row["group_id"])["unit_id"] in above[row["unit_id"]][1:]
        ]  # fmt: skip
    return bool(movable)


def lower_ceiling(world: World, person: int, rng: random.Random) -> bool:
    """A unit above may hold no prices any more, whatever the roles on it allow."""
    grants = _grants(world, person, "subtree")
    used = {one["unit_id"] for one in world.rows["unit_ceiling"]}
    places = [one["unit_id"] for one in grants if one["unit_id"] not in used]
    if places:
        unit, perms = rng.choice(places), READ | UNIT_EDIT
        world.rows["unit_ceiling"].append({"unit_id": unit, "perms": perms})
        with system():
            execute("insert into unit_ceiling (unit_id, perms) values (%s, %s)", [unit, perms])
            execute("select rebuild_scope(%s)", [person])  # as the operation does that sets one
    return bool(places)


def lock_out(world: World, person: int, rng: random.Random) -> bool:
    """The person may not come in any more."""
    owning = [one for one in world.rows["access_grant"] if _owns(world, one)]
    others = {one["unit_id"] for one in owning if one["user_id"] != person}
    if any(one["user_id"] == person and one["unit_id"] not in others for one in owning):
        return False
    with system():
        execute("update app_user set is_active = false where id = %s", [person])
    world.get("app_user", person)["is_active"] = False
    return True


def limit_key(world: World, key: int, rng: random.Random) -> bool:
    """A key is narrowed to looking."""
    if world.has("app_user", key):
        return False
    with system():
        execute("update api_token set perms = %s where id = %s", [READ | COST_READ, key])
    world.get("api_token", key)["perms"] = READ | COST_READ
    return True


def revoke_key(world: World, key: int, rng: random.Random) -> bool:
    """A key is revoked."""
    if world.has("app_user", key):
        return False
    with system():
        execute("update api_token set revoked_at = %s where id = %s", [NOW, key])
    world.get("api_token", key)["revoked_at"] = NOW
    return True


CHANGES: tuple[Change, ...] = (
    move_away, leave_group, lower_ceiling, lessen, expire, suspend, revoke, limit_key, revoke_key, lock_out,
)  # fmt: skip
"""In an order in which something is left for each."""
