"""One billing run from its pinned inputs to its recorded lines; safe to run again after any interruption.

Inputs are read in one short transaction, prices computed outside any, results recorded in another short one,
whole or not at all. Source: rating-engine.md §5, billing.md §10.1; trust.md F1.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from django.db import InterfaceError, OperationalError

from underlet.foundation.clock import now
from underlet.foundation.crash import crash_point
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system
from underlet.foundation.duck import open_duckdb
from underlet.foundation.settings import settings
from underlet.kernel.sentence import Sentence
from underlet.rating.basis import folder_of, write_basis
from underlet.rating.engines.duck import rate
from underlet.rating.engines.types import RatingResult
from underlet.rating.models import BillingRun
from underlet.rating.pin import Pinned, pin
from underlet.rating.record import record

Progress = Callable[[int, int, str], None]
_FINISHED = ("done", "unchanged", "held", "failed")


def rate_run(run_id: int, progress: Progress) -> None:
    """Price the month of a queued run and make it the month's current one.

    progress: called with (steps done, steps in all, words). A run whose own checks fail is `held`; one whose
    inputs equal those of the current run is `unchanged`: that one's answer stands. Does nothing for a finished
    run. Raises WrongState when the month has no usage, and the refusals of `engines.duck.rate`; the run is
    `failed` then.
    """
    with system():
        run = BillingRun.objects.select_related("unit__hierarchy").get(id=run_id)
        if run.state in _FINISHED:
            return
        execute("update billing_run set state = 'running' where id = %s", [run_id])
    try:
        _rate(run, progress)
    except (OperationalError, InterfaceError):
        raise  # the database was lost: the job waits for it and comes back to this run
    except Exception:
        fail_run(run_id)
        raise


def fail_run(run_id: int) -> bool:
    """Note that a run which did not come to its end is over; False for one that did."""
    with system():
        return bool(
            execute(
                "update billing_run set state = 'failed', finished_at = %s"
                " where id = %s and state in ('queued', 'running')",
                [now(), run_id],
            )
        )


def _rate(run: BillingRun, progress: Progress) -> None:
    progress(0, 3, Sentence("Reading owners and contracts"))
    with system():
        pinned = pin(run)
        answered = _take_over(run, pinned)
    crash_point("run.pinned")
    if not answered:
        progress(1, 3, Sentence("Pricing"))
        result = _priced(pinned, folder_of(run.id))
        crash_point("run.rated")
        progress(2, 3, Sentence("Recording"))
        crash_point("run.before_record")
        with system():
            record(run, pinned, result)
            crash_point("run.inside_record")
        crash_point("run.after_record")
    progress(3, 3, Sentence("Priced"))


def _priced(pinned: Pinned, folder: Path) -> RatingResult:
    scratch = folder / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    with open_duckdb(
        folders=[folder],
        files=pinned.inputs.cubes,
        scratch=scratch,
        threads=settings().threads,
        memory=settings().memory_mb << 20,
    ) as connection:
        result = rate(connection, pinned.inputs, folder)
    crash_point("run.own")
    write_basis(folder, pinned)
    shutil.rmtree(scratch, ignore_errors=True)
    return result


def _take_over(run: BillingRun, pinned: Pinned) -> bool:
    """Whether the current run rests on the very same inputs; then its answer stands, and this one says so (I7)."""
    return bool(
        execute(
            "update billing_run b set state = 'unchanged', same_as_id = c.id, finished_at = %s from billing_run c"
            " where b.id = %s and c.id <> b.id and c.hierarchy_id = b.hierarchy_id and c.period = b.period"
            " and c.is_current and c.state = 'done' and c.inputs_hash = %s",
            [now(), run.id, pinned.inputs_hash],
        )
    )
