"""Helpers around embedded servers: other processes that use them, and what the system knows of them."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from underlet.foundation.database.embedded import attach
from underlet.foundation.database.processes import read_pid_file

_ATTACH = """
import sys
from pathlib import Path
import psycopg
from underlet.foundation.database.embedded import attach
server = attach(Path(sys.argv[1]), fsync=False)
with psycopg.connect(server.conninfo(), autocommit=True) as connection:
    print(connection.execute("select pg_postmaster_start_time()").fetchone()[0], flush=True)
sys.stdin.read()
"""


def other_user(data: Path) -> "subprocess.Popen[str]":
    """A process that attaches, prints when its server started, and stays until its input is closed."""
    return subprocess.Popen(
        [sys.executable, "-c", _ATTACH, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def postmaster(data: Path) -> int:
    """The pid of a running postmaster."""
    noted = read_pid_file(data / "pg")
    assert noted is not None
    return noted.pid


def started_at(data: Path) -> str:
    """When the postmaster of a data folder started."""
    with psycopg.connect(attach(data, fsync=False).conninfo(), autocommit=True) as connection:
        [moment] = connection.execute("select pg_postmaster_start_time()").fetchone() or [None]
        return str(moment)


def eventually(true: Callable[[], bool], seconds: float) -> float:
    """Wait until something holds; returns after how many seconds, fails after so many."""
    begin = time.monotonic()
    while not true():
        assert time.monotonic() - begin < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - begin


def answers(data: Path) -> bool:
    """Whether a query answers now."""
    try:
        return bool(started_at(data))
    except psycopg.OperationalError:
        return False
