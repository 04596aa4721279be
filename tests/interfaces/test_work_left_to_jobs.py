"""Work that waits in a queue ends with the right of whom it is from (A6): with real files, and with workers that die.

In which ways a right ends, and what else is asked: tests/access/test_queued_jobs.py.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, LiteralString

import pytest

from tests.crashes import job_dies_at
from tests.usage.focus import csv_bytes, record
from tests.usage.imports import state
from tests.world import DRAFTED, World
from underlet.access.queries import actor_by_email
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows, scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.uploads import receive
from underlet.usage.queries import lake

EMAIL = "left@example.com"


def _import(world: World, actor: Actor) -> str:
    content = csv_bytes(record(SubAccountId="queued", BilledCost="7"))
    upload = receive(actor, [content], "queued.csv")
    body = run("import.create", actor, world.cast.units["fjord"], {"upload": str(upload.id)}).body
    return str(body["job_id"])


def _month(world: World, actor: Actor) -> str:
    changed = {"period": DRAFTED, "currency": "USD", "rate": "0.8"}  # so that there is something to price anew
    run("exchange_rate.set", world.cast.ada, world.cast.units["fjord"], changed)
    return str(run("billing_run.start", actor, world.cast.units["fjord"], {"period": DRAFTED}).body["job_id"])


def _structure(world: World, actor: Actor) -> str:
    upload = receive(actor, [b"name,kind\nQueued,organization\n"], "units.csv")
    body = run("structure.import", actor, world.cast.units["fjord"], {"upload": str(upload.id)}).body
    return str(body["job_id"])


Begin = Callable[[World, Actor], str]
WORK: dict[str, tuple[Begin, str, str]] = {
    "import": (_import, "import.before_activate", "import.after_activate"),
    "billing run": (_month, "run.before_record", "run.after_record"),
    "structure": (_structure, "structure.inside_write", "structure.after_write"),
}
"""Work, and where its worker dies: before it committed, and after."""
_WHAT: tuple[LiteralString, ...] = (
    "select id, name from unit order by id",
    "select id, run_id, state from invoice order by id",
    "select id from billing_run where state in ('done', 'unchanged') order by id",
)


def _states() -> list[Any]:
    """What the work would change."""
    with system():
        found: list[Any] = [rows(text) for text in _WHAT]
    return found + state()


def _files() -> list[Path]:
    """What lies in the lake, and in the folder for what is not finished."""
    folder = lake()
    return sorted([*folder.iterdir(), *(folder / "incoming").iterdir()])


def _hired(world: World) -> Actor:
    """A new administrator of the root."""
    data = {"email": EMAIL, "name": "Left", "role": "administrator"}
    run("user.invite", world.cast.ada, world.cast.units["fjord"], data)
    return actor_by_email(EMAIL)


def _revoke(world: World) -> None:
    taken = {"email": EMAIL, "role": "administrator"}
    run("grant.revoke", world.cast.ada, world.cast.units["fjord"], taken)


def _error(job: str) -> str:
    with system():
        return str(scalar("select coalesce(error ->> 'error', '') from job where public_id = %s", [job]))


@pytest.mark.parametrize("work", WORK)
def test_a6_work_is_done_while_the_right_lasts_and_not_after(world: World, work: str) -> None:
    """A6: what is refused the second time is what was done the first."""
    begin, *_ = WORK[work]
    before = _states()
    actor = _hired(world)
    job, again = begin(world, actor), begin(world, actor)
    assert run_job(job) == "done"
    done = _states()
    assert done != before
    _revoke(world)
    if again != job:  # a month is queued once
        assert run_job(again) == "failed"
        assert _error(again) == "forbidden"
    assert _states() == done


@pytest.mark.parametrize("work", WORK)
def test_a6_work_of_a_dead_worker_ends_with_the_right(world: World, work: str) -> None:
    """A6, F1: asked again where it is taken up; nothing of it is done, and nothing is left of what was begun."""
    begin, before_commit, _ = WORK[work]
    job = begin(world, _hired(world))
    before, files = _states(), _files()
    job_dies_at(before_commit, job)
    _revoke(world)
    assert run_job(job) == "failed"
    assert _error(job) == "forbidden"
    assert (_states(), _files()) == (before, files)


@pytest.mark.parametrize("work", WORK)
def test_f1_what_a_dead_worker_had_committed_is_whole(world: World, work: str) -> None:
    """F1, A6: what was done by right stays done, and so says its job; a month that was priced has its own drafts."""
    begin, _, after_commit = WORK[work]
    before = _states()
    job = begin(world, _hired(world))
    job_dies_at(after_commit, job)
    _revoke(world)
    assert run_job(job) == "done"
    assert _error(job) == ""
    assert _states() != before
    if work == "billing run":
        with system():
            current = rows("select id from billing_run where is_current and period = %s", [f"{DRAFTED}-01"])
            drafts = rows("select distinct run_id from invoice where state = 'draft'")
        assert drafts == current
