"""The convention of lists: sort links, chips, choice of columns, region, export, selection."""

import csv
import gzip
import io
import re
from html import unescape
from typing import Any, get_args

import pytest

from tests.interfaces.web.browser import Person, fields_of, text_of
from tests.world import World
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.registry import QUERIES
from underlet.interfaces.web import export, lists, people_lists
from underlet.interfaces.web.tables import Table

PAGES = {"archived-units": "archived", "billing-runs": "billing_runs", "exchange-rates": "exchange_rates",
         "sub-accounts": "sub_accounts", "api-keys": "api_keys", "unit-api-keys": "unit_api_keys",
         "directory-users": "directory_users", "directory-groups": "directory", "history": "unit_history",
         "members": "group", "units": "group_add", "people": "view_as",
         "scheduled-moves": "scheduled_moves", "associated-customers": "customer_organization"}  # fmt: skip
"""Pages of lists that are not called like their files."""
TABLES = [pytest.param(table, id=table.file) for table in (*lists.ALL, *people_lists.ALL)]


def reader(world: World, table: Table) -> Person:
    """Somebody for whom a list has rows."""
    if table is lists.NAMES:
        run("name.reserve", world.cast.people["operator"], None, {"name": "held.example.org"})
        return Person(world, "operator")
    if table in (people_lists.DIRECTORY_USERS, people_lists.DIRECTORY_GROUPS):
        return Person(world, "dan")
    if table is people_lists.VIEWINGS:
        return Person(world, "ben")
    return Person(world, "uma" if table is lists.ARCHIVED else "ada")


def address(person: Person, table: Table, unit: str = "") -> str:
    page = PAGES.get(table.file, table.file)
    if table is lists.NAMES:
        return person.at(page)
    if page in ("group", "group_add"):
        return person.at(page, group=person.world.ids["group"]["north"])
    usual = {
        lists.ARCHIVED.file: "harbor",
        lists.CUSTOMERS_OF.file: "gamma",
        people_lists.DIRECTORY_USERS.file: "acme",
        people_lists.DIRECTORY_GROUPS.file: "acme",
    }.get(table.file, "fjord")
    return person.at(page, unit or usual)


def names_of(answer: Any) -> list[str]:
    """The first cell of each row, without markup."""
    cells = re.findall(r'<th scope="row"[^>]*>(.*?)</th>', text_of(answer), re.DOTALL)
    markup = re.compile(r'<svg.*?</svg>|<span class="(?:visually-hidden|sub)">.*?</span>|<[^>]+>', re.DOTALL)
    return [unescape(markup.sub("", one)).strip() for one in cells]


def rows_of(answer: Any) -> list[list[str]]:
    """An exported file as rows."""
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


# --- declarations ---------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_a_declaration_fits_its_query(table: Table) -> None:
    """Orders, filters and their values are ones that the query's input takes; every order has its column."""
    fields = QUERIES[table.query].input.model_fields
    orders = {one.removeprefix("-") for one in get_args(fields["sort"].annotation)}
    sorts = {column.sort for column in table.columns if column.sort}
    assert sorts == orders - ({"created"} if "created" not in sorts else set())
    for one in table.filters:
        assert one.name in fields
        for value, words in one.choices():
            if value:  # what is empty is not sent
                QUERIES[table.query].input.model_validate({one.name: value})
            assert words
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert table.columns[0].is_fixed
    assert table.columns[0].value is not None


# --- sort -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_every_sort_link_opens_and_says_so(world: World, table: Table) -> None:
    """Without script: a link, the whole page, `aria-sort` on its head; a second click turns it round."""
    ada = reader(world, table)
    every = ",".join(column.name for column in table.columns)
    page = text_of(ada.get(f"{address(ada, table)}?columns={every}"))
    for column in table.columns:
        if not column.sort:
            continue
        link = re.search(rf'<a id="sort-{column.name}" href="([^"]+)"', page)
        assert link, column.name
        there = text_of(ada.get(unescape(link[1])))
        assert "<!doctype html>" in there
        head = re.search(rf'<th[^>]*aria-sort="(\w+)"[^>]*><a id="sort-{column.name}" href="([^"]+)"', there)
        assert head, column.name
        if f"-{column.sort}" not in get_args(QUERIES[table.query].input.model_fields["sort"].annotation):
            continue  # one way only
        back = text_of(ada.get(unescape(head[2])))
        other = re.search(rf'<th[^>]*aria-sort="(\w+)"[^>]*><a id="sort-{column.name}"', back)
        assert other
        assert {head[1], other[1]} == {"ascending", "descending"}
        assert back.count("aria-sort=") == 1


def test_sorting_orders_the_rows_and_keeps_the_filters(world: World) -> None:
    ada = Person(world, "ada")
    at = ada.at("sub_accounts", "fjord")
    up = names_of(ada.get(f"{at}?q=canary&sort=name"))
    assert up == sorted(up)
    assert len(up) > 3
    down = ada.get(f"{at}?q=canary&sort=-name")
    assert names_of(down) == up[::-1]
    assert "q=canary&amp;sort=name" in text_of(down)


def test_what_a_list_does_not_know_is_ignored_on_the_page(world: World) -> None:
    """Also a cursor of another order: the list begins anew. The API refuses all of it."""
    ada = Person(world, "ada")
    plain = names_of(ada.get(ada.at("invoices", "fjord")))
    cursor = ask("invoice.list", world.cast.ada, world.cast.units["fjord"], {"limit": 1, "sort": "buyer"}).next
    for query in ("sort=colour", "state=odd", "period=May", "after=x", f"after={cursor}", "x=1", "q=%00"):
        answer = ada.get(f"{ada.at('invoices', 'fjord')}?{query}")
        assert answer.status_code == 200, query
        assert names_of(answer) == plain, query


# --- filters --------------------------------------------------------------------------------------


def test_active_filters_are_chips_that_can_be_taken_off(world: World) -> None:
    ada = Person(world, "ada")
    page = text_of(ada.get(f"{ada.at('invoices', 'fjord')}?state=draft&period=2026-05&sort=-total&q=%3Cb%3E"))
    found = re.findall(r'<a class="chip" href="([^"]+)".*?<span>(.*?)</span>', page)
    chips = {unescape(re.sub(r"<[^>]+>", "", words)): unescape(href) for href, words in found}
    assert set(chips) == {"State: Draft", "Month: May 2026", "Number or party: “<b>”"}
    assert chips["State: Draft"].endswith("?q=%3Cb%3E&period=2026-05&sort=-total")
    clear = re.search(r'<a class="clear" href="([^"]+)"', page)
    assert clear
    assert clear[1].endswith("/invoices?sort=-total")
    assert "No invoice fits" in page
    assert 'class="chip"' not in text_of(ada.get(ada.at("invoices", "fjord")))


@pytest.mark.parametrize("table", TABLES)
def test_nothing_found_says_so_and_leads_back(world: World, table: Table) -> None:
    """An empty list that was filtered is not called an empty list."""
    ada = reader(world, table)
    for one in table.filters:
        value = {"search": "zzz", "month": "1999-01"}.get(one.kind)
        if value:
            page = text_of(ada.get(f"{address(ada, table)}?{one.name}={value}"))
            assert "Clear all" in page.partition('class="empty"')[2], one.name


# --- region ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_htmx_gets_the_region_alone_and_a_browser_the_page(world: World, table: Table) -> None:
    """interface.md §2, §8.3: by target, told apart by caches; the address that is shown leaves out what is empty."""
    ada = reader(world, table)
    at = f"{address(ada, table)}?{table.filters[0].name}=&sort={table.default_sort}"
    region = ada.get(at, fragment=True, **{"HX-Target": "grid"})
    text = text_of(region)
    assert "<h1" not in text
    assert 'class="list-top"' in text
    assert 'class="toolbar"' not in text
    assert "HX-Target" in region["Vary"]
    assert region["HX-Push-Url"] == f"{address(ada, table)}?sort={table.default_sort}"
    assert text_of(ada.get(at, fragment=True, **{"HX-Target": "div#grid"})) == text
    content = text_of(ada.get(at, fragment=True, **{"HX-Target": "content"}))
    assert "<h1" in content
    assert "<!doctype" not in content
    restored = ada.get(at, fragment=True, **{"HX-Target": "grid", "HX-History-Restore-Request": "true"})
    assert "<!doctype" in text_of(restored)


def test_a_region_of_fifty_rows_is_small(world: World) -> None:
    """Part 2: at most 10 KB transferred. The longest rows: customers with every text, sorted and filtered."""
    ben = Person(world, "ben")
    for number in range(60):
        data = {"kind": "customer", "name": f"customer-{number}.example.io", "code": f"C-{number}"}
        run("unit.create", world.cast.ben, world.ids["unit"]["birch"], data)
    at = f"{ben.at('customers', 'birch')}?q=customer&sort=-name"
    answer = ben.get(at, fragment=True, **{"HX-Target": "grid"})
    assert text_of(answer).count('<th scope="row"') == 50
    assert len(gzip.compress(answer.content)) < 10_000
    assert "Next page" in text_of(answer)


# --- columns --------------------------------------------------------------------------------------


def test_columns_are_chosen_by_the_address_and_remembered(world: World) -> None:
    """The first column stays; another person's choice is theirs."""
    ada = Person(world, "ada")
    at = ada.at("sub_accounts", "fjord")

    def heads(answer: Any) -> list[str]:
        return re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([\w -]+)', text_of(answer))

    usual = heads(ada.get(at))
    assert "Owner today" in usual
    assert "First used" not in usual
    chosen = ada.get(f"{at}?columns=&columns=first&columns=id&columns=nonsense")
    assert heads(chosen) == ["Sub-account", "Id", "First used"]
    assert heads(ada.get(f"{at}?q=acme")) == ["Sub-account", "Id", "First used"]
    assert heads(ada.get(f"{at}?columns=")) == ["Sub-account"]
    assert "Provider" in heads(ada.get(ada.at("accounts", "fjord")))
    other = Person(world, "ada")
    assert heads(other.get(at)) == usual
    assert 'name="columns" value="owner"' in text_of(ada.get(at))


# --- export ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_an_export_holds_what_the_query_gives_each_person(world: World, table: Table) -> None:
    """documents.md §9, A1: the same rows in the same order as the reader's query, and no page without its file."""
    for who, unit in (("ada", "fjord"), ("ben", "birch"), ("dan", "acme"), ("eve", "cedar"), ("dan", "fjord")):
        person = Person(world, who)
        at = address(person, table, unit)
        page, file = person.get(at), person.get(f"{at}?export=csv")
        assert file.status_code == page.status_code, (who, unit)
        if page.status_code != 200:
            continue
        to = world.ids["unit"][unit] if table.has_subject else None
        if table is lists.MEMBERS:
            to = world.ids["group"]["north"]
        found = ask(table.query, world.cast.people[who], to, {**table.fixed, "limit": 100}).items
        columns = [one for one in table.columns if one.is_fixed or one.is_shown]
        expected = [[export.cell(one.value(row)) for one in columns if one.value] for row in found]
        [head, *rows] = rows_of(file)
        assert rows == expected
        assert head == [str(one.label) for one in columns if one.value]
        assert "export=csv" in text_of(page)


def test_an_export_follows_filters_order_and_columns(world: World) -> None:
    ada = Person(world, "ada")
    at = ada.at("invoices", "fjord")
    page = ada.get(f"{at}?state=issued&sort=total&columns=total,currency")
    link = re.search(r'href="([^"]+export=csv[^"]*)"', text_of(page))
    assert link
    answer = ada.get(unescape(link[1]))
    [head, *rows] = rows_of(answer)
    assert head == ["Invoice", "Total", "Currency"]
    assert [row[0] for row in rows] == names_of(page)
    assert [float(row[1]) for row in rows] == sorted(float(row[1]) for row in rows)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert re.search(r'attachment; filename="invoices-\d{4}-\d\d-\d\d.csv"', answer["Content-Disposition"])
    assert answer["X-Content-Type-Options"] == "nosniff"
    raw = b"".join(ada.get(f"{at}?export=csv").streaming_content)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.endswith(b"\r\n")
    assert not b"".join(ada.get(f"{at}?export=csv&bom=0").streaming_content).startswith(b"\xef")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_looks_like_a_formula_is_guarded_and_numbers_are_not(start: str) -> None:
    from decimal import Decimal

    assert export.cell(f"{start}1+1") == f"'{start}1+1"
    assert export.cell(Decimal("-1.50")) == "-1.50"
    assert export.cell(-3) == "-3"
    assert export.cell(None) == ""
    assert export.cell("a=b") == "a=b"


def test_a_file_pages_through_the_list_and_says_where_it_was_cut(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MAX_PAGE_SIZE", 2)
    ada = Person(world, "ada")
    at = f"{ada.at('sub_accounts', 'fjord')}?export=csv&sort=-name"
    whole = rows_of(ada.get(at))
    assert len(whole) == 7
    monkeypatch.setattr(export, "MOST_ROWS", 3)
    cut = rows_of(ada.get(at))
    assert cut[:4] == whole[:4]
    assert len(cut) == 5
    assert cut[4][0].startswith("Only the first 3 rows")
    assert len(cut[4]) == len(cut[0])


# --- selection ------------------------------------------------------------------------------------


def test_sub_accounts_are_assigned_together_after_a_look(world: World) -> None:
    """R66: by forms alone; nothing happens before the second one; afterwards the rows have their owner."""
    ada = Person(world, "ada", tokens=True)
    page = text_of(ada.get(f"{ada.at('sub_accounts', 'fjord')}?state=unassigned"))
    [id_] = re.findall(r'name="row" value="([^"]+)" form="picks" aria-label="Select canary-name-nobody"', page)
    look = ada.get(f"{ada.at('sub_accounts_assign', 'fjord')}?row={id_}")
    assert "Assign 1 sub-account" in text_of(look)
    assert ask("sub_account.show", world.cast.ada, id_).owner is None
    data = {**fields_of(look), "row": id_, "unit": world.ids["unit"]["beta"]}
    done = ada.post(ada.at("sub_accounts_assign", "fjord"), data)
    assert done.status_code == 302
    assert ask("sub_account.show", world.cast.ada, id_).assignments[0].unit.name == "beta.example.org"
    assert ada.get(ada.at("sub_accounts_assign", "fjord")).status_code == 302  # nothing selected: back to the list


def test_a_selection_that_cannot_be_assigned_names_the_row(world: World) -> None:
    """All or none: one has an owner already, so neither is assigned, and the form says which."""
    ada = Person(world, "ada", tokens=True)
    ids = [world.ids["sub_account"][name] for name in ("nobody", "acme")]
    at = ada.at("sub_accounts_assign", "fjord")
    look = ada.get(f"{at}?row={ids[0]}&row={ids[1]}")
    data = {**fields_of(look), "row": ids, "unit": world.ids["unit"]["beta"], "starts_on": "2026-03-01"}
    refused = ada.post(at, data)
    assert refused.status_code == 409
    assert "canary-name-acme" in text_of(refused).partition('<form class="card-body')[2]
    assert ask("sub_account.show", world.cast.ada, ids[0]).assignments == ()


def test_drafts_are_issued_together_after_a_look(world: World) -> None:
    """R86: only drafts can be selected; hidden ones are not found."""
    ben = Person(world, "ben", tokens=True)
    page = text_of(ben.get(ben.at("invoices", "birch")))
    offered = set(re.findall(r'name="row" value="([^"]+)"', page))
    beta = world.ids["invoice"]["birch beta draft"]
    assert beta in offered
    assert world.ids["invoice"]["birch beta issued"] not in offered
    at = ben.at("invoices_issue", "birch")
    look = ben.get(f"{at}?row={beta}")
    assert "Issue 1 draft" in text_of(look)
    done = ben.post(at, {**fields_of(look), "row": beta, "issued_on": "2026-06-04"})
    assert done.status_code == 302
    assert ask("invoice.show", world.cast.ben, beta).state == "issued"
    hidden = world.ids["invoice"]["cedar delta issued"]
    assert ben.get(f"{at}?row={hidden}").status_code == 404


def test_who_may_not_act_has_nothing_to_select(world: World) -> None:
    dan = Person(world, "dan")
    for name in ("sub_accounts", "invoices"):
        page = text_of(dan.get(dan.at(name, "acme")))
        assert 'name="row"' not in page
        assert 'id="picks"' not in page
