"""The supervisor of one embedded server: `python -m underlet.foundation.database.supervisor DATA`.

It owns the data folder by a lock, makes the cluster at first start, keeps the postmaster running (a killed one is
back within seconds), and stops it when nobody needs it any more. Ready means that a query answers, never that a
process exists. No TCP listener; nothing outside the data folder is touched, but for a socket folder below the
temporary one when the path would be too long for a socket.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import IO

import psycopg

from underlet.foundation.database.binaries import Binaries, find_binaries
from underlet.foundation.database.embedded import DATABASE, PORT, SUPERUSER, Server, run_folder, state_file
from underlet.foundation.database.roles import ensure_roles, ensure_schema

_GRACE_SECONDS = 20.0
_SOCKET_PATH_LIMIT = 90
_START_SECONDS = 45.0
_ID = 1000  # the user inside our own user namespace

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "jit": "off",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
    "log_destination": "stderr",
    "timezone": "UTC",
}
_NO_FSYNC = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Supervisor:
    """One server's life. `run()` returns when it is no longer needed or was told to stop."""

    def __init__(self, data: Path, owner: IO[bytes], *, fsync: bool) -> None:
        self._data, self._owner, self._fsync = data, owner, fsync
        self._cluster = data / "pg"
        self._binaries = find_binaries(self._existing_major(), _chosen())
        self._socket_dir = self._choose_socket_dir()
        self._postmaster: subprocess.Popen[bytes] | None = None
        self._stopping = False

    def run(self) -> None:
        """Start, tend, stop."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        _write_state(self._data, {"pid": os.getpid()})
        self._make_cluster()
        self._dismiss_orphan()
        backoff, unused_since = 0.2, time.monotonic()
        try:
            while not self._stopping:
                if self._postmaster is None or self._postmaster.poll() is not None:
                    _write_state(self._data, {"pid": os.getpid()})
                    self._start()
                    if self._ready():
                        self._prepare()
                        _write_state(self._data, {"pid": os.getpid(), "socket_dir": str(self._socket_dir)})
                        backoff, unused_since = 0.2, time.monotonic()
                    else:
                        time.sleep(backoff)
                        backoff = min(backoff * 2, 2.0)
                    continue
                if _is_used(self._data):
                    unused_since = time.monotonic()
                elif time.monotonic() - unused_since > _GRACE_SECONDS:
                    return
                time.sleep(0.1)
        finally:
            self._shut_down()
            _write_state(self._data, {})

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _existing_major(self) -> int | None:
        version = self._cluster / "PG_VERSION"
        return int(version.read_text().strip()) if version.exists() else None

    def _choose_socket_dir(self) -> Path:
        folder = run_folder(self._data)
        if len(str(folder)) <= _SOCKET_PATH_LIMIT:
            return folder
        return Path(tempfile.mkdtemp(prefix="underlet-"))

    def _command(self, program: str, *arguments: str) -> list[str]:
        """A Postgres program and its arguments; root runs it as a mapped user, since Postgres refuses root."""
        command = [self._binaries.path(program), *arguments]
        if os.geteuid() != 0:
            return command
        if _can_unshare():
            return ["unshare", "-U", f"--map-user={_ID}", f"--map-group={_ID}", *command]
        owner = self._data.stat()
        return ["setpriv", f"--reuid={owner.st_uid or 65534}", f"--regid={owner.st_gid or 65534}", "--clear-groups", *command]

    def _make_cluster(self) -> None:
        """initdb into a temporary folder, then rename: a cluster that exists is whole."""
        if (self._cluster / "PG_VERSION").exists():
            return
        draft = self._data / f"pg.new.{os.getpid()}"
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8"] if self._binaries.major >= 17 else ["--locale=C.UTF-8"]
        arguments = ["-D", str(draft), "-U", SUPERUSER, "--encoding=UTF8", "--data-checksums", "--auth=trust", *locale]
        if not self._fsync:
            arguments.append("--no-sync")
        done = subprocess.run(self._command("initdb", *arguments), capture_output=True, text=True)  # noqa: S603
        if done.returncode != 0:
            raise RuntimeError(f"initdb failed: {done.stderr.strip()[-500:]}")
        draft.rename(self._cluster)

    def _dismiss_orphan(self) -> None:
        """End a postmaster whose supervisor was killed; a stale pid file is left to Postgres itself."""
        pid_file = self._cluster / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        if not _is_postmaster(pid, self._cluster):
            pid_file.unlink(missing_ok=True)
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + 20
        while _is_postmaster(pid, self._cluster) and time.monotonic() < deadline:
            time.sleep(0.05)

    def _start(self) -> None:
        settings = {**_SETTINGS, "unix_socket_directories": str(self._socket_dir), "port": str(PORT)}
        if not self._fsync:
            settings |= _NO_FSYNC
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (run_folder(self._data) / "postgres.log").open("ab") as log:
            self._postmaster = subprocess.Popen(  # noqa: S603
                self._command("postgres", "-D", str(self._cluster), *flags),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=str(self._data),
            )

    def _ready(self) -> bool:
        """Wait until a query answers; False when the postmaster ends before (e.g. shared memory still in use)."""
        assert self._postmaster is not None
        server = Server(self._data, self._socket_dir)
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and not self._stopping:
            if self._postmaster.poll() is not None:
                return False
            try:
                with psycopg.connect(server.superuser_conninfo("postgres"), connect_timeout=2) as connection:
                    connection.execute("select 1")
                    return True
            except psycopg.Error:
                time.sleep(0.05)
        return False

    def _prepare(self) -> None:
        """Roles and database; a few probes when they exist."""
        server = Server(self._data, self._socket_dir)
        with psycopg.connect(server.superuser_conninfo("postgres"), autocommit=True) as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
            if found is not None:
                return
            ensure_roles(connection)
            connection.execute(f'create database "{DATABASE}" owner underlet_owner')
        with psycopg.connect(server.superuser_conninfo(), autocommit=True) as connection:
            ensure_schema(connection)

    def _shut_down(self) -> None:
        if self._postmaster is None or self._postmaster.poll() is not None:
            return
        self._postmaster.send_signal(signal.SIGINT)  # fast: open transactions roll back
        try:
            self._postmaster.wait(20)
        except subprocess.TimeoutExpired:
            self._postmaster.send_signal(signal.SIGQUIT)
            self._postmaster.wait(10)


def _chosen() -> Path | None:
    folder = os.environ.get("UNDERLET_PG_BIN")
    return Path(folder) if folder else None


def _can_unshare() -> bool:
    try:
        probe = subprocess.run(["unshare", "-U", f"--map-user={_ID}", "true"], capture_output=True)  # noqa: S603, S607
    except OSError:
        return False
    return probe.returncode == 0


def _is_postmaster(pid: int, cluster: Path) -> bool:
    """Whether the process lives, is no zombie, and works in this cluster; a pid alone says nothing."""
    try:
        if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return False
        return Path(f"/proc/{pid}/cwd").resolve() == cluster.resolve()
    except OSError:
        return False


def _is_used(data: Path) -> bool:
    """Whether any process holds the shared users' lock."""
    with (run_folder(data) / "users.lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _write_state(data: Path, state: dict[str, object]) -> None:
    draft = state_file(data).with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(state))
    draft.replace(state_file(data))


def main(arguments: list[str]) -> int:
    """Become the supervisor of a data folder; leaves at once if there is one."""
    data = Path(arguments[0]).absolute()
    run_folder(data).mkdir(parents=True, exist_ok=True, mode=0o700)
    with (run_folder(data) / "owner.lock").open("ab") as owner:
        try:
            fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        Supervisor(data, owner, fsync="--no-fsync" not in arguments).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
