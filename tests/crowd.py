"""Thousands of units below one, made by SQL level by level, so that pages meet a large hierarchy (issue 4)."""

from typing import LiteralString

from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.database.transactions import system

_INSERT: LiteralString = (
    "with above as materialized (select array_agg(id order by name) as ids from unit where name like %s)"
    " insert into unit (hierarchy_id, parent_id, kind, name, name_key, anc, entity_id, created_at)"
    " select p.hierarchy_id, p.id, %s, n.name, lower(n.name), '{}', p.entity_id, now()"
    " from above cross join generate_series(1, %s) i"
    " cross join lateral (select format(%s, lpad(i::text, 5, '0')) as name) n"
    " join unit p on p.id = above.ids[1 + (i * 7919) %% cardinality(above.ids)]"
)


def grow(top: str, units: int) -> None:
    """Let there be so many units, below the one of this name: 40 partners, 160 teams, the rest their customers."""
    with system():
        missing = units - int(scalar("select count(*) from unit"))
        execute(_INSERT, [top, "organization", 40, "Partner %s"])
        execute(_INSERT, ["Partner %", "organization", 160, "Team %s"])
        execute(_INSERT, ["Team %", "customer", missing - 200, "c%s.example.com"])
        execute("analyze unit")
