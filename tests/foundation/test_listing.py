"""Lists in every order: each row once, in the right place, also while rows are added; a cursor keeps to its order."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.world import World, make_world
from underlet.contracts.models import Contract
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import reading, system
from underlet.foundation.listing import BY_ID, Order, sorted_page
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.types import PageInput, decode_cursor, encode_cursor
from underlet.invoicing.models import Invoice
from underlet.kernel.errors import InvalidInput

ORDERS = {
    "created": BY_ID,
    "number": Order("number", str, is_nullable=True),
    "buyer": Order("buyer_name", str),
    "month": Order("period", date),
    "total": Order("gross", Decimal),
    "due": Order("due_on", date, is_nullable=True),
}
SORTS = sorted([*ORDERS, *(f"-{name}" for name in ORDERS)])


@pytest.fixture
def world(database: None) -> World:
    return make_world()


def _walk(sort: str, limit: int, between: Any = None) -> list[Invoice]:
    """All invoices, page by page, as the system; `between` happens after each page."""
    found: list[Invoice] = []
    after = ""
    while True:
        with system():
            page = sorted_page(Invoice.objects.all(), PageInput(after=after, limit=limit), sort, ORDERS)
        found += page.items
        if page.next is None:
            return found
        after = page.next
        if between:
            between(len(found))


def _expected(rows: list[Invoice], sort: str) -> list[int]:
    """The ids in their order, by Python: rows without a value last, ties by id in the same direction."""
    field, is_down = ORDERS[sort.removeprefix("-")].field, sort.startswith("-")
    having = [row for row in rows if getattr(row, field) is not None]
    lacking = [row for row in rows if getattr(row, field) is None]
    having.sort(key=lambda row: (getattr(row, field), row.id), reverse=is_down)
    lacking.sort(key=lambda row: row.id, reverse=is_down)
    return [row.id for row in (*having, *lacking)]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_a_walk_gives_every_row_once_in_order(world: World, sort: str, limit: int) -> None:
    """Drafts have no number and no due date: they come last, both ways."""
    walked = _walk(sort, limit)
    with system():
        rows = list(Invoice.objects.all())
    assert len(rows) > 10
    assert [row.id for row in walked] == _expected(rows, sort)


@pytest.mark.parametrize("sort", ["buyer", "-total", "-number"])
def test_rows_added_meanwhile_move_no_other(world: World, sort: str) -> None:
    """The rows that were there come exactly once, in order, whatever is added between two pages."""
    with system():
        before = list(Invoice.objects.all())

    def add(count: int) -> None:
        with system():
            execute(
                "insert into invoice (hierarchy_id, run_id, contract_id, version_id, seller_id, buyer_id,"
                " seller_entity_id, buyer_entity_id, seller_name, buyer_name, period, currency, net, vat, gross,"
                " created_at) select hierarchy_id, run_id, contract_id, version_id, seller_id, buyer_id,"
                " seller_entity_id, buyer_entity_id, seller_name, %s, %s, currency, 0, 0, 0, created_at"
                " from invoice order by id limit 1",
                [f"N{count}", date(2000, 1, 1) + timedelta(days=31 * count)],
            )

    walked = [row.id for row in _walk(sort, 2, add)]
    assert len(walked) == len(set(walked))
    old = {row.id for row in before}
    assert [id_ for id_ in walked if id_ in old] == _expected(before, sort)


def test_a_cursor_belongs_to_its_order(world: World) -> None:
    """Of another order, backwards, another list or nothing at all: refused, and the cursor is what is named."""
    ada, fjord = world.cast.ada, world.cast.units["fjord"]
    cursor = ask("invoice.list", ada, fjord, {"limit": 1, "sort": "buyer"}).next
    assert ask("invoice.list", ada, fjord, {"limit": 1, "sort": "buyer", "after": cursor}).items
    names = ask("unit.list", ada, fjord, {"limit": 1, "sort": "-name"}).next
    for name, raw in (
        ("invoice.list", {"after": cursor}),
        ("invoice.list", {"after": cursor, "sort": "-buyer"}),
        ("invoice.list", {"after": names, "sort": "buyer"}),
        ("unit.list", {"after": names}),
        ("invoice.list", {"after": encode_cursor("total", "NaN", 1), "sort": "total"}),
        ("invoice.list", {"after": encode_cursor("total", "1e999999", 1), "sort": "total"}),
        ("user.list", {"after": encode_cursor("signed_in", "2026-01-01T00:00:00", 1), "sort": "signed_in"}),
        ("invoice.list", {"after": encode_cursor("buyer", None, 1), "sort": "buyer"}),
    ):
        with pytest.raises(InvalidInput) as refused:
            ask(name, ada, fjord, raw)
        assert set(refused.value.fields) == {"after"}


@given(
    sort=st.text(max_size=5),
    value=st.one_of(
        st.integers(-(2**63), 2**63 - 1),
        st.dates(),
        st.datetimes(timezones=st.just(UTC)),
        st.decimals(allow_nan=False, allow_infinity=False, places=10, min_value=-(10**20), max_value=10**20),
    ),
    id_=st.integers(0, 2**63 - 1),
)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_cursors_return_what_went_in(sort: str, value: Any, id_: int) -> None:
    if "\0" in sort or any("\ud800" <= letter <= "\udfff" for letter in sort):
        return
    assert decode_cursor(encode_cursor(sort, value, id_), str, type(value), int) == (sort, value, id_)


@pytest.mark.parametrize("sort", ["name", "-name"])
def test_units_by_name_both_ways(world: World, sort: str) -> None:
    """The list that must stay flat at a million units has a function for each direction; both see the same."""
    for who, unit in (("ada", "fjord"), ("ben", "birch"), ("dan", "acme")):
        actor = world.cast.people[who]
        names: list[str] = []
        after: str | None = ""
        while after is not None:
            page = ask("unit.list", actor, world.cast.units[unit], {"sort": sort, "after": after, "limit": 2})
            names += [row.name for row in page.items]
            after = page.next
        assert names == sorted(names, key=str.casefold, reverse=sort.startswith("-"))
        assert len(names) == len(set(names))
        whole = ask("unit.list", actor, world.cast.units[unit], {"limit": 100}).items
        assert set(names) == {row.name for row in whole}


@pytest.mark.parametrize("state", ["draft", "scheduled", "active", "ended"])
def test_contracts_filter_by_the_state_that_they_show(world: World, state: str) -> None:
    ada, fjord = world.cast.ada, world.cast.units["fjord"]
    every = ask("contract.list", ada, fjord, {"limit": 100}).items
    found = ask("contract.list", ada, fjord, {"limit": 100, "state": state}).items
    assert {row.id for row in found} == {row.id for row in every if row.state == state}
    with reading(ada):
        assert len(every) <= Contract.objects.count()


def test_the_order_of_accounts_tells_nothing_of_hidden_texts(world: World) -> None:
    """An owner does not know the payer's name and id: they sort, are found and stand in cursors as shown, empty."""
    dan, acme = world.cast.people["dan"], world.cast.units["acme"]
    [row] = ask("account.list", dan, acme, {"sort": "name"}).items
    assert (row.name, row.external_id) == ("", "")
    assert ask("account.list", dan, acme, {"q": "canary-payer"}).items == ()
    assert len(ask("account.list", world.cast.ada, world.cast.units["fjord"], {"q": "CANARY-payer"}).items) == 1


def test_users_sort_with_those_who_never_signed_in_last(world: World) -> None:
    ada, fjord = world.cast.ada, world.cast.units["fjord"]
    with system():
        execute("update app_user set last_login = %s where email_key = 'ben@example.com'", [datetime.now(UTC)])
    for sort in ("signed_in", "-signed_in"):
        rows = ask("user.list", ada, fjord, {"sort": sort}).items
        assert rows[0].email == "ben@example.com"
    run("user.invite", ada, fjord, {"email": "z@example.com", "name": "Zed", "role": "billing"})
    assert [row.name for row in ask("user.list", ada, fjord, {"role": "billing"}).items] == ["Zed"]
