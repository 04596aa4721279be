"""SQL says what the specification says, on random questions about random worlds (A12)."""

import os
from typing import LiteralString

from tests.leaks import worlds
from tests.leaks.build import put_world
from tests.leaks.seeds import seeds
from tests.leaks.specification import Specification
from tests.leaks.worlds import FIGURES, NOW, World, make_world
from underlet.foundation.clock import frozen
from underlet.foundation.database.sql import execute, rows
from underlet.foundation.database.transactions import system
from underlet.kernel.permission import ROLE_PERMISSIONS

BITS = (*tuple(1 << bit for bit in range(20)), 5, 17, 2052)
_PAGES: dict[str, LiteralString] = {
    "page_units": "select p.id from page_units(%s, '', 0, '', 0, 0, 1000) p",
    "page_units_down": "select p.id from page_units_down(%s, '\U0010ffff', 9223372036854775807, '', 0, 0, 1000) p",
    "branch and the policy": "select u.id from branch(%s) b join unit u on u.id = b.id",
}


def test_roles_are_those_of_the_product() -> None:
    """P14: the roles are written down twice."""
    assert {role.value: int(bits) for role, bits in ROLE_PERMISSIONS.items()} == worlds.ROLES


def actors_of(world: World) -> list[int]:
    """People and their keys, without those that have run out: these are refused before anybody acts."""
    people = [row["id"] for row in world.rows["app_user"]]
    return people + [row["id"] for row in world.rows["api_token"] if (row["expires_at"] or NOW) >= NOW]


def questions(world: World) -> int:
    """Ask SQL everything about a world in a few statements, and compare. Returns how many answers were compared."""
    specification, count = Specification(world), 0
    places = [row["id"] for row in world.rows["unit"]]
    entities = [row["id"] for row in world.rows["legal_entity"]][:4]
    for actor in actors_of(world):
        with system():
            person = actor if world.has("app_user", actor) else world.get("api_token", actor)["user_id"]
            execute("select refresh_scope(%s, %s)", [person, NOW])  # as whoever lets them in does
            execute("select set_config('underlet.actor_id', %s, true)", [str(actor)])
            asked = rows(
                "select u.id, b.bits, can(u.id, b.bits) from unit u, unnest(%s::bigint[]) b (bits)", [list(BITS)]
            )
            for unit, bits, answer in asked:
                assert answer == specification.can(actor, bits, unit), (world.seed, actor, unit, bits)
            sided = rows(
                "select u.id, e.id, acts_for(u.id, e.id, 4) from unit u, unnest(%s::bigint[]) e (id)", [entities]
            )
            for unit, entity, answer in sided:
                assert answer == specification.acts(actor, unit, entity, 4), (world.seed, actor, unit, entity)
            limited = rows(
                "select u.id, b.bits, may_limit(u.id, b.bits), move_within(u.id)"
                " from unit u, unnest(%s::bigint[]) b (bits)",
                [[0, 128, -1]],
            )
            for unit, bits, may_limit, within in limited:
                answers = specification.may_limit(actor, unit, bits), specification.move_within(actor, unit)
                assert (may_limit, within) == answers, (world.seed, actor, unit, bits)
            count += len(asked) + len(sided) + 2 * len(limited)
            execute("select set_config('role', 'underlet_app', true)")
            count += _lists(world, specification, actor, places)
    return count


def _lists(world: World, specification: Specification, actor: int, places: list[int]) -> int:
    """What lists and policies show the actor."""
    count = 0
    seen = {unit for unit in places if specification.sees(actor, unit)}
    assert {id_ for (id_,) in rows("select id from unit")} == seen, (world.seed, actor)
    for name, asked in _PAGES.items():
        for top in places[::5] if name != "page_units" else places[::2]:
            found = {id_ for (id_,) in rows(asked, [top])} & seen
            assert found == {one for one in seen if top in specification.above[one]}, (
                world.seed,
                actor,
                name,
                top,
            )
            count += len(places)
    for top in places[::2]:
        children = {
            id_ for (id_,) in rows("select p.id from page_children(%s, '', '', 0, '', 0, 0, 1000) p", [top])
        }
        below = {row["id"] for row in world.rows["unit"] if row["parent_id"] == top}
        assert children == below & seen, (world.seed, actor, top)
        count += len(below)
    for table, state in (("contract", "active"), ("invoice", "issued")):
        found = {id_ for (id_,) in rows(_EDGES[table])}
        for edge in world.rows[table]:
            known = specification.sells(actor, edge) or (
                edge["state"] == state and specification.buys(actor, edge)
            )
            assert (edge["id"] in found) == known, (world.seed, actor, table, edge)
        count += len(world.rows[table])
    for line in world.rows["charge_cost"]:
        edge = world.get("charge_line", line["charge_line_id"])
        assert (line["id"] in {id_ for (id_,) in rows(_EDGES["charge_cost"])}) == specification.sells(
            actor, edge, FIGURES, at_seller=edge["edge"] == 1
        )
        count += 1
    return count + len(places)


_EDGES: dict[str, LiteralString] = {
    "contract": "select id from contract",
    "invoice": "select id from invoice",
    "charge_cost": "select id from charge_cost",
}


def test_sql_is_the_specification(database: None) -> None:
    """A12, P2, P4: 100,000 questions about random worlds, ten times as many with UNDERLET_DEEP."""
    count, wanted = 0, 1_000_000 if os.environ.get("UNDERLET_DEEP") else 100_000
    with frozen(NOW):
        for seed in seeds(200, start=700):
            world = make_world(seed)
            put_world(world)
            count += questions(world)
            if count >= wanted:
                break
    print(f"{count} questions")
    assert count >= wanted
