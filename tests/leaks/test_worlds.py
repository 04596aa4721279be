"""The no-leak programme over random worlds (trust.md §2: A1–A8, A11; §6): all operations and addresses, six detectors.

Twenty worlds in `make test`, 500 with UNDERLET_DEEP. Every entry and page is dealt to some of them, in turn, so that
together they cover all; what none of them had is looked for afterwards, and is a failure if it is not had then. The
seed is in each test's name and alone decides what a world asks; UNDERLET_SEED=7 UNDERLET_WORLDS=1 makes one again.
"""

import gc
from collections.abc import Iterator

import pytest

from tests.leaks import knowledge, rehearsal, variants
from tests.leaks.answers import MAY_CHANGE_NOTHING
from tests.leaks.calls import addresses, fixed, objects, page_paths, routes
from tests.leaks.dealing import Tally, standing_still, without
from tests.leaks.detectors import Leak
from tests.leaks.inputs import Maker
from tests.leaks.nonvacuity import entries
from tests.leaks.programme import MAY_LACK, Programme
from tests.leaks.seeds import WORLDS, seeds
from tests.leaks.specification import Specification
from tests.leaks.worlds import World, make_world
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.registry import OPERATIONS, QUERIES
from underlet.interfaces.web.addresses import PAGES

_TALLY = Tally()
NOT_DONE = {
    "invoice.explain": "the run's files are not in a world made of rows; the fixed world has them",
    "scheduled_move.carry_out": "all moves of a world wait for their day",
}
"""Entries that succeed for nobody in these worlds, and why; that they are refused is still looked at."""
_BELTS = ("QUERY_SCOPING", "ROW_SECURITY")


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    gc.collect()
    gc.freeze()  # thousands of requests: what is loaded by now need not be looked through again and again
    with standing_still():
        yield
    gc.unfreeze()


def cast_of(world: World) -> list[int]:
    """Everybody who calls, people and keys, in an order in which neighbours differ."""
    actors = [*world.people.values(), *world.secrets]
    return actors[::3] + actors[1::3] + actors[2::3]


def chosen(world: World, turn: int, count: int) -> list[int]:
    """Those whose turn it is in a world."""
    everybody = cast_of(world)
    return [everybody[(turn * count + place) % len(everybody)] for place in range(count)]


def assert_none(leaks: list[Leak]) -> None:
    """No leak; the message begins with how to see them again."""
    assert not leaks, "\n".join([f"UNDERLET_SEED={leaks[0].seed} UNDERLET_WORLDS=1", *map(str, leaks[:12])])


@pytest.mark.parametrize("seed", seeds())
def test_nothing_leaks(seed: int, database: None) -> None:
    """A1–A8, A11: reads, writes and pages of two actors, one of them with a single belt; hidden facts; revocation."""
    found = Programme(seed, _TALLY, every=8)
    first, second, third = chosen(found.world, seed, 3)
    turn = seed // 2 % 2
    assert_none(found.writes(first))
    assert_none(found.pages(second) if turn else found.hidden_facts(first, most=12, pages=4))
    with without(_BELTS[seed % 2]):
        assert_none(found.reads(second))
        assert_none(found.hidden_facts(second, most=12, pages=4) if turn else found.pages(second))
    found.every = 5
    assert_none(found.reads(first))
    found.every = 16
    assert_none(found.strangers())
    if seed % 2:
        found.every = 4
        assert_none(found.revocations(third, most=8))


def lacking(tally: Tally) -> frozenset[str]:
    """Entries that nobody succeeded with, or nobody was refused, and pages that were not asked for."""
    done, refused = ({name for name, role in some if role != "stranger"} for some in (tally.done, tally.refused))
    known = entries()
    subjects = {name for name, entry in known.items() if entry.subject is not None}
    pages = {f"page {name}" for name in PAGES.keys() - {name for name, _ in tally.pages}}
    return frozenset((known.keys() - done - NOT_DONE.keys()) | (subjects - refused) | pages)


def test_every_entry_and_page_is_had(database: None) -> None:
    """Non-vacuity (§6): all entries succeed for somebody and are refused to somebody, all pages are asked for."""
    all_worlds = _TALLY.pages and WORLDS >= 20
    for seed in seeds(3, start=5000):
        print(seed, sorted(lacking(_TALLY)))
        if not lacking(_TALLY):
            break
        one = Programme(seed, _TALLY)
        for actor in one.world.people.values():
            one.only = lacking(_TALLY)
            if one.only & QUERIES.keys():
                assert_none(one.reads(actor))
            if one.only & OPERATIONS.keys():
                assert_none(one.writes(actor))
            if any(name.startswith("page ") for name in one.only):
                assert_none(one.pages(actor))
    print(dict(_TALLY.calls), dict(_TALLY.judged))
    assert not lacking(_TALLY), f"never had by anybody: {sorted(lacking(_TALLY))}"
    idle = {"D1", "D2", "D3", "D4", "D5", "D6"} - {name for name, count in _TALLY.judged.items() if count}
    assert not all_worlds or not idle, f"detectors that had nothing to judge: {idle}"


def test_every_address_is_crawled() -> None:
    """A1: every leaf of the URL resolver is a bound entry, a page, or in OTHERS of tests/leaks/calls.py."""
    assert not [route for route, name in addresses().items() if not name]
    elsewhere = {name for name, entry in {**OPERATIONS, **QUERIES}.items() if "api" in entry.waive}
    assert {route.entry.name for route in routes()} == (OPERATIONS.keys() | QUERIES.keys()) - elsewhere


def test_every_field_has_a_generator() -> None:
    """§6: an input without generator fails with a sentence that says where to add it."""
    import random

    world = make_world(1)
    maker = Maker(world, Specification(world), 1, random.Random(1))
    for entry in (*OPERATIONS.values(), *QUERIES.values()):
        maker.body(entry, whole=True)
        maker.query(entry)
    for route in routes():
        if route.kind:
            assert objects(world, route.kind)
    for page in PAGES.values():
        for name in page_paths(page):
            assert fixed(name) or objects(world, name)


def test_every_table_is_in_the_world() -> None:
    """§6: a table without rows, without who may know them, who may change them, or how hidden ones vary, fails."""
    with system():
        found = rows(
            "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
            " and relname !~ %s",
            [rehearsal.OUTSIDE],
        )
    tables = {str(name) for (name,) in found}
    filled = {name for seed in range(1, 4) for name, some in make_world(seed).rows.items() if some}
    derived = {"audit_head", "unit_closure", "user_scope", "unit_version", "removed_unit", "environment_event"}
    assert tables - derived == filled, f"tests/leaks/worlds.py: rows for {(tables - derived) ^ filled}"
    assert knowledge.RULES.keys() == filled, f"tests/leaks/knowledge.py: {knowledge.RULES.keys() ^ filled}"
    varied = variants.ADDED.keys() | variants.NEVER_ADDED.keys()
    assert varied == filled, f"tests/leaks/variants.py: {varied ^ filled}"
    by_jobs = {
        "account",
        "sub_account",
        "usage_snapshot",
        "usage_file",
        "usage_total",
        "charge_line",
        "charge_cost",
        "provider_cost",
        "refusal_count",
        "address_refusal_count",
    }
    judged = rehearsal.WRITABLE.keys()
    assert judged == tables - by_jobs, f"tests/leaks/rehearsal.py, WRITABLE: {judged ^ (tables - by_jobs)}"


def test_exceptions_are_about_what_exists() -> None:
    """Lists of reasons do not outlive their entries."""
    known = OPERATIONS.keys() | QUERIES.keys()
    listed = MAY_LACK.keys() | NOT_DONE.keys() | MAY_CHANGE_NOTHING.keys()
    assert listed <= known, listed - known
