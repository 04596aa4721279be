"""The embedded Postgres server, as seen by whoever needs it: attach, status, stop.

A detached supervisor (`supervisor.py`) owns the server of a data folder; everybody else attaches by socket and holds
a shared lock for as long as it lives. Nobody holding one, the supervisor stops the server after a short grace.
"""

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg.conninfo import make_conninfo

from underlet.foundation.database.roles import LOGIN
from underlet.kernel.errors import DatabaseUnavailable

DATABASE = "underlet"
SUPERUSER = "postgres"
PORT = 5432
START_SECONDS = 60.0
_POLL = 0.05
_held: dict[Path, IO[bytes]] = {}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its socket folder and port (the port only names the socket file; nothing listens on TCP)."""

    data: Path
    socket_dir: Path
    port: int = PORT

    def conninfo(self, database: str = DATABASE, role: str = "underlet_session") -> str:
        """libpq connection string of the software's login, starting as a role."""
        return make_conninfo(
            host=str(self.socket_dir), port=self.port, user=LOGIN, dbname=database, options=f"-c role={role}"
        )

    def superuser_conninfo(self, database: str = DATABASE) -> str:
        """libpq connection string of the superuser, for set-up and backup only."""
        return make_conninfo(host=str(self.socket_dir), port=self.port, user=SUPERUSER, dbname=database)


@dataclass(frozen=True, slots=True)
class Status:
    """state: running, starting or stopped."""

    state: str
    data: Path
    supervisor_pid: int | None
    socket_dir: Path | None


def run_folder(data: Path) -> Path:
    """Sockets, locks and the supervisor's notes of a data folder."""
    return data / "run"


def state_file(data: Path) -> Path:
    """Where the supervisor writes {pid, socket_dir} once the server answers."""
    return run_folder(data) / "supervisor.json"


def read_state(data: Path) -> dict[str, object]:
    """What the supervisor last wrote; empty if it never did."""
    try:
        found = json.loads(state_file(data).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def is_owned(data: Path) -> bool:
    """Whether a supervisor lives: it holds the owner lock."""
    path = run_folder(data) / "owner.lock"
    if not path.exists():
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _hold(data: Path) -> None:
    if data in _held and _held[data].closed is False:
        return
    file = (run_folder(data) / "users.lock").open("ab")
    fcntl.flock(file, fcntl.LOCK_SH)
    _held[data] = file


def _server(data: Path) -> Server | None:
    socket_dir = read_state(data).get("socket_dir")
    return Server(data, Path(str(socket_dir))) if socket_dir else None


def _answers(server: Server) -> bool:
    try:
        with psycopg.connect(server.conninfo(), connect_timeout=2, autocommit=True) as connection:
            connection.execute("select 1")
    except psycopg.Error:
        return False
    return True


def _spawn(data: Path, *, fsync: bool) -> None:
    log = (run_folder(data) / "supervisor.log").open("ab")
    command = [sys.executable, "-m", "underlet.foundation.database.supervisor", str(data)]
    if not fsync:
        command.append("--no-fsync")
    subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=str(data)
    )


def attach(data: Path, *, fsync: bool = True, progress: Callable[[str], None] | None = None) -> Server:
    """The running server of a data folder, started if need be; keeps it running while this process lives.

    fsync: False only for throwaway servers of tests. Raises DatabaseUnavailable with the end of the server's log.
    """
    data = data.absolute()
    run_folder(data).mkdir(parents=True, exist_ok=True, mode=0o700)
    _hold(data)
    server = _server(data)
    if server and is_owned(data) and _answers(server):
        return server
    if progress:
        progress("Starting the database")
    deadline = time.monotonic() + START_SECONDS
    spawned = 0.0
    while time.monotonic() < deadline:
        if not is_owned(data) and time.monotonic() - spawned > 3:
            _spawn(data, fsync=fsync)
            spawned = time.monotonic()
        server = _server(data)
        if server and is_owned(data) and _answers(server):
            return server
        time.sleep(_POLL)
    raise DatabaseUnavailable(f"The embedded database did not start. {_log_tail(data)}")


def _log_tail(data: Path) -> str:
    try:
        return " / ".join((run_folder(data) / "supervisor.log").read_text().splitlines()[-5:])
    except OSError:
        return ""


def status(data: Path) -> Status:
    """Whether the server of a data folder runs; starts nothing."""
    data = data.absolute()
    if not is_owned(data):
        return Status("stopped", data, None, None)
    state = read_state(data)
    server = _server(data)
    pid = state.get("pid")
    running = server is not None and _answers(server)
    return Status(
        "running" if running else "starting",
        data,
        int(str(pid)) if pid else None,
        server.socket_dir if server else None,
    )


def stop(data: Path) -> None:
    """Stop the server of a data folder at once (fast shutdown) and wait for it; harmless when none runs."""
    data = data.absolute()
    if not is_owned(data):
        return
    pid = read_state(data).get("pid")
    if pid:
        try:
            os.kill(int(str(pid)), 15)
        except ProcessLookupError:
            pass
    deadline = time.monotonic() + 30
    while is_owned(data):
        if time.monotonic() > deadline:
            raise DatabaseUnavailable("The database does not stop.", hint=f"Look at {run_folder(data)}.")
        time.sleep(_POLL)
