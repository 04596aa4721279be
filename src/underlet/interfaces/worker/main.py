"""The worker process: procrastinate hands out job ids, our own reaper finds jobs that nobody works on.

procrastinate keeps jobs of a killed worker as “doing”; whether a job is alive is told by its advisory lock instead
(`foundation.jobs`), so a killed worker's job starts again within seconds.
"""

import logging
import os
import signal
import threading
import time
from uuid import UUID

from procrastinate.contrib.django import app

from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import TIMETABLE, orphans, run_job, wait_for_database
from underlet.kernel.errors import Refusal

log = logging.getLogger(__name__)
_REAP_SECONDS = 5.0
_TIMETABLE_SECONDS = 60.0


@app.task(name="run_job", pass_context=False)
def run_job_task(job_id: str) -> None:
    """One queued job; its outcome is in the job's own row."""
    run_job(UUID(job_id))


def requeue_orphans() -> int:
    """Queue again what should run and does not. Returns how many."""
    found = orphans()
    for public_id in found:
        with system():
            execute("select defer_job(%s)", [str(public_id)])
    return len(found)


def keep_timetable() -> None:
    """Queue what has become due, also while no worker ran; one thing that fails does not keep the others waiting."""
    for look in TIMETABLE:
        try:
            look()
        except Exception:
            log.exception("looking for what is due failed")


def _reap(stopping: threading.Event) -> None:
    looked = -_TIMETABLE_SECONDS
    while not stopping.wait(_REAP_SECONDS):
        try:
            requeue_orphans()
        except Exception:
            log.exception("looking for abandoned jobs failed")
        if time.monotonic() - looked >= _TIMETABLE_SECONDS:
            looked = time.monotonic()
            keep_timetable()


def work(*, concurrency: int = 1) -> None:
    """Work until told to stop (SIGTERM, SIGINT); a lost database is waited out."""
    stopping = threading.Event()
    reaper = threading.Thread(target=_reap, args=(stopping,), daemon=True)
    reaper.start()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, signal.default_int_handler)
    try:
        while True:
            try:
                _work_once(concurrency)
                return
            except KeyboardInterrupt:
                return
            except Exception:
                log.exception("the worker lost its connection; starting again")
                try:
                    wait_for_database()
                except Refusal:
                    log.warning("the database does not answer yet")
                time.sleep(1)
    finally:
        stopping.set()


def _work_once(concurrency: int) -> None:
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    worker_app.run_worker(
        name=f"worker {os.getpid()}",
        concurrency=concurrency,
        delete_jobs="always",  # the outcome is in our own row
        fetch_job_polling_interval=2,
        install_signal_handlers=True,
    )
