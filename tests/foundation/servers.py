"""Helpers around embedded servers: other processes that use them, and what the system knows of them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from underlet.foundation.database.binaries import MINIMUM_MAJOR, Binaries, find_binaries
from underlet.foundation.database.cluster import PORT, Paths, identity_for, make_cluster, start_postmaster
from underlet.foundation.database.embedded import attach
from underlet.foundation.database.processes import end_postmaster, read_pid_file
from underlet.kernel.errors import SetupIncomplete

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


def installed() -> list[Binaries]:
    """One Postgres of each usable version on this machine, oldest first."""
    found = []
    for major in range(MINIMUM_MAJOR, MINIMUM_MAJOR + 10):
        with suppress(SetupIncomplete):
            found.append(find_binaries(major))
    return found


@dataclass(frozen=True, slots=True)
class PlainServer:
    """A Postgres that knows nothing of the software, as an organization would run one; reached by socket."""

    socket_dir: Path

    def url(self, user: str = "postgres", database: str = "postgres") -> str:
        """A DATABASE_URL."""
        return f"postgresql://{user}@/{database}?host={self.socket_dir}&port={PORT}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the superuser."""
        with psycopg.connect(self.url(database=database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@contextmanager
def plain_server(data: Path, programs: Binaries) -> Iterator[PlainServer]:
    """A Postgres without our roles, which ends with the block."""
    paths = Paths(data)
    paths.run.mkdir(parents=True, mode=0o700)
    identity = identity_for(paths)
    make_cluster(paths, programs, identity, fsync=False)
    child = start_postmaster(paths, programs, identity, paths.run, fsync=False)
    server = PlainServer(paths.run)
    try:
        eventually(lambda: _connects(server.url()), 20)
        yield server
    finally:
        end_postmaster(child.pid, paths.cluster, lambda: child.poll() is None)


def _connects(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def in_process(script: str, *arguments: str, **environment: str) -> Any:
    """Run Python lines in a fresh process with the project set up; returns what their `answer` is, as JSON."""
    lines = "import json, sys, django; django.setup()\n" + script + "\nprint(json.dumps(answer, default=str))"
    merged = {**os.environ, **environment}
    done = subprocess.run([sys.executable, "-c", lines, *arguments], env=merged, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
