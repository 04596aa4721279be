"""Moving back leaves no trace, from whatever world it begins (R10, R11, I9); where a unit came from is remembered."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, LiteralString

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import underlet.invoicing.removal  # noqa: F401 (fills the registry)
from tests import tables
from tests.cast import Cast, make_cast
from tests.contracts.test_contract import create
from tests.contracts.test_move_contracts import move
from tests.organization.truth import check_structure
from underlet.foundation.clock import frozen
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors

EARLIER, LATER = datetime(2026, 5, 3, tzinfo=UTC), datetime(2026, 5, 30, tzinfo=UTC)
SELLERS = {"fjord": "ada", "birch": "ben", "birch_lab": "ben", "alder": "cleo", "cedar": "eve"}
BUYERS = ("birch", "birch_lab", "alder", "cedar", "acme", "beta", "gamma_finance", "delta")
FIRST_DAYS = ("2025-11-01", "2026-05-01", "2026-05-25", "2026-06-01", "2026-08-15")
LAST_DAYS = (None, None, "2026-05-28", "2026-06-01", "2026-07-10", "2027-01-01")
SHOWN: dict[str, LiteralString] = {
    "units": "select id, parent_id, depth, anc, entity_id, is_entity_own, name from unit order by id",
    "closure": "select anc, des, dist from unit_closure order by 1, 2",
    "rights": "select * from user_scope order by 1, 2, 3, 4",
    "contracts": (
        "select c.seller_id, c.buyer_id, c.seller_entity_id, c.buyer_entity_id, c.seller_name, c.buyer_name, c.state,"
        " c.starts_on, c.ends_on, c.cut_on, c.succeeds_ends_on, old.seller_id from contract c"
        " left join contract old on old.id = c.succeeds_id"
        " order by c.buyer_id, c.seller_id, c.starts_on, c.state, c.ends_on"
    ),
    "terms": (
        "select c.seller_id, c.buyer_id, c.state, v.number, v.starts_on, v.ends_on, v.metric, v.vat_rate,"
        " r.position, r.verb, r.percent::text, f.price::text from contract_version v"
        " join contract c on c.id = v.contract_id left join price_rule r on r.version_id = v.id"
        " left join recurring_fee f on f.version_id = v.id"
        " order by c.buyer_id, c.seller_id, v.starts_on, c.state, v.number, r.position, v.ends_on"
    ),
}


def world() -> dict[str, list[tuple[Any, ...]]]:
    """Structure, rights, contracts with their terms, but for ids of contracts and when they were written."""
    with system():
        return {name: rows(text) for name, text in SHOWN.items()}


_CONTRACT = st.tuples(
    st.sampled_from(sorted(SELLERS)),
    st.sampled_from(BUYERS),
    st.sampled_from(FIRST_DAYS),
    st.sampled_from(LAST_DAYS),
    st.sampled_from([False, False, False, True]),
)
_MOVE = st.tuples(st.sampled_from(BUYERS), st.sampled_from(sorted(SELLERS)))


def _fits(cast: Cast, unit: str) -> bool:
    """Whether every contract that binds the unit, or one below it, to a seller above has the nearest one there.

    It need not: a seller that came between later leaves an older contract as it is. That one is the only thing that a
    move ends for good, because where it stands now it could not be made.
    """
    with system():
        [(count,)] = rows(
            "select count(*) from unit u join unit b on u.id = any (b.anc) join contract c on c.buyer_id = b.id"
            " where u.public_id = %s and c.state = 'active' and (c.ends_on is null or c.ends_on > '2026-06-01')"
            " and c.seller_id = any (u.anc[:cardinality(u.anc) - 1])"
            " and c.seller_id <> billed_above(u.anc[:cardinality(u.anc) - 1], '2026-06-01')",
            [cast.units[unit]],
        )
    return bool(count == 0)


def _set_up(cast: Cast, deals: list[tuple[str, str, str, str | None, bool]], moves: list[tuple[str, str]]) -> None:
    create(cast, "ada", "fjord", "birch")
    create(cast, "ada", "fjord", "cedar")
    for number, (seller, buyer, first, last, draft) in enumerate(deals):
        terms: dict[str, Any] = {"fees": [{"label": "Care", "price": str(number)}]}
        try:
            create(cast, SELLERS[seller], seller, buyer, starts_on=first, ends_on=last, draft=draft, **terms)
        except errors.Refusal:
            continue
    for unit, parent in moves:
        try:
            move(cast, unit, parent, EARLIER)
        except errors.Refusal:
            continue


@settings(
    max_examples=200 if os.environ.get("UNDERLET_DEEP") else 12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a world takes a second: a failure is shown as found
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(_CONTRACT, min_size=4, max_size=14), st.lists(_MOVE, max_size=3), st.lists(_MOVE, min_size=4))
def test_a_move_and_its_undo_leave_the_world_as_it_was(
    database: None,
    deals: list[tuple[str, str, str, str | None, bool]],
    moves: list[tuple[str, str]],
    tries: list[tuple[str, str]],
) -> None:
    """R10, R11, I9: whatever contracts, drafts and earlier moves there are; also by way of a third parent."""
    with tables.connect() as connection:
        tables.empty(connection)
    cast = make_cast()
    with frozen(EARLIER):
        _set_up(cast, deals, moves)
    before = world()
    for number, (unit, parent) in enumerate(tries):
        if not _fits(cast, unit):
            continue
        try:
            moved = move(cast, unit, parent)
        except errors.Refusal:
            continue
        if number % 3 == 2:
            with suppress(errors.Refusal):
                move(cast, unit, "cedar")
        with frozen(LATER):
            run("unit.move", cast.ada, cast.units[unit], {"parent": moved["former_parent_id"]})
        after = world()
        for name in SHOWN:
            assert after[name] == before[name], (name, unit, parent)
        check_structure()


@pytest.fixture
def chain(cast: Cast) -> Cast:
    """Fjord sells to Birch, Birch to Alder."""
    create(cast, "ada", "fjord", "birch")
    create(cast, "ben", "birch", "alder")
    return cast


def last(cast: Cast, who: str, unit: str) -> tuple[str, bool]:
    """Name of the former parent, and whether one may move back."""
    found = ask("unit.last_move", cast.people[who], cast.units[unit])
    return found.former.name if found.former else "", found.may_return


def test_where_a_unit_came_from_is_found_later(chain: Cast, belts: str) -> None:
    """R10: from each move the way back; after it, the way forth again."""
    assert last(chain, "ada", "alder") == ("", False)
    moved = move(chain, "alder", "cedar")
    assert moved["former_parent_id"] == chain.units["birch"]
    assert last(chain, "ada", "alder") == ("Birch", True)
    move(chain, "alder", "cedar")  # nothing new
    assert last(chain, "ada", "alder") == ("Birch", True)
    back = ask("unit.last_move", chain.ada, chain.units["alder"])
    assert back.moved_at is not None
    move(chain, "alder", "birch")
    assert last(chain, "ada", "alder") == ("Cedar", True)


def test_a_former_parent_that_is_hidden_is_as_if_there_was_none(chain: Cast, belts: str) -> None:
    """A3: Eve administers Cedar, and Alder since it stands there, but not where it stood."""
    move(chain, "alder", "cedar")
    assert last(chain, "eve", "alder") == ("", False)
    assert last(chain, "cleo", "alder") == ("", False)
    assert ask("unit.last_move", chain.eve, chain.units["alder"]).moved_at is None


def test_moving_back_is_offered_only_where_it_is_allowed(chain: Cast) -> None:
    """R8, R10: not below what stands below the unit now; and not to what is gone."""
    spare = run("unit.create", chain.ada, chain.units["fjord"], {"kind": "organization", "name": "Spare"}).body[
        "id"
    ]
    for parent in (spare, chain.units["fjord"]):
        run("unit.move", chain.ada, chain.units["alder"], {"parent": parent})
    assert last(chain, "ada", "alder") == ("Spare", True)
    run("unit.move", chain.ada, spare, {"parent": chain.units["alder"]})
    assert last(chain, "ada", "alder") == ("Spare", False)
    run("unit.remove", chain.ada, spare)
    assert last(chain, "ada", "alder") == ("", False)
