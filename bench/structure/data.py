"""A hierarchy of any number of units for the benchmark: written in sets of rows, and checked as a set.

Nine levels of organizations, six of a hundred units, and customers below them, down to the tenth level. One
organization of the second level is a distributor: a tenth of all customers are its direct children. The others lie
below random organizations, so that subtrees of every size exist, and names say nothing about where a unit lies.
Triggers and foreign keys are off while the rows are written; `wrong_rows` compares what they would have kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg

SHAPE = (1, 10, 100, 1_000, 4_000, 8_000, 12_000, 15_000, 20_000)
"""Organizations on each level of a million units."""
MILLION = 1_000_000
DISTRIBUTOR = 2
"""Id of the organization with a tenth of all customers right below it."""
FIXED_LEVELS = 2

# Numbers that look random and are the same each time.
_DICE: LiteralString = """
create function pg_temp.dice(number bigint, seed bigint, sides bigint) returns bigint language sql immutable as
$$ select (hashint8extended(number, seed) & 9223372036854775807) % sides $$;
create function pg_temp.word(number bigint, seed bigint) returns text language sql immutable as
$$ select (array['alder','amber','arctic','ash','aurora','basalt','beech','birch','bright','cedar','cirrus','clear',
  'copper','coral','crane','delta','dune','ember','falcon','fern','fjord','flint','forest','garnet','glacier','granite',
  'harbor','hazel','heron','indigo','iris','ivory','jade','juniper','kelp','lark','laurel','linden','lumen','lynx',
  'maple','marble','meadow','mist','nimbus','north','oak','onyx','opal','orchid','osprey','pearl','pine','quartz',
  'raven','reed','river','rowan','sage','slate','spruce','swift','tundra','willow'])
  [1 + pg_temp.dice(number, seed, 64)] $$"""

_ORGANIZATIONS: LiteralString = """
insert into unit (id, hierarchy_id, parent_id, parent_depth, kind, name, name_key, display_name, also_key, anc,
    entity_id, is_entity_own, created_at)
  select n, 1, p.id, p.depth, 'organization', w.name, lower(w.name), w.display_name, lower(w.display_name), p.anc || n,
    coalesce(p.entity_id, 1), p.id is null, now()
  from generate_series(%(first)s::bigint, %(last)s::bigint) n
  cross join lateral (
    select initcap(pg_temp.word(n, 1)) || ' ' || pg_temp.word(n, 2) || ' ' || n as name,
      case when pg_temp.dice(n, 5, 4) = 0 then 'Department ' || n else '' end as display_name) w
  left join unit p on p.id = %(above)s::bigint + pg_temp.dice(n, 3, %(width)s::bigint)"""

_PLACES: LiteralString = """
create temp table place as
  select n, case when pg_temp.dice(n, 4, 10) = 0 then %(distributor)s::bigint
    else 2 + pg_temp.dice(n, 6, %(organizations)s::bigint - 1) end as parent_id
  from generate_series(%(first)s::bigint, %(last)s::bigint) n"""

_ENTITIES: LiteralString = """
insert into legal_entity (id, hierarchy_id, name)
  select 1, 1, 'Root' union all select n, 1, 'Customer ' || n from place"""

_CUSTOMERS: LiteralString = """
insert into unit (id, hierarchy_id, parent_id, parent_depth, kind, name, name_key, display_name, code, also_key, anc,
    entity_id, is_entity_own, state, archived_at, anchors, anchor_id, created_at)
  select n, 1, p.id, p.depth, 'customer', w.name, w.name, w.display_name, w.code,
    lower(concat_ws(E'\n', nullif(w.display_name, ''), nullif(w.code, ''))), p.anc || n, n, true,
    life.state, case when life.state = 'archived' then now() end,
    n %% 500 = 0, case when n %% 500 between 1 and 10 and n - n %% 500 >= %(first)s then n - n %% 500 end, now()
  from place join unit p on p.id = place.parent_id
  cross join lateral (
    select pg_temp.word(n, 1) || '-' || pg_temp.word(n, 2) || '-' || n || '.example.com' as name,
      case when pg_temp.dice(n, 7, 5) = 0 then initcap(pg_temp.word(n, 8)) || ' Ltd' else '' end as display_name,
      case when pg_temp.dice(n, 9, 10) = 0 then 'C' || n else '' end as code) w
  cross join lateral (
    select case when n %% 500 = 0 or pg_temp.dice(n, 10, 100) > 4 then 'active'
      when pg_temp.dice(n, 11, 4) = 0 then 'draft' else 'archived' end as state) life
  order by n"""

_CLOSURE: LiteralString = """
insert into unit_closure (anc, des, dist, name_key, also_key, facets)
  select a.id, u.id, cardinality(u.anc) - a.position, u.name_key, u.also_key, u.facets
  from unit u, unnest(u.anc) with ordinality as a (id, position) order by 1, 4, 2"""

_HISTORY: LiteralString = """
insert into unit_version (unit_id, from_at, change_id, hierarchy_id, public_id, parent_id, kind, name, name_key,
    display_name, organization_number, time_zone, code, price_type, state, anchors, anchor_id, own_entity_id)
  select id, created_at, 0, hierarchy_id, public_id, parent_id, kind, name, name_key, display_name, organization_number,
    time_zone, code, price_type, state, anchors, anchor_id, case when is_entity_own then entity_id end from unit"""

_WRONG: LiteralString = """
with recursive walk as (
  select id, 1 as depth, array[id] as anc from unit where parent_id is null
  union all
  select u.id, w.depth + 1, w.anc || u.id from walk w join unit u on u.parent_id = w.id),
expected as (
  select a.id as anc, u.id as des, (cardinality(u.anc) - a.position)::smallint as dist, u.name_key, u.also_key,
    u.facets
  from walk w join unit u using (id), unnest(w.anc) with ordinality as a (id, position))
select
  (select count(*) from unit u left join walk w using (id)
    where w.id is null or w.depth <> u.depth or w.anc <> u.anc or w.depth > 10),
  (select count(*) from (
    select * from expected except all select anc, des, dist, name_key, also_key, facets from unit_closure) missing),
  (select count(*) from unit_closure) - (select count(*) from expected)"""


@dataclass(frozen=True, slots=True)
class Scope:
    """A branch of a measured size, and a person whose only grant is on it."""

    unit: int
    anc: tuple[int, ...]
    size: int
    actor: int


def fill(connection: "psycopg.Connection[Any]", units: int) -> None:
    """Write the hierarchy as the superuser, into empty tables."""
    levels = list(_levels(units))
    organizations = levels[-1][1]
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        connection.execute("set local work_mem = '512MB'")
        connection.execute("set local maintenance_work_mem = '512MB'")
        connection.execute(_DICE)
        connection.execute(
            "insert into hierarchy (id, name, currency, created_at) values (1, 'Root', 'EUR', now())"
        )
        above, width = 1, 1
        for first, last in levels:
            connection.execute(
                _ORGANIZATIONS, {"first": first, "last": last, "above": above if first > 1 else 0, "width": width}
            )
            above, width = first, last - first + 1
        numbers = {"first": organizations + 1, "last": units}
        connection.execute(_PLACES, {**numbers, "organizations": organizations, "distributor": DISTRIBUTOR})
        connection.execute(_ENTITIES)
        connection.execute(_CUSTOMERS, numbers)
        _fill_closure(connection)
        connection.execute(_HISTORY)
        for table in ("hierarchy", "legal_entity", "unit"):
            connection.execute("select setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, units])
    connection.execute("vacuum (analyze) unit, unit_closure, unit_version, legal_entity, hierarchy")


def _levels(units: int) -> Iterator[tuple[int, int]]:
    """First and last id of the organizations of each level."""
    last = 0
    for level, width in enumerate(SHAPE):
        scaled = width if level < FIXED_LEVELS else max(2, width * units // MILLION)
        yield last + 1, last + scaled
        last += scaled


def _fill_closure(connection: "psycopg.Connection[Any]") -> None:
    """Its indexes are built afterwards, from sorted rows: a tenth of the time."""
    keys = connection.execute(
        "select conname, pg_get_constraintdef(oid) from pg_constraint"
        " where conrelid = 'unit_closure'::regclass and contype = 'u'"
    ).fetchall()
    indexes = connection.execute(
        "select indexname, indexdef from pg_indexes where tablename = 'unit_closure' and not indexname = any (%s)",
        [[name for name, _ in keys]],
    ).fetchall()
    for name, _ in keys:
        connection.execute(f"alter table unit_closure drop constraint {name}")
    for name, _ in indexes:
        connection.execute(f"drop index {name}")
    connection.execute(_CLOSURE)
    for name, definition in keys:
        connection.execute(f"alter table unit_closure add constraint {name} {definition}")
    for _, definition in indexes:
        connection.execute(definition)


def wrong_rows(connection: "psycopg.Connection[Any]") -> tuple[int, int, int]:
    """Units with wrong ancestors or depth, closure rows missing or wrong, and too many: as a walk down finds them."""
    with connection.transaction():
        connection.execute("set local work_mem = '512MB'")
        found = connection.execute(_WRONG).fetchone()
    assert found is not None
    return tuple(found)


def branch_of(connection: "psycopg.Connection[Any]", size: int, *, depth: int | None = None) -> tuple[int, int]:
    """The organization whose branch is nearest to a size, and how large it is."""
    found = connection.execute(
        "select c.anc, count(*) from unit_closure c join unit u on u.id = c.anc and u.kind = 'organization'"
        " where %(depth)s::int is null or u.depth = %(depth)s::int group by c.anc"
        " order by abs(count(*) - %(size)s::bigint), c.anc limit 1",
        {"size": size, "depth": depth},
    ).fetchone()
    assert found is not None
    return found


def forget_people(connection: "psycopg.Connection[Any]") -> None:
    """Remove the people of an earlier run on a kept database."""
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")  # else the root keeps an owner
        for table in ("group_member", "access_grant", "unit_group", "user_scope", "acting_session", "app_user"):
            connection.execute(f"delete from {table}")  # type: ignore[arg-type]


def person_for(connection: "psycopg.Connection[Any]", units: list[int], name: str, *, subtree: bool = True) -> int:
    """A new person with one grant on each unit; the triggers derive the scope. Returns the actor's id."""
    found = connection.execute(
        "insert into app_user (email, email_key, name, password, created_at)"
        " values (%(at)s, %(at)s, %(name)s, '!', now()) returning id",
        {"at": f"{name}@example.com", "name": name},
    ).fetchone()
    assert found is not None
    connection.execute(
        "insert into access_grant (user_id, unit_id, role, perms, scope, acts_for_id, created_at)"
        " select %s, id, 'owner', 16383, %s, id, now() from unnest(%s::bigint[]) id",
        [found[0], "subtree" if subtree else "unit", units],
    )
    return int(found[0])


def scope_of(connection: "psycopg.Connection[Any]", size: int) -> Scope:
    """A branch of about this many units, with a person."""
    unit, found = branch_of(connection, size)
    row = connection.execute("select anc from unit where id = %s", [unit]).fetchone()
    assert row is not None
    return Scope(unit, tuple(row[0]), found, person_for(connection, [unit], f"scope-{size}"))
