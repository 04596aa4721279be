"""`kill -9` at a labelled point: another process works on the test's installation and dies there (F1), or its database
does and it goes on (F3)."""

import json
import os
import signal
import subprocess
import sys
from typing import Any
from uuid import UUID

from underlet.foundation.actor import Actor
from underlet.foundation.database.cluster import Paths
from underlet.foundation.database.processes import read_pid_file
from underlet.foundation.jobs import wait_for_database
from underlet.foundation.settings import settings

_PRELUDE = """
import json, sys
import django
django.setup()
from underlet.project import wiring
wiring.load()
what = json.loads(sys.argv[1])
"""
_JOB = """
from underlet.foundation.jobs import run_job
print(run_job(what["job"]))
"""
_OPERATION = """
from underlet.foundation.actor import Actor
from underlet.foundation.operations import run
run(what["name"], Actor(what["actor"], ""), what["address"], what["data"])
"""


def job_dies_at(label: str, job_id: UUID | str) -> None:
    """Let a job work in another process until the crash point; fails unless that process was killed there."""
    _die(label, _JOB, {"job": str(job_id)})


def database_dies_at(label: str, job_id: UUID | str) -> None:
    """Let a job work in another process while the server is killed at the crash point; it must still be done."""
    before = _postmaster()
    done = _elsewhere(f"postgres:{label}", _JOB, {"job": str(job_id)})
    assert (done.returncode, done.stdout.strip()) == (0, "done"), f"{label}:\n{done.stdout}\n{done.stderr}"
    wait_for_database()  # our own connection died with the server, too
    assert _postmaster() != before, f"{label} was not reached"


def _postmaster() -> int:
    noted = read_pid_file(Paths(settings().data).cluster)
    assert noted is not None
    return noted.pid


def operation_dies_at(label: str, name: str, actor: Actor, address: str, data: dict[str, Any]) -> None:
    """Let an operation run in another process until the crash point; fails unless it was killed there."""
    _die(label, _OPERATION, {"name": name, "actor": actor.id, "address": address, "data": data})


def _die(label: str, code: str, what: dict[str, Any]) -> None:
    done = _elsewhere(label, code, what)
    assert done.returncode == -signal.SIGKILL, f"{label} was not reached:\n{done.stdout}\n{done.stderr}"


def _elsewhere(crash_at: str, code: str, what: dict[str, Any]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", _PRELUDE + code, json.dumps(what)],
        env={**os.environ, "UNDERLET_CRASH_AT": crash_at, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
