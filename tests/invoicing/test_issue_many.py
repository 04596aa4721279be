"""`invoice.issue_many`: drafts by name, all or none."""

import pytest

from tests.world import DRAFTED, World, make_world
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel.errors import InvalidInput, IssueBlocked, Refusal


@pytest.fixture
def world(database: None) -> World:
    return make_world()


def _drafts(world: World) -> list[str]:
    rows = ask(
        "invoice.list", world.cast.ben, world.ids["unit"]["birch"], {"side": "sold", "state": "draft"}
    ).items
    return [str(row.id) for row in rows]


def _issue(world: World, who: str, ids: list[str], unit: str = "birch") -> dict[str, object]:
    data = {"invoices": ids, "issued_on": "2026-06-04"}
    body: dict[str, object] = run("invoice.issue_many", world.cast.people[who], world.ids["unit"][unit], data).body
    return body


def _states(world: World, ids: list[str]) -> set[str]:
    return {ask("invoice.show", world.cast.ben, id_).state for id_ in ids}


def test_named_drafts_are_issued_and_rendered(world: World) -> None:
    """R86: those and no others; numbers follow the drafts' order; one job makes their PDFs."""
    first, second, *others = _drafts(world)
    body = _issue(world, "ben", [first, second, first])
    assert body["issued_count"] == 2
    assert _states(world, [first, second]) == {"issued"}
    assert _states(world, others) <= {"draft"}
    assert run_job(body["job_id"]) == "done"  # type: ignore[arg-type]
    rows = ask("invoice.list", world.cast.ben, world.ids["unit"]["birch"], {"period": DRAFTED}).items
    assert {str(row.id) for row in rows if row.has_pdf} >= {first, second}


def test_one_that_is_held_stops_all_and_is_named(world: World) -> None:
    drafts = _drafts(world)
    with system():
        execute("update invoice set hold = 'missing_base' where public_id = %s", [drafts[1]])
    with pytest.raises(IssueBlocked) as refused:
        _issue(world, "ben", drafts)
    assert set(refused.value.fields) == {"invoices.1"}
    assert _states(world, drafts) == {"draft"}


def test_issued_hidden_and_absent_are_no_drafts_here(world: World) -> None:
    [draft, *_more] = _drafts(world)
    issued = world.ids["invoice"]["birch beta issued"]
    hidden = world.ids["invoice"]["cedar delta issued"]
    with pytest.raises(InvalidInput) as refused:
        _issue(world, "ben", [draft, issued, hidden])
    assert set(refused.value.fields) == {"invoices.1", "invoices.2"}
    assert len(set(refused.value.fields.values())) == 1
    for who, unit in (("dan", "acme"), ("eve", "cedar"), ("bea", "beta")):
        with pytest.raises(Refusal):
            _issue(world, who, [draft], unit)
    assert _states(world, [draft]) == {"draft"}
