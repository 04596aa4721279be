"""How many statements a page takes: bounded, and the same for one row and for fifty."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.interfaces.web.browser import Person, text_of
from tests.world import World
from underlet.foundation.operations import run

LISTS = (
    "customers",
    "sub_accounts",
    "accounts",
    "contracts",
    "invoices",
    "imports",
    "billing_runs",
    "users",
    "api_keys",
    "unit_api_keys",
)
_FRAMING = ("BEGIN", "COMMIT", "SET ", "SELECT SET_CONFIG")
MOST = 10
"""Session, person, unit with path and permissions, what lies around it, jobs, what waits, brand, groups to filter by;
the list itself and what its rows refer to."""


def _statements(person: Person, address: str) -> tuple[int, int]:
    """Statements, without those that only open and close the transaction; and rows shown."""
    with CaptureQueriesContext(connection) as captured:
        answer = person.get(address)
    assert answer.status_code == 200
    asked = [query["sql"] for query in captured if not query["sql"].upper().startswith(_FRAMING)]
    return len(asked), text_of(answer).count('<th scope="row"')


@pytest.mark.parametrize("page_name", LISTS)
def test_a_list_page_takes_few_statements(world: World, page_name: str) -> None:
    """interface.md §14, §4.9."""
    ada = Person(world, "ada")
    ada.get(ada.at(page_name, "fjord"))  # the session's first page writes the unit worked in
    count, _rows = _statements(ada, ada.at(page_name, "fjord"))
    assert count <= MOST, count


@pytest.mark.parametrize(
    "query",
    ["", "?sort=-name&q=a", "?state=issued&sort=-total&period=2026-04", "?q=canary&sort=-id&state=assigned"],
)
def test_sorting_and_filtering_take_no_statement_more(world: World, query: str) -> None:
    """Part 2: the list's own query takes at most three, whatever the order; the rest is the frame's."""
    ada = Person(world, "ada")
    for page_name in ("customers", "sub_accounts", "invoices", "contracts"):
        at = ada.at(page_name, "fjord")
        plain = _statements(ada, at)[0]
        assert _statements(ada, f"{at}{query}")[0] <= plain, page_name


def test_more_rows_take_no_more_statements(world: World) -> None:
    """interface.md §14: customers and users, with their roles."""
    ben = Person(world, "ben")
    pages = ("customers", "users")
    for name in pages:
        ben.get(ben.at(name, "birch"))
    few = [_statements(ben, ben.at(name, "birch")) for name in pages]
    for number in range(20):
        data = {"kind": "customer", "name": f"n{number}.example.io"}
        made = run("unit.create", world.cast.ben, world.ids["unit"]["birch"], data)
        person = {"email": f"n{number}@example.io", "name": f"N{number}", "role": "viewer"}
        run("user.invite", world.cast.ben, made.body["id"], person)
    many = [_statements(ben, ben.at(name, "birch")) for name in pages]
    for (few_count, few_rows), (many_count, many_rows) in zip(few, many, strict=True):
        assert many_rows >= few_rows + 20
        assert many_count == few_count
