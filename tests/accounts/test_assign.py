"""sub_account.assign, assignment.end, assignment.remove: one owner a day."""

from typing import LiteralString

import pytest
from django.db import IntegrityError

from tests.accounts.conftest import Accounts
from underlet.accounts.queries import ownership_in
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.kernel import errors
from underlet.kernel.period import Month


def test_a_sub_account_changes_hands_on_a_day(accounts: Accounts) -> None:
    """R66, M7: `[from, to)` UTC days; the second owner begins where the first ends."""
    accounts.assign("ada", "A1", "acme", "2026-01-01", "2026-04-16")
    body = accounts.assign("ada", "A1", "beta", "2026-04-16")
    owners = [(row["unit"]["name"], row["starts_on"], row["ends_on"]) for row in body["assignments"]]  # type: ignore[attr-defined]
    assert owners == [
        ("beta.example.org", "2026-04-16", None),
        ("acme.example.com", "2026-01-01", "2026-04-16"),
    ]
    with system():
        found = ownership_in(1, Month(2026, 4).start, Month(2026, 4).end)
    assert sorted(str(row.starts_on) for row in found) == ["2026-01-01", "2026-04-16"]


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [("2026-03-31", None), ("2026-01-01", "2026-03-02"), ("2026-03-10", "2026-03-11"), ("2025-01-01", None)],
)
def test_two_owners_on_one_day_are_refused(accounts: Accounts, starts_on: str, ends_on: str | None) -> None:
    """R66: by the operation with its words, and by the database itself."""
    accounts.assign("ada", "A1", "acme", "2026-03-01", "2026-04-01")
    with pytest.raises(errors.AssignmentOverlap):
        accounts.assign("ada", "A1", "beta", starts_on, ends_on)
    insert: LiteralString = (
        "insert into assignment (hierarchy_id, sub_account_id, unit_id, starts_on, ends_on, created_at)"
        " select hierarchy_id, sub_account_id, unit_id, %s, %s, now() from assignment limit 1"
    )
    with pytest.raises(IntegrityError, match="assignment_overlap"), system():
        execute(insert, [starts_on, ends_on])


@pytest.mark.parametrize(
    ("who", "unit", "error"),
    [
        ("ada", "harbor", errors.InvalidInput),  # another hierarchy is as absent
        ("ben", "acme", errors.NotFound),  # not a sub-account of Birch's yet
        ("uma", "harbor", errors.NotFound),
    ],
)
def test_who_may_assign_what(accounts: Accounts, who: str, unit: str, error: type[errors.Refusal]) -> None:
    """R35, A5."""
    with pytest.raises(error):
        accounts.assign(who, "A1", unit, "2026-01-01")


def test_owners_see_their_assignment_and_may_not_change_it(accounts: Accounts) -> None:
    """A5: the provider bills Fjord, so Fjord decides."""
    body = accounts.assign("ada", "A1", "acme", "2026-01-01")
    [row] = body["assignments"]  # type: ignore[misc]
    for who in ("dan", "cleo", "ben"):
        with pytest.raises(errors.Forbidden):
            run("assignment.remove", accounts.cast.people[who], row["id"])
    with pytest.raises(errors.NotFound):
        run("assignment.remove", accounts.cast.eve, row["id"])


def test_an_end_frees_the_days_after_it(accounts: Accounts) -> None:
    [row] = accounts.assign("ada", "A1", "acme", "2026-01-01")["assignments"]  # type: ignore[misc]
    run("assignment.end", accounts.cast.ada, row["id"], {"ends_on": "2026-04-16"})
    accounts.assign("ada", "A1", "beta", "2026-04-16")
    with pytest.raises(errors.AssignmentOverlap):
        run("assignment.end", accounts.cast.ada, row["id"], {"ends_on": "2026-05-01"})
    with pytest.raises(errors.InvalidInput):
        run("assignment.end", accounts.cast.ada, row["id"], {"ends_on": "2026-01-01"})


def test_removing_gives_the_cost_back_to_the_root(accounts: Accounts) -> None:
    """P24: unassigned is a normal state."""
    [row] = accounts.assign("ada", "A1", "acme", "2026-01-01")["assignments"]  # type: ignore[misc]
    body = run("assignment.remove", accounts.cast.ada, row["id"]).body
    assert (body["owner"], body["assignments"]) == (None, [])
