"""The no-leak programme over random worlds (trust.md §2: A1–A8, A11; §6): all operations and addresses, six detectors.

Six worlds in `make test`, of each a part of all calls, so that together they cover every entry for every role; 500
with UNDERLET_DEEP. The seed is in each test's name; UNDERLET_SEED=7 UNDERLET_WORLDS=1 makes one world again.
"""

from collections.abc import Iterator

import pytest

from tests.leaks import knowledge, rehearsal, variants
from tests.leaks.calls import addresses, fixed, objects, page_paths, routes
from tests.leaks.detectors import Leak
from tests.leaks.inputs import Maker
from tests.leaks.programme import MAY_LACK, Programme, Tally, standing_still, without
from tests.leaks.seeds import WORLDS, seeds
from tests.leaks.specification import Specification
from tests.leaks.worlds import World, make_world
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.registry import OPERATIONS, QUERIES
from underlet.interfaces.web.addresses import PAGES

_TALLY = Tally()
_BELTS = ("QUERY_SCOPING", "ROW_SECURITY")


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with standing_still():
        yield


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
    found = Programme(seed, _TALLY, rate=0.2)
    first, second, third = chosen(found.world, seed, 3)
    assert_none(found.reads(first))
    assert_none(found.writes(first))
    with without(_BELTS[seed % 2]):
        assert_none(found.reads(second))
        assert_none(found.hidden_facts(second, most=16))
        found.rate = 0.1
        assert_none(found.pages(second))
    assert_none(found.pages(third))
    found.rate = 0.2
    assert_none(found.writes(third))
    assert_none(found.hidden_facts(first, most=16))
    if seed % 4 == 0:
        assert_none(found.strangers())
    if seed % 2:
        assert_none(found.revocations(third))


@pytest.mark.deep
def test_every_page_was_asked_for(database: None) -> None:
    """§6: the worlds before this asked for every page."""
    if sum(_TALLY.calls.values()) < 100 * min(WORLDS, 20):
        pytest.skip("needs the worlds before it")
    asked = {page for page, _ in _TALLY.pages}
    assert not PAGES.keys() - asked, f"pages that were never asked for: {PAGES.keys() - asked}"


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
    assert MAY_LACK.keys() <= known, MAY_LACK.keys() - known
