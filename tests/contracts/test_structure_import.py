"""structure.import and structure.check: a whole structure from a file, all of it or nothing."""

import json

import pytest

from tests.cast import Cast
from tests.contracts.structure_files import (
    counts,
    csv_of,
    customer,
    exported,
    exported_lines,
    findings,
    organization,
    problems,
    structure,
    take_in,
)
from tests.contracts.test_contract import create
from tests.organization.truth import check_structure
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system

FILE = csv_of(
    [
        customer("one.example.com", "Team North", code="N-1", legal_city="Kiruna", legal_country="se"),
        organization("Team North", "Sales"),
        organization("Sales", display_name="All of sales", time_zone="Europe/Stockholm"),
        customer("two.example.com", "Sales", price_type="raw_cost_only", state="draft"),
    ]
)


def test_a_file_makes_a_structure_in_any_order_of_its_lines(cast: Cast) -> None:
    """R3, R7, R12: parents may be defined in the file, before or after; without one, a unit comes below the subject."""
    done = take_in(cast, "ben", "birch", FILE)
    assert (done.state, counts(done), done.problems) == ("done", (4, 0, 0, 0), 0)
    made = {line["name"]: line for line in exported_lines(cast, "ben", "birch")}
    assert made["Sales"]["parent"] == "Birch"
    assert made["Team North"]["parent"] == "Sales"
    assert made["one.example.com"]["parent"] == "Team North"
    assert (made["one.example.com"]["legal_city"], made["one.example.com"]["legal_country"]) == ("Kiruna", "SE")
    assert made["one.example.com"]["legal_name"] == "one.example.com"
    assert (made["two.example.com"]["price_type"], made["two.example.com"]["state"]) == ("raw_cost_only", "draft")
    assert made["Sales"]["own_legal_entity"] == "no"
    check_structure()


def test_the_same_file_again_changes_nothing(cast: Cast) -> None:
    take_in(cast, "ben", "birch", FILE)
    before = structure()
    again = take_in(cast, "ben", "birch", FILE)
    assert (again.state, counts(again)) == ("done", (0, 0, 0, 4))
    assert structure() == before


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(("who", "unit"), [("ben", "birch"), ("ada", "fjord"), ("uma", "harbor")])
def test_an_export_imported_again_changes_nothing(cast: Cast, who: str, unit: str, kind: str) -> None:
    take_in(cast, "ben", "birch", FILE)
    before = structure()
    content = exported(cast, who, unit, format=kind, state="all")
    again = take_in(cast, who, unit, content)
    assert (again.state, again.created, again.changed, again.moved) == ("done", 0, 0, 0)
    assert again.unchanged > 2
    assert structure() == before


def test_a_dry_run_says_what_would_happen_and_changes_nothing(cast: Cast) -> None:
    take_in(cast, "ben", "birch", FILE)
    before = structure()
    content = csv_of(
        [
            {"name": "one.example.com", "parent": "Sales", "code": "N-2"},
            {"name": "Sales", "display_name": "Sales"},
            {"name": "two.example.com"},
            customer("three.example.com", "Sales"),
        ]
    )
    tried = take_in(cast, "ben", "birch", content, check=True)
    assert (tried.state, counts(tried)) == ("checked", (1, 2, 1, 1))
    assert {one.column: one.count for one in tried.fields} == {"code": 1, "display_name": 1}
    assert structure() == before
    told = [
        (one.line, one.kind, one.unit, one.column, one.before, one.after) for one in findings(cast, "ben", tried)
    ]
    assert told == [
        (2, "move", "one.example.com", "parent", "Team North", "Sales"),
        (2, "change", "one.example.com", "code", "N-1", "N-2"),
        (3, "change", "Sales", "display_name", "All of sales", "Sales"),
    ]
    done = take_in(cast, "ben", "birch", content)
    assert (done.state, counts(done)) == ("done", counts(tried))
    again = take_in(cast, "ben", "birch", content)
    assert counts(again) == (0, 0, 0, 4)
    check_structure()


def test_units_move_as_by_unit_move_and_their_contracts_end(cast: Cast) -> None:
    """R10, R11, I9: a changed parent moves the unit with its branch; the dry run counts the contracts that end."""
    create(cast, "ada", "fjord", "birch", starts_on="2025-01-01")
    create(cast, "ben", "birch", "alder")
    content = csv_of([{"name": "Alder", "parent": "Cedar"}])
    before = structure()
    tried = take_in(cast, "ada", "fjord", content, check=True)
    assert (tried.state, tried.moved, tried.contracts_ended) == (
        "checked",
        1,
        0,
    )  # Ada is no party to that contract
    assert structure() == before
    done = take_in(cast, "ada", "fjord", content)
    assert (done.state, done.moved) == ("done", 1)
    with system():
        [(ended,)] = rows(
            "select count(*) from contract where buyer_id = (select id from unit where name = 'Alder')"
            " and state = 'active' and ends_on is not null"
        )
    assert ended == 1
    check_structure()


def test_units_swap_places_and_go_into_new_ones(cast: Cast) -> None:
    """R10: moves in one file are possible whenever the structure that comes of them is."""
    take_in(
        cast, "ben", "birch", csv_of([organization("A"), organization("B", "A"), customer("c.example.com", "B")])
    )
    content = csv_of(
        [
            {"name": "A", "parent": "B"},
            {"name": "B", "parent": "New"},
            organization("New"),
            {"name": "c.example.com", "parent": "A"},
        ]
    )
    done = take_in(cast, "ben", "birch", content)
    assert (done.state, counts(done)) == ("done", (1, 0, 3, 0)), findings(cast, "ben", done)
    parents = {line["name"]: line["parent"] for line in exported_lines(cast, "ben", "birch")}
    assert [parents[name] for name in ("New", "B", "A", "c.example.com")] == ["Birch", "New", "B", "A"]
    check_structure()


def test_every_unit_has_its_entry_in_the_audit_trail(cast: Cast) -> None:
    """S9: one entry for the import, naming the file's hash, and one per unit with what it had and has."""
    done = take_in(cast, "ben", "birch", FILE)
    take_in(
        cast, "ben", "birch", csv_of([{"name": "Sales", "code": "S"}, {"name": "Team North", "parent": "Birch"}])
    )
    with system():
        found = rows(
            "select u.name, a.before, a.after from audit_entry a join unit u on u.id = a.unit_id"
            " where a.operation = 'structure.import' and a.after ->> 'sha256' is null order by a.id"
        )
        hashes = rows(
            "select after ->> 'sha256' from audit_entry where after ->> 'sha256' is not null order by id"
        )
    assert done.sha256 in [one for (one,) in hashes]
    assert len(found) == 4 + 2
    said = [(name, json.loads(before), json.loads(after)) for name, before, after in found]
    assert said[-2] == ("Sales", {"code": ""}, {"code": "S"})
    assert said[-1] == ("Team North", {"parent": "Sales"}, {"parent": "Birch"})
    assert said[0] == (
        "Sales", {},
        {"name": "Sales", "kind": "organization", "display_name": "All of sales", "time_zone": "Europe/Stockholm"},
    )  # fmt: skip


def test_two_thousand_lines(cast: Cast) -> None:
    """A structure of 2,000 units comes at once, and again changes nothing."""
    lines = [organization(f"Group {n}") for n in range(20)]
    lines += [organization(f"Team {n}", f"Group {n % 20}") for n in range(180)]
    lines += [customer(f"c{n}.example.com", f"Team {n % 180}", code=str(n)) for n in range(1_800)]
    content = csv_of(reversed(lines))
    done = take_in(cast, "ben", "birch", content)
    assert (done.state, counts(done)) == ("done", (2_000, 0, 0, 0))
    assert counts(take_in(cast, "ben", "birch", content)) == (0, 0, 0, 2_000)
    assert len(exported_lines(cast, "ben", "birch")) >= 2_000
    check_structure()


def test_refused_lines_are_all_named(cast: Cast) -> None:
    """R4, R8, R9, R19, R20: every line that cannot be done, with its number, column and code; nothing is changed."""
    before = structure()
    lines = [
        organization("Deep 1"),  # 2
        *(organization(f"Deep {n}", f"Deep {n - 1}") for n in range(2, 10)),  # 3 … 10: the last is too deep
        customer("no host", "Birch"),  # 11
        customer("x.example.com", "Nobody"),  # 12
        customer("y.example.com", "acme.example.com"),  # 13
        organization("Deep 2"),  # 14
        {"name": "never.example.com"},  # 15
        organization("Fjord"),  # 16
        organization("Cedar"),  # 17
        customer("z.example.com", kind="team"),  # 18
        customer("w.example.com", time_zone="Mars/North", legal_language="fr", legal_country="Norway"),  # 19
        organization("Ring 1", "Ring 2"),  # 20
        organization("Ring 2", "Ring 1"),  # 21
        {"id": "11111111-1111-1111-1111-111111111111", "name": "v.example.com"},  # 22
        customer("u.example.com", own_legal_entity="perhaps"),  # 23
        customer("t.example.com", state="archived"),  # 24
        organization("Sales", price_type="raw_cost_only"),  # 25
        customer("s.example.com", customer_organization="Birch"),  # 26
        {"name": "Birch Lab", "kind": "customer"},  # 27
        customer("r.example.com", legal_electronic_address="x"),  # 28
    ]
    tried = take_in(cast, "ben", "birch", csv_of(lines), check=True)
    assert tried.state == "rejected"
    assert problems(cast, "ben", tried) == [
        (10, "parent", "depth_exceeded"),
        (11, "name", "name_pattern"),
        (12, "parent", "parent_unknown"),
        (13, "parent", "parent_must_be_organization"),
        (14, "name", "line_repeated"),
        (15, "kind", "kind_missing"),
        (16, "name", "name_unavailable"),
        (17, "name", "name_unavailable"),
        (18, "kind", "invalid_input"),
        (19, "legal_country", "invalid_input"),
        (19, "legal_language", "invalid_input"),
        (19, "time_zone", "invalid_input"),
        (20, "parent", "move_into_own_subtree"),
        (21, "parent", "move_into_own_subtree"),
        (22, "id", "unit_unknown"),
        (23, "own_legal_entity", "invalid_input"),
        (24, "state", "wrong_state"),
        (25, "price_type", "invalid_input"),
        (26, "customer_organization", "customer_organization_inactive"),
        (27, "kind", "not_by_import"),
        (28, "legal_electronic_address", "invalid_input"),
    ]
    assert all(one.detail and one.hint for one in findings(cast, "ben", tried))
    assert problems(cast, "ben", take_in(cast, "ben", "birch", csv_of(lines))) == problems(cast, "ben", tried)
    assert structure() == before
