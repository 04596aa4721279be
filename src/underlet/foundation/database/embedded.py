"""The embedded Postgres server, as seen by whoever needs it: attach, status, stop.

A detached supervisor (`supervisor.py`) owns the server of a data folder and announces it in `run/server.json`;
everybody else connects by socket and holds a shared lock for as long as it lives. Nobody holding one, the
supervisor stops the server after a short grace, unless it was told to keep it.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg

from underlet.foundation.database.cluster import Paths
from underlet.foundation.database.processes import end_postmaster, is_running, live_postmaster
from underlet.foundation.database.server import Server
from underlet.foundation.settings import settings
from underlet.kernel.errors import DatabaseUnavailable, SetupIncomplete

START_SECONDS = 60.0
STOP_SECONDS = 40.0
_POLL = 0.02
_held: dict[Path, IO[bytes]] = {}
_holding = threading.Lock()


@dataclass(frozen=True, slots=True)
class Status:
    """state: "running", "starting" or "stopped". version: e.g. 180004, None unless running."""

    state: str
    data: Path
    supervisor_pid: int | None
    socket_dir: Path | None
    version: int | None


def attach(data: Path, *, fsync: bool = True, progress: Callable[[str], None] | None = None) -> Server:
    """The running server of a data folder, started if need be; it keeps running while this process lives.

    fsync: False only for throwaway servers of tests. progress: told when one has to wait. Raises SetupIncomplete
    when the supervisor gave up (with its reason), DatabaseUnavailable when nothing answers within a minute.
    """
    paths = Paths(data.absolute())
    known = _hold(paths)
    server = announced(paths)
    if server and (known or _answers(server)):
        return server
    if progress:
        progress("Starting the database")
    started = False
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        server = announced(paths)
        if server and _answers(server):
            return server
        if not _is_owned(paths):
            if started:
                _raise_failure(paths)
            _start_supervisor(paths, fsync=fsync)
            started = True
        time.sleep(_POLL)
    raise DatabaseUnavailable(
        f"The embedded database did not start within {START_SECONDS:.0f} seconds.",
        hint=f"See {paths.supervisor_log} and {paths.postgres_log}.",
    )


def keep(data: Path) -> None:
    """Let the running server of a data folder go on until `stop`, whether anybody uses it or not."""
    Paths(data.absolute()).keep.touch()


def status(data: Path) -> Status:
    """Whether the server of a data folder runs; starts nothing."""
    paths = Paths(data.absolute())
    if not _is_owned(paths):
        return Status("stopped", paths.data, None, None, None)
    server = announced(paths)
    if server is None:
        return Status("starting", paths.data, _owner_pid(paths), None, None)
    return Status("running", paths.data, _owner_pid(paths), server.socket_dir, server.version)


def stop(data: Path) -> None:
    """Stop the server of a data folder (open transactions roll back) and wait for it; harmless when none runs.

    Raises DatabaseUnavailable when it does not stop.
    """
    paths = Paths(data.absolute())
    paths.keep.unlink(missing_ok=True)
    deadline = time.monotonic() + STOP_SECONDS
    asked: int | None = None
    while _is_owned(paths):
        pid = _owner_pid(paths)
        if pid and pid != asked:
            asked = pid
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        if time.monotonic() > deadline:
            raise DatabaseUnavailable("The database does not stop.", hint=f"See {paths.supervisor_log}.")
        time.sleep(_POLL)
    abandoned = live_postmaster(paths.cluster)  # of a supervisor that was killed
    if abandoned:
        end_postmaster(abandoned.pid, paths.cluster)
    paths.state.unlink(missing_ok=True)


def announced(paths: Paths) -> Server | None:
    """The server that a living supervisor announces; None while it starts or when there is none."""
    try:
        note = json.loads(paths.state.read_text())
    except (OSError, ValueError):
        return None
    if not _is_owned(paths) or not is_running(note["pid"]):
        return None  # the supervisor was killed, or has not seen yet that the server was
    return Server(paths.data, Path(note["socket_dir"]), int(note["port"]), int(note["version"]))


def _hold(paths: Paths) -> bool:
    """Share the users' lock until this process ends. Returns whether this process held it before."""
    with _holding:
        held = _held.get(paths.data)
        try:
            if held and os.fstat(held.fileno()).st_ino == paths.users_lock.stat().st_ino:
                return True
        except FileNotFoundError:
            pass  # the data folder was deleted meanwhile
        try:
            paths.run.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = paths.users_lock.open("ab")
        except OSError as error:
            raise SetupIncomplete(
                f"The data folder cannot be used: {error}.", hint="Set UNDERLET_DATA to a folder of your own."
            ) from error
        fcntl.flock(file, fcntl.LOCK_SH)
        if held:
            held.close()
        _held[paths.data] = file
        return False


def _is_owned(paths: Paths) -> bool:
    """Whether a supervisor lives: it holds the owner lock."""
    try:
        file = paths.owner_lock.open("rb")
    except FileNotFoundError:
        return False
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _owner_pid(paths: Paths) -> int | None:
    """The supervisor's pid; None while it is only about to begin."""
    try:
        return int(paths.owner_lock.read_text())
    except (FileNotFoundError, ValueError):
        return None


def _answers(server: Server) -> bool:
    try:
        with psycopg.connect(server.conninfo(), connect_timeout=2, autocommit=True) as connection:
            connection.execute("select 1")
    except psycopg.Error:
        return False
    return True


def _start_supervisor(paths: Paths, *, fsync: bool) -> None:
    """Returns when it, or another, owns the data folder. Raises SetupIncomplete when it could not begin."""
    command = [sys.executable, "-P", "-m", "underlet.foundation.database.supervisor", "--detach"]
    command += ["--data", str(paths.data)]
    command += [] if fsync else ["--no-fsync"]
    command += ["--bin", str(settings().pg_bin)] if settings().pg_bin else []
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise SetupIncomplete("The database's supervisor could not start.", hint=done.stderr.strip()[-600:])


def _raise_failure(paths: Paths) -> None:
    """Pass on why the last supervisor gave up, if it did."""
    try:
        note = json.loads(paths.failure.read_text())
    except (OSError, ValueError):
        return
    raise SetupIncomplete(str(note["detail"]), hint=str(note["hint"]))
