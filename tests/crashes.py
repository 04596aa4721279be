"""`kill -9` at a labelled point: another process works on the test's installation and dies there (F1), or its database
does and it goes on (F3)."""

import json
import os
import select
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from underlet.foundation.actor import Actor
from underlet.foundation.database.cluster import Paths
from underlet.foundation.database.processes import read_pid_file
from underlet.foundation.jobs import wait_for_database
from underlet.foundation.settings import settings

_NURSERY = """
import json, os, sys
import django
django.setup()
from underlet.project import wiring
wiring.load()
from underlet.foundation.settings import settings
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child == 0:
        output = os.open(asked["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.environ.clear()
        os.environ.update(asked["environ"], UNDERLET_CRASH_AT=asked["crash_at"])
        settings.cache_clear()
        what, code = asked["what"], 1
        try:
            exec(asked["code"])
            code = 0
        except BaseException:
            import traceback
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Loads everything once, before any connection or thread, then splits off a process for each thing to be done."""
_nursery: "list[subprocess.Popen[str]]" = []
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
    assert (done.code, done.output.splitlines()[-1:]) == (0, ["done"]), f"{label}:\n{done.output}"
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
    assert done.code == -signal.SIGKILL, f"{label} was not reached:\n{done.output}"


@dataclass(frozen=True, slots=True)
class _Done:
    """How a process ended, and what it wrote."""

    code: int
    output: str


def _elsewhere(crash_at: str, code: str, what: dict[str, Any]) -> _Done:
    output = settings().data / "elsewhere.txt"
    environ = {**os.environ}  # as it is now: the nursery may be older than what the test has set
    asked = {"crash_at": crash_at, "code": code, "what": what, "output": str(output), "environ": environ}
    nursery = _the_nursery()
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    print(json.dumps(asked, default=str), file=nursery.stdin, flush=True)
    if not select.select([nursery.stdout], [], [], 120)[0]:
        nursery.kill()
        raise AssertionError(f"{crash_at}: still at work after two minutes")
    ended = int(nursery.stdout.readline())
    return _Done(ended, output.read_text())


def _the_nursery() -> "subprocess.Popen[str]":
    """One for all tests of this process; it ends with it, as its input does."""
    if not _nursery or _nursery[0].poll() is not None:
        _nursery[:] = [
            subprocess.Popen(
                [sys.executable, "-c", _NURSERY],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        ]
    return _nursery[0]
