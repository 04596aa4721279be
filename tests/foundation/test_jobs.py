"""Jobs: queued with their transaction, run once at a time, taken up again after a kill (trust.md F1, F4)."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.foundation.servers import eventually, postmaster
from underlet.foundation import jobs
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows, scalar
from underlet.foundation.database.transactions import system, writing
from underlet.foundation.jobs import JOBS, Run, enqueue, job, job_lock, orphans, run_job
from underlet.foundation.settings import settings
from underlet.interfaces.worker.main import requeue_orphans
from underlet.kernel.errors import WrongState

ACTOR = Actor(1, "Somebody")
NAME = "test.work"
_OTHER_PROCESS = """
import sys, time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID
import django; django.setup()
from underlet.foundation import jobs
from underlet.interfaces.worker import main as worker
jobs.QUIET, worker._REAP_SECONDS = timedelta(seconds=0.5), 0.3
@jobs.job("test.work", unasked="a test")
def work(run, arguments):
    run.progress(1, 2)
    Path(sys.argv[1]).touch()
    if sys.argv[2] == "hang":
        time.sleep(60)
worker.work()
"""

Work = Callable[[Run, Mapping[str, Any]], None]


@pytest.fixture
def doing(database: None) -> Iterator[Callable[[Work], UUID]]:
    """Queue a job that does what a function says."""

    def queue(work: Work) -> UUID:
        job(NAME, unasked="a test")(work)
        with writing(ACTOR):
            return enqueue(ACTOR, NAME, None, {"number": 7})

    yield queue
    JOBS.pop(NAME, None)


def _row(public_id: UUID) -> dict[str, Any]:
    with system():
        [values] = rows("select state, done, total, attempts, error from job where public_id = %s", [public_id])
    row = dict(zip(("state", "done", "total", "attempts", "error"), values, strict=True))
    return {**row, "error": json.loads(row["error"] or "null")}


def _queued() -> int:
    with system():
        return int(scalar("select count(*) from procrastinate_jobs where status = 'todo'"))


def test_a_job_exists_exactly_if_its_transaction_commits(doing: Callable[[Work], UUID]) -> None:
    doing(lambda run, arguments: None)
    with suppress(WrongState), writing(ACTOR):
        enqueue(ACTOR, NAME, None, {})
        raise WrongState
    with system():
        assert scalar("select count(*) from job") == 1
    assert _queued() == 1


def test_an_unknown_job_is_a_bug_and_not_queued(database: None) -> None:
    with pytest.raises(KeyError), writing(ACTOR):
        enqueue(ACTOR, "test.unknown", None, {})


def test_a_job_gets_its_arguments_and_actor_and_ends_done(doing: Callable[[Work], UUID]) -> None:
    seen: list[object] = []
    public_id = doing(lambda run, arguments: seen.append((run.actor.id, dict(arguments))))
    assert run_job(public_id) == "done"
    assert seen == [(ACTOR.id, {"number": 7})]
    assert run_job(public_id) == "done", "a second delivery does nothing (F4)"
    assert (len(seen), _row(public_id)["attempts"]) == (1, 1)


def test_a_refusal_fails_the_job_with_its_body(doing: Callable[[Work], UUID]) -> None:
    def refuse(run: Run, arguments: Mapping[str, Any]) -> None:
        raise WrongState("Not now.", hint="Later.")

    public_id = doing(refuse)
    assert run_job(public_id) == "failed"
    assert _row(public_id)["error"] == {"error": "wrong_state", "detail": "Not now.", "hint": "Later."}


def test_a_bug_fails_the_job_and_tells_nothing(doing: Callable[[Work], UUID]) -> None:
    """S13: what went wrong is in the log only."""

    def stumble(run: Run, arguments: Mapping[str, Any]) -> None:
        raise RuntimeError("the secret is 42")

    public_id = doing(stumble)
    assert run_job(public_id) == "failed"
    assert "42" not in str(_row(public_id)["error"])


def test_a_job_that_runs_elsewhere_is_left_alone(doing: Callable[[Work], UUID]) -> None:
    seen: list[int] = []
    public_id = doing(lambda run, arguments: seen.append(1))
    with system():
        job_id = scalar("select id from job where public_id = %s", [public_id])
    with job_lock(job_id) as held:
        assert held
        assert run_job(public_id) == "running"
    assert seen == []
    assert run_job(public_id) == "done"


def test_progress_never_goes_back(doing: Callable[[Work], UUID], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_REPORT_EVERY", 0.0)
    told: list[tuple[int, int]] = []
    stored: list[tuple[int, int]] = []

    def work(run: Run, arguments: Mapping[str, Any]) -> None:
        for done, total in ((1, 4), (3, 4), (2, 4), (4, 4), (1, 2), (2, 2)):
            run.progress(done, total)
            row = _row(public_id)
            stored.append((row["done"], row["total"]))

    public_id = doing(work)
    run_job(public_id, lambda done, total, message: told.append((done, total)))
    assert told == stored == [(1, 4), (3, 4), (3, 4), (4, 4), (1, 2), (2, 2)]


def test_a_job_survives_a_killed_postmaster(doing: Callable[[Work], UUID]) -> None:
    """F3: the connection breaks in the middle; the job starts again by itself, its progress does not go back."""
    told: list[int] = []
    attempts: list[int] = []

    def work(run: Run, arguments: Mapping[str, Any]) -> None:
        attempts.append(1)
        run.progress(1, 2)
        if len(attempts) == 1:
            run.progress(2, 2)
            os.kill(postmaster(settings().data), signal.SIGKILL)
            while True:  # until the backend has seen it too
                with system():
                    scalar("select 1")

    public_id = doing(work)
    assert run_job(public_id, lambda done, total, message: told.append(done)) == "done"
    assert (len(attempts), _row(public_id)["attempts"]) == (2, 2)
    assert told == [1, 2, 2]


def _worker(mark: Path, what: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", _OTHER_PROCESS, str(mark), what])


def test_the_job_of_a_killed_worker_is_taken_up_by_another(
    doing: Callable[[Work], UUID], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F1: the row says “running” for ever; the advisory lock, which died with the worker, tells the truth."""
    monkeypatch.setattr(jobs, "QUIET", timedelta(0))
    public_id = doing(lambda run, arguments: None)
    first = _worker(tmp_path / "first", "hang")
    try:
        eventually((tmp_path / "first").exists, 20)
        assert _row(public_id)["state"] == "running"
        assert orphans() == [], "somebody works on it"
    finally:
        first.kill()
        first.wait()
    second = _worker(tmp_path / "second", "finish")
    try:
        eventually(lambda: _row(public_id)["state"] == "done", 20)
        assert _row(public_id)["attempts"] == 2
    finally:
        second.terminate()
        assert second.wait(10) == 0, "a worker ends when told to"


def test_an_abandoned_job_is_queued_once(doing: Callable[[Work], UUID], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "QUIET", timedelta(0))
    public_id = doing(lambda run, arguments: None)
    assert requeue_orphans() == 0, "it waits in the queue"
    with system():
        rows("delete from procrastinate_jobs")
    assert orphans() == [public_id]
    assert [requeue_orphans() for _ in range(3)] == [1, 0, 0]
    assert _queued() == 1
