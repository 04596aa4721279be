"""Thousands of units below one, made by SQL level by level, so that pages meet a large hierarchy (issue 4)."""

from typing import LiteralString

from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.database.transactions import system

_INSERT: LiteralString = (
    "insert into unit (hierarchy_id, parent_id, kind, name, name_key, anc, entity_id, created_at)"
    " select p.hierarchy_id, p.id, '{kind}', n.name, lower(n.name), '{{}}', p.entity_id, now()"
    " from generate_series(1, %(count)s) i, lateral (select {name} as name) n,"
    " lateral (select array_agg(id order by name) as all from unit where {above}) a,"
    " lateral (select * from unit where id = a.all[1 + (i * 7919) %% cardinality(a.all)]) p"
)
_LEVELS: tuple[tuple[str, int, LiteralString, LiteralString, LiteralString], ...] = (
    ("partners", 40, "organization", "format('Partner %%s', lpad(i::text, 3, '0'))", "public_id = %(top)s"),
    ("teams", 160, "organization", "format('Team %%s', lpad(i::text, 3, '0'))", "name like 'Partner %%'"),
    ("customers", 0, "customer", "format('c%%s.example.com', lpad(i::text, 5, '0'))", "name like 'Team %%'"),
)


def grow(top: str, units: int) -> None:
    """Let so many units stand below one: 40 partners, 160 teams below them, customers below those."""
    with system():
        missing = units - int(scalar("select count(*) from unit"))
        for _name, count, kind, name, above in _LEVELS:
            wanted = count or missing
            text: LiteralString = _INSERT.format(kind=kind, name=name, above=above)  # type: ignore[assignment]
            execute(text.replace("%(count)s", "%s").replace("%(top)s", "%s"),  # type: ignore[arg-type]
                    [wanted, *([top] if "%(top)s" in above else [])])  # fmt: skip
            missing -= wanted
        execute("analyze unit")
