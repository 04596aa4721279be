"""Every route of the API: nothing foreign in any answer, hidden = absent (A1, A4, A8).

Some people and ids in the ordinary run, everybody and all with UNDERLET_DEEP.
"""

import itertools
import logging
import os
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest

from tests.leaks import spec
from tests.leaks.callers import Answer, Caller, Route, routes
from tests.world import BEFORE_MOVES, DRAFTED, ISSUED, NO_ID, OWNERS, World

_PARAMETERS = {
    "billing.summary": f"?period={DRAFTED}",
    "cost.show": f"?period={ISSUED}&by=sub_account",
    "invoice.explain": "?line=1",
    "home.show": "?months=12",
    "unit.past": f"?as_of={BEFORE_MOVES}",
    "name.check": "?kind=customer&name=delta.example.org",
}


_DEEP = os.environ.get("UNDERLET_DEEP")
logging.getLogger("django.request").setLevel(logging.CRITICAL)  # thousands of 404 are the point here


def foreign(texts: dict[str, frozenset[str]], who: str, answer: Answer) -> set[str]:
    """Texts in an answer that this person may not know; whole words and whole numbers only."""
    return {
        text
        for text, people in texts.items()
        if who not in people
        and text in answer.text
        and re.search(rf"(?<![\w.-]){re.escape(text)}(?:\.0+)?(?![\w-]|\.\d)", answer.text)
    }


def addresses(world: World, route: Route, who: str) -> list[tuple[str, str, str]]:
    """Kind, name and path for objects of the route's kind, one of each other kind, none, and nonsense.

    Every third of what the person sees, of what is hidden, of the other kinds and of nonsense, others by other routes
    and people (all with UNDERLET_DEEP); the random worlds ask about the rest.
    """
    if not route.kind:
        return [("", "", route.path)]
    marker = f"{{{route.kind}}}"
    objects = [(route.kind, name, id_) for name, id_ in world.ids[route.kind].items()]
    seen = [one for one in objects if spec.visible(route.kind, one[1])(who)]
    hidden = [one for one in objects if one not in seen]
    other = [("other", kind, next(iter(ids.values()))) for kind, ids in world.ids.items() if kind != route.kind]
    absent = [("absent", "", NO_ID), ("absent", "", "nonsense"), ("absent", "", NO_ID[:-1])]
    turn = len(route.name) + spec.PEOPLE.index(who)
    chosen = [
        part if _DEEP or len(part) < 3 else part[(turn + index) % 3 :: 3]
        for index, part in enumerate((seen, hidden, other, absent))
    ]
    return [(kind, name, route.path.replace(marker, id_)) for kind, name, id_ in chain(*chosen)]


def _has_none(route: str, unit: str) -> bool:
    """Whether a visible unit lacks what a route asks for: pictures, or an environment, which customers have."""
    return route in ("brand.logo", "brand.favicon") or (route == "environment.show" and unit not in OWNERS)


@pytest.fixture
def texts(world: World) -> dict[str, frozenset[str]]:
    return spec.allowed(world)


def test_reads_show_nothing_foreign(world: World, texts: dict[str, frozenset[str]], belts: str) -> None:
    """A1, A4, A7, A8, I5, I6: with both belts, with row-level security alone, with query scoping alone."""
    counts: Counter[str] = Counter()
    everybody = spec.PEOPLE if _DEEP else ("ben", "dan", "kim")
    people = everybody if belts == "both belts" or _DEEP else ("dan", "kim")
    for who in people:
        caller = Caller(world, who)
        absent = caller.call("GET", f"/units/{NO_ID}")
        assert absent.status == 404
        for route in routes():
            if route.method != "GET":
                continue
            for kind, name, path in addresses(world, route, who):
                answer = caller.call("GET", path + _PARAMETERS.get(route.name, ""))
                counts[f"{answer.status}"] += 1
                where = f"{who} GET {path} ({kind} {name}, {belts})"
                assert not foreign(texts, who, answer), where
                if kind in ("absent", "other") or (kind and not spec.visible(kind, name)(who)):
                    assert answer == absent, where
                elif kind:
                    assert answer.status != 404 or _has_none(route.name, name), where
                assert answer.status < 500, where
    assert counts["200"] > 20 * len(people), counts
    assert counts["404"] > 100 * len(people), counts
    print(belts, dict(counts))


def test_previews_of_moves_show_nothing_foreign(
    world: World, texts: dict[str, frozenset[str]], belts: str
) -> None:
    """A3, A7, A8: any unit below any other, for who administers some of them; the answers to hidden ones are alike."""
    count = 0
    for who in ("ada", "ben") if belts == "both belts" else ("ben",):
        caller = Caller(world, who)
        pairs = list(itertools.permutations(world.ids["unit"].values(), 2))
        for unit, parent in pairs if _DEEP else pairs[len(who) % 4 :: 4]:
            answer = caller.call("GET", f"/units/{unit}/move-preview?parent={parent}")
            assert not foreign(texts, who, answer), (who, unit, parent)
            count += answer.status == 200
            answer = caller.call("GET", f"/units/{parent}/move-here-preview?units={unit}")
            assert not foreign(texts, who, answer), (who, unit, parent)
            count += answer.status == 200
    assert count > 10


def test_writes_to_hidden_objects_answer_as_to_absent_ones(world: World) -> None:
    """A4, A5: whatever the payload, for every write and every person, and no row changes."""
    count = 0
    payloads: Iterator[Any] = itertools.cycle(({}, {"unit": NO_ID}, [1]))
    for who in ("ben", "dan", "eve") if _DEEP else ("ben", "dan"):
        caller = Caller(world, who)
        for route in routes():
            if route.method == "GET" or not route.kind:
                continue
            absent = caller.call(route.method, route.path.replace(f"{{{route.kind}}}", NO_ID), {"unit": NO_ID})
            assert absent.status == 404, route
            for kind, name, path in addresses(world, route, who):
                if kind == route.kind and spec.visible(kind, name)(who):
                    continue
                assert caller.call(route.method, path, next(payloads)) == absent, (who, route, name)
                count += 1
    assert count > 200


def test_nobody_is_told_anything_without_signing_in(world: World) -> None:
    """A1: every route answers a stranger alike."""
    from django.test import Client

    client = Client()
    for route in routes():
        path = route.path.replace(f"{{{route.kind}}}", NO_ID)
        answer = client.generic(route.method, f"/api/v1{path}")
        assert answer.status_code == 401, route
        assert answer.json()["error"] == "unauthenticated"
