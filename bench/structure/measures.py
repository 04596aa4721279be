"""What is measured, each way beside the plain one that it is compared with."""

import random
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any, LiteralString

from django.db import connection as django_connection
from django.test.utils import CaptureQueriesContext

import underlet.contracts.operations
import underlet.organization.around
import underlet.organization.queries  # noqa: F401 (all three fill the registry)
from bench.structure.data import DISTRIBUTOR, Scope, branch_of, person_for
from bench.structure.sessions import Session, Times, Work, in_turn
from underlet.foundation.actor import Actor
from underlet.foundation.reads import ask

REPEAT = 200
MOVES = 7
QUESTIONS = 480
PEOPLE = 24

_BARE: LiteralString = (
    "select c.des, c.name_key from unit_closure c where c.anc = %s order by c.name_key, c.des limit 50"
)
_BARE_ALIKE: LiteralString = (
    "select c.des, c.name_key from unit_closure c where c.anc = %s"
    " and (c.name_key, c.des) > (%s collate \"C\", %s) and (%s = '' or strpos(c.name_key, %s) > 0"
    " or strpos(c.also_key, %s) > 0) and c.facets & %s = %s order by c.name_key, c.des limit 50"
)
_FUNCTION: LiteralString = "select p.id from page_units(%s, %s, %s, %s, %s, %s, 50) p order by p.name_key, p.id"
_JOINED: LiteralString = (
    "select u.* from page_units(%s, %s, %s, %s, %s, %s, 50) p join unit u on u.id = p.id order by p.name_key, p.id"
)
_JOINED_DOWN: LiteralString = (
    "select u.* from page_units_down(%s, %s, %s, %s, %s, %s, 50) p join unit u on u.id = p.id"
    " order by p.name_key desc, p.id desc"
)
_BARE_DOWN: LiteralString = (
    "select c.des, c.name_key from unit_closure c where c.anc = %s order by c.name_key desc, c.des desc limit 50"
)
_CURRENT = (4, 0)
"""Mask and value of the facets of a list without further filters: not archived."""
_START = ("", 0)
_END = ("\U0010ffff", 2**63 - 1)
FILTERS: dict[str, tuple[str, tuple[int, int]]] = {
    "organizations": ("", (5, 0)),
    "customers": ("", (5, 1)),
    "archived": ("", (4, 4)),
    "drafts": ("", (6, 2)),
    "customer organizations": ("", (12, 8)),
    "search, common word": ("willow", _CURRENT),
    "search, one hit": ("-777777.", _CURRENT),
    "search, no hit": ("nobody is called this", _CURRENT),
}
"""Search text and facets of the pages that are measured beside the plain one."""

Found = dict[str, Any]


def _ratio(one: Times, other: Times) -> float:
    return round(one.median / other.median, 2)


def pages(app: Session, bare: Session, scopes: Sequence[Scope]) -> Found:
    """The first page of 50 in each scope, by name."""
    found: Found = {}
    for scope in scopes:
        key = (scope.unit, *_START, "", *_CURRENT)
        with app.acting(scope.actor):
            times = in_turn(
                REPEAT,
                {
                    "bare": bare.asking(_BARE, [scope.unit]),
                    "function": app.asking(_FUNCTION, key),
                    "joined": app.asking(_JOINED, key),
                },
            )
        found[str(scope.size)] = {name: asdict(one) for name, one in times.items()} | {
            "function over bare": _ratio(times["function"], times["bare"]),
            "joined over bare": _ratio(times["joined"], times["bare"]),
        }
    joined = [found[str(scope.size)]["joined"]["median"] for scope in scopes]
    return {"by size of scope": found, "largest over smallest": round(joined[-1] / joined[0], 2)}


def other_pages(app: Session, bare: Session, scope: Scope) -> Found:
    """Pages of one scope from its middle, backwards, filtered and searched, beside the same without policies."""
    [(middle, middle_id)] = bare.asking(
        "select name_key, des from unit_closure where anc = %s order by name_key, des offset %s limit 1",
        [scope.unit, scope.size // 2],
    ).do()
    kinds: dict[str, tuple[Work, Work]] = {
        "from the middle": (
            bare.asking(_BARE_ALIKE, [scope.unit, middle, middle_id, "", "", "", *_CURRENT]),
            app.asking(_JOINED, [scope.unit, middle, middle_id, "", *_CURRENT]),
        ),
        "backwards": (
            bare.asking(_BARE_DOWN, [scope.unit]),
            app.asking(_JOINED_DOWN, [scope.unit, *_END, "", *_CURRENT]),
        ),
    }
    for name, (text, facets) in FILTERS.items():
        kinds[name] = (
            bare.asking(_BARE_ALIKE, [scope.unit, *_START, text, text, text, *facets]),
            app.asking(_JOINED, [scope.unit, *_START, text, *facets]),
        )
    found: Found = {}
    with app.acting(scope.actor):
        for name, (plain, whole) in kinds.items():
            times = in_turn(REPEAT // 4, {"bare": plain, "joined": whole})
            found[name] = {one: asdict(time) for one, time in times.items()} | {
                "joined over bare": _ratio(times["joined"], times["bare"])
            }
    return found


def lists(app: Session, bare: Session, scopes: Sequence[Scope]) -> Found:
    """What the statements of whole reads take together, in each scope: every list of units is to be flat."""
    found: Found = {}
    asked: dict[str, dict[str, str]] = {
        "unit.list": {},
        "unit.children": {},
        "unit.children q": {"q": "willow"},
        "unit.parents": {},
        "unit.parents q": {"q": "willow"},
        "unit.around": {},
        "unit.mine": {},
        "unit.show": {},
    }
    for name, data in asked.items():
        medians = []
        for scope in scopes:
            query = name.split()[0]
            unit = None if query == "unit.mine" else _subject(bare, query, scope)
            texts = _statements(query, scope.actor, unit, data)
            with app.acting(scope.actor):
                works = {"all": Work(app, partial(_send, app, texts))}
                medians.append(in_turn(REPEAT // 8, works)["all"].median)
        found[name] = {
            "by size of scope": {str(scope.size): median for scope, median in zip(scopes, medians, strict=True)},
            "largest over smallest": round(medians[-1] / medians[0], 2),
        }
    return found


def _send(session: Session, texts: list[bytes]) -> None:
    for text in texts:
        session.connection.execute(text).fetchall()


def _subject(bare: Session, query: str, scope: Scope) -> str:
    """Which unit of a scope a read is about: the one with most children, one that can move, or the topmost."""
    unit = scope.unit
    if query == "unit.children" and DISTRIBUTOR not in scope.anc and len(scope.anc) == 1:
        unit = DISTRIBUTOR
    if query == "unit.parents":
        [(unit,)] = bare.asking("select min(id) from unit where parent_id = %s", [unit]).do()
    [(public_id,)] = bare.asking("select public_id from unit where id = %s", [unit]).do()
    return str(public_id)


def _statements(query: str, actor: int, unit: str | None, data: dict[str, str]) -> list[bytes]:
    """The statements that a read sends, without those that open and close its transaction."""
    with CaptureQueriesContext(django_connection) as caught:
        ask(query, Actor(actor, "bench"), unit, data)
    texts = [one["sql"] for one in caught.captured_queries]
    return [
        text.encode()
        for text in texts
        if text.startswith(("SELECT", "select", "(", "WITH")) and "set_config" not in text
    ]


def rows(app: Session, bare: Session, scope: Scope) -> Found:
    """One unit by key, 50 by key, 50 children, with and without policies."""
    generator = random.Random(3)
    ids = [generator.randint(1, scope.size) for _ in range(50)]
    texts: dict[str, tuple[LiteralString, list[Any]]] = {
        "one by key": ("select * from unit where id = %s", [ids[0]]),
        "50 by key": ("select * from unit where id = any (%s)", [ids]),
        "50 children": (
            "select * from unit where parent_id = %s order by kind desc, name_key, id limit 50",
            [DISTRIBUTOR],
        ),
    }
    found: Found = {}
    with app.acting(scope.actor):
        for name, (text, values) in texts.items():
            times = in_turn(REPEAT, {"bare": bare.asking(text, values), "policies": app.asking(text, values)})
            found[name] = {one: asdict(time) for one, time in times.items()} | {
                "policies over bare": _ratio(times["policies"], times["bare"])
            }
    return found


def rights(app: Session, bare: Session, units: int) -> Found:
    """`can()` beside a join of grants and closure: the same questions, and the same answers."""
    generator = random.Random(11)
    people = [
        person_for(
            bare.connection,
            [generator.randint(1, units // 20) for _ in range(generator.randint(1, 5))],
            f"asked-{number}",
            subtree=generator.random() < 0.8,
        )
        for number in range(PEOPLE)
    ]
    ours: list[float] = []
    theirs: list[float] = []
    agree = yes = 0
    for person in people:
        [(granted,)] = bare.asking("select array_agg(unit_id) from access_grant where user_id = %s", [person]).do()
        inside = bare.asking(
            "select des from unit_closure where anc = any (%s) order by hashint8(des) limit %s",
            [granted, QUESTIONS // PEOPLE // 2],
        ).do()
        asked = [unit for (unit,) in inside]
        asked += [generator.randint(1, units) for _ in range(QUESTIONS // PEOPLE - len(asked))]
        with app.acting(person):
            for unit in asked:
                mine = app.asking("select can(%s, 9)", [unit])
                plain = bare.asking(
                    "select coalesce(bit_or(g.perms) & 9 = 9, false) from access_grant g join unit_closure c"
                    " on c.anc = g.unit_id where g.user_id = %s and c.des = %s and (g.scope = 'subtree' or c.dist = 0)",
                    [person, unit],
                )
                times = in_turn(5, {"can": mine, "join": plain})
                ours.append(times["can"].median / 1000)
                theirs.append(times["join"].median / 1000)
                answer = mine.do()
                agree += answer == plain.do()
                yes += answer == [(True,)]
    times = {"can": Times.of(ours), "join": Times.of(theirs)}
    return {name: asdict(one) for name, one in times.items()} | {
        "questions": len(ours),
        "yes": yes,
        "same answers": agree,
        "can over join": _ratio(times["can"], times["join"]),
    }


def moves(app: Session, bare: Session, root: Scope) -> Found:
    """A branch of about 10,000 units to another parent, rolled back, beside rewriting the paths of the same rows."""
    branch, size = branch_of(bare.connection, 10_000, depth=3)
    [(anc, parent)] = bare.asking("select anc, parent_id from unit where id = %s", [branch]).do()
    [(beside,)] = bare.asking(
        "select min(id) from unit where parent_id = 1 and kind = 'organization' and id not in (%s, %s)",
        [parent, DISTRIBUTOR],
    ).do()

    def rewrite() -> None:
        with bare.connection.transaction(force_rollback=True):
            bare.connection.execute("set local session_replication_role = replica")
            bare.connection.execute(
                "update unit u set anc = %s::bigint[] || u.anc[%s:] from unit_closure c"
                " where c.anc = %s and c.des = u.id",
                [[1, beside], len(anc), branch],
            )

    def move(target: int) -> Work:
        def work() -> None:
            with app.acting(root.actor):
                app.connection.execute("update unit set parent_id = %s where id = %s", [target, branch])

        return Work(app, work)

    times = in_turn(MOVES, {"rewrite": Work(bare, rewrite), "beside": move(beside), "one level up": move(1)})
    return {name: asdict(one) for name, one in times.items()} | {
        "units": size,
        "beside over rewrite": _ratio(times["beside"], times["rewrite"]),
        "one level up over rewrite": _ratio(times["one level up"], times["rewrite"]),
    }
