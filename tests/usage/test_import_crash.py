"""kill −9 anywhere in an import leaves the old or the new state, and a rerun completes (F1)."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.cast import Cast
from tests.crashes import job_dies_at
from tests.usage.focus import csv_bytes, record
from tests.usage.imports import begin, show, state, take_in
from underlet.foundation.jobs import run_job
from underlet.foundation.settings import settings

CRASH_POINTS = (
    "import.before_load",
    "import.after_structure",
    "import.after_lines",
    "import.after_cube",
    "import.before_activate",
    "import.inside_activate",
    "import.after_activate",
)
ROWS = [record(SubAccountId=f"{i % 3}", ResourceId=str(i), BilledCost=f"{i}.25") for i in range(50)]


@pytest.mark.parametrize("label", CRASH_POINTS)
def test_a_killed_import_completes_when_it_runs_again(cast: Cast, lake_folder: Path, label: str) -> None:
    """F1: every labelled point; totals as undisturbed, nothing half-written listed or left."""
    old = take_in(cast, csv_bytes(record(BilledCost="99"), record(BillingAccountId="other")))
    before = state()
    view = begin(cast, csv_bytes(*ROWS))
    assert view.job_id
    job_dies_at(label, view.job_id)
    if label == "import.after_activate":
        assert show(cast.ada, view).status == "active"
    else:
        assert show(cast.ada, view).status == "received"
        assert state() == before
        assert show(cast.ada, old).status == "active"
    assert run_job(view.job_id) == "done"
    after = show(cast.ada, view)
    assert (after.status, after.rows) == ("active", len(ROWS))
    assert list((lake_folder / "incoming").iterdir()) == []
    snapshots, files = state()[:2]
    again = begin(cast, csv_bytes(*ROWS, record(BilledCost="0")))  # other content, so that it is loaded
    assert again.job_id
    assert run_job(again.job_id) == "done"
    undisturbed = show(cast.ada, again)
    assert undisturbed.totals[0].billed_cost == after.totals[0].billed_cost
    assert len(snapshots) == len(before[0]) + 1
    assert len(files) == len(before[1]) + 2


def test_every_crash_point_in_the_code_is_tested() -> None:
    """Non-vacuity: a label that nobody reaches, or that this test does not know, fails."""
    import underlet.usage

    [folder] = underlet.usage.__path__
    text = "".join(path.read_text() for path in Path(folder).rglob("*.py"))
    for label in CRASH_POINTS:
        stage = label.removeprefix("import.")
        assert f'crash_point("{label}")' in text or f'report("{stage}"' in text
    assert text.count('crash_point("import.') + text.count('report("after_') == len(CRASH_POINTS)


def test_an_import_survives_the_postmaster(cast: Cast) -> None:
    """F1, F3: kill −9 of the postmaster during an import: it completes by itself within 10 s of the healing."""
    view = begin(cast, csv_bytes(*[record(ResourceId=str(i)) for i in range(20_000)]))
    assert view.job_id
    killed: list[float] = []

    def kill(done: int, total: int, message: str) -> None:
        if not killed and done >= 60:
            os.kill(int((settings().data / "pg" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
            killed.append(time.monotonic())

    assert run_job(view.job_id, kill) == "done"
    assert killed
    assert time.monotonic() - killed[0] < 10 + 5  # the import itself takes a few seconds of that
    shown = show(cast.ada, view)
    assert (shown.status, shown.rows) == ("active", 20_000)
