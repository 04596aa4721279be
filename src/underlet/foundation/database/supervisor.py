"""The supervisor of one embedded server: `python -m underlet.foundation.database.supervisor --data DIR`.

It owns a data folder by a lock, makes the cluster at first start, keeps the postmaster running (a killed one
is back within seconds), and stops it when nobody has used it for a while. Ready means that a query answers, never
that a process exists. The postmaster is a direct child; one whose supervisor was killed is taken over while it
runs on. It is apart from its starter: own session, no terminal, no inherited output.
"""

import argparse
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import IO

import psycopg

from underlet.foundation.database import cluster as clusters
from underlet.foundation.database.cluster import Paths
from underlet.foundation.database.processes import (
    end_orphaned_backends,
    end_postmaster,
    live_postmaster,
    remove_stale_pid_file,
    works_in,
)
from underlet.foundation.database.roles import prepare_server
from underlet.foundation.database.server import Server
from underlet.kernel.errors import Refusal, SetupIncomplete

_OWNER_PATIENCE = 1.0  # somebody who only looks at the lock holds it for microseconds
_READY_SECONDS = 45.0
_HOPELESS_SECONDS = 15.0  # a first start; one that has been ready before is tried for ever (trust.md F2)
_HEALTHY_SECONDS = 30.0
_MAX_BACKOFF = 3.0
_TICK = 1.0


class _Postmaster:
    """A running postmaster: our child, or one that we took over."""

    def __init__(self, cluster: Path, pid: int, child: "subprocess.Popen[bytes] | None") -> None:
        self.pid, self._cluster, self._child = pid, cluster, child

    def is_alive(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        return works_in(self.pid, self._cluster)

    @property
    def tick(self) -> float:
        """Seconds until one must look again: the end of a child wakes us, that of another process does not."""
        return _TICK if self._child is not None else 0.2

    def end(self) -> None:
        end_postmaster(self.pid, self._cluster, self.is_alive)
        if self._child is not None:
            self._child.wait()


class Supervisor:
    """One server's life; `run()` returns when it is no longer needed or was told to stop.

    grace: seconds the server outlives its last user. chosen: folder of the Postgres programs, None to find them.
    """

    def __init__(self, paths: Paths, *, fsync: bool, grace: float, chosen: Path | None) -> None:
        self._paths, self._fsync, self._grace = paths, fsync, grace
        self._binaries = clusters.binaries_for(paths, chosen)
        self._identity = clusters.identity_for(paths)
        self._postmaster: _Postmaster | None = None
        self._stopping = False
        self._inode = paths.owner_lock.stat().st_ino
        self._bell, self._ringer = os.pipe()
        for end in (self._bell, self._ringer):
            os.set_blocking(end, False)

    def run(self) -> None:
        """Start, tend, stop."""
        self._listen_to_signals()
        clusters.require_access(self._identity, self._paths.data, self._binaries.folder)
        clusters.give_to(self._identity, self._paths.run)
        clusters.make_cluster(self._paths, self._binaries, self._identity, fsync=self._fsync)
        try:
            self._tend()
        finally:
            self._paths.state.unlink(missing_ok=True)
            if self._postmaster is not None:
                self._postmaster.end()
            clusters.forget_socket_folder(self._paths)

    def _listen_to_signals(self) -> None:
        # Signals write to a pipe, so that the loop can sleep and still answer at once.
        signal.set_wakeup_fd(self._ringer, warn_on_full_buffer=False)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: setattr(self, "_stopping", True))
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def _sleep(self, seconds: float) -> None:
        with suppress(OSError):
            if select.select([self._bell], [], [], seconds)[0]:
                os.read(self._bell, 4096)

    def _tend(self) -> None:
        self._postmaster = self._take_over()
        begin = ready_at = used_at = time.monotonic()
        backoff, was_ready = 0.1, self._postmaster is not None
        while not self._stopping:
            if self._postmaster is None or not self._postmaster.is_alive():
                self._paths.state.unlink(missing_ok=True)
                if self._postmaster is not None and time.monotonic() - ready_at > _HEALTHY_SECONDS:
                    backoff = 0.1
                if not self._start():
                    if not was_ready and time.monotonic() - begin > _HOPELESS_SECONDS and not self._stopping:
                        said = clusters.last_words(self._paths)
                        raise SetupIncomplete("The database does not start.", hint=said)
                    self._sleep(backoff)
                    backoff = min(backoff * 2, _MAX_BACKOFF)
                    continue
                ready_at = used_at = time.monotonic()
                was_ready = True
            self._sleep(self._postmaster.tick if self._postmaster else 0.0)
            if self._was_removed():
                return
            if self._is_used():
                used_at = time.monotonic()
            elif time.monotonic() - used_at > self._grace and self._withdraw():
                return

    def _take_over(self) -> _Postmaster | None:
        """The postmaster of a supervisor that was killed, if it still answers; ends one that does not."""
        noted = live_postmaster(self._paths.cluster)
        if noted is None:
            return None
        postmaster = _Postmaster(self._paths.cluster, noted.pid, None)
        if noted.socket_dir is not None and self._become_ready(postmaster, noted.socket_dir, patience=10.0):
            return postmaster
        postmaster.end()
        return None

    def _start(self) -> bool:
        """Start a postmaster and wait until it answers; False when it ends before."""
        end_orphaned_backends(self._paths.cluster)
        remove_stale_pid_file(self._paths.cluster)
        socket_dir = clusters.socket_folder(self._paths, self._identity)
        child = clusters.start_postmaster(
            self._paths, self._binaries, self._identity, socket_dir, fsync=self._fsync
        )
        postmaster = self._postmaster = _Postmaster(self._paths.cluster, child.pid, child)
        if self._become_ready(postmaster, socket_dir, patience=_READY_SECONDS):
            return True
        if not self._stopping:
            postmaster.end()
            self._postmaster = None
        return False

    def _become_ready(self, postmaster: _Postmaster, socket_dir: Path, patience: float) -> bool:
        """Wait for a query to answer, see to roles and database, announce the server."""
        deadline = time.monotonic() + patience
        server = Server(self._paths.data, socket_dir, clusters.PORT, 0)
        while time.monotonic() < deadline and not self._stopping and postmaster.is_alive():
            try:
                version = prepare_server(server)
            except psycopg.OperationalError:
                self._sleep(0.03)
                continue
            self._announce(postmaster.pid, socket_dir, version)
            return True
        return False

    def _announce(self, pid: int, socket_dir: Path, version: int) -> None:
        draft = self._paths.state.with_suffix(f".{os.getpid()}")
        note = {"pid": pid, "socket_dir": str(socket_dir), "port": clusters.PORT, "version": version}
        draft.write_text(json.dumps(note))
        draft.replace(self._paths.state)
        print(f"{time.strftime('%F %T')} ready", flush=True)  # noqa: T201 - goes to supervisor.log

    def _was_removed(self) -> bool:
        """Whether the data folder was deleted, or deleted and made anew, below us."""
        try:
            return self._paths.owner_lock.stat().st_ino != self._inode
        except OSError:
            return True

    def _is_used(self) -> bool:
        if self._paths.keep.exists():
            return True
        with self._paths.users_lock.open("ab") as file:
            return not _try_lock(file)

    def _withdraw(self) -> bool:
        """Take the announcement back unless somebody came; who comes later waits for the next supervisor."""
        with self._paths.users_lock.open("ab") as file:
            if not _try_lock(file):
                return False
            self._paths.state.unlink(missing_ok=True)
            return True


def _try_lock(file: "IO[bytes]", patience: float = 0.0) -> bool:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        else:
            return True


def _detach(paths: Paths) -> None:
    """Leave the starter: it returns from waiting for us, while a child goes on in a session of its own."""
    sys.stdout.flush()
    if os.fork():
        os._exit(0)
    os.setsid()
    os.chdir(paths.run)
    null = os.open(os.devnull, os.O_RDWR)
    log = os.open(paths.supervisor_log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.close(null)
    os.close(log)


def _supervise(paths: Paths, options: argparse.Namespace) -> int:
    paths.failure.unlink(missing_ok=True)
    paths.state.unlink(missing_ok=True)
    try:
        Supervisor(paths, fsync=not options.no_fsync, grace=options.grace, chosen=options.bin).run()
    except Exception as error:
        traceback.print_exc()
        hint = error.hint if isinstance(error, Refusal) else f"See {paths.supervisor_log}."
        note = {"detail": str(error), "hint": hint}
        with suppress(OSError):
            paths.failure.write_text(json.dumps(note))
        return 1
    return 0


def main(arguments: list[str]) -> int:
    """Become the supervisor of a data folder, or leave at once if there is one; returns the exit code."""
    parser = argparse.ArgumentParser(prog="underlet-supervisor", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--no-fsync", action="store_true", help="for throwaway servers of tests only")
    parser.add_argument("--grace", type=float, default=20.0, help="seconds the server outlives its last user")
    parser.add_argument("--bin", type=Path, default=None, help="folder of the Postgres programs")
    parser.add_argument("--detach", action="store_true", help="go on in the background")
    options = parser.parse_args(arguments)
    paths = Paths(options.data.absolute())
    paths.run.mkdir(parents=True, exist_ok=True, mode=0o700)
    with paths.owner_lock.open("r+b" if paths.owner_lock.exists() else "w+b") as owner:
        if not _try_lock(owner, _OWNER_PATIENCE):
            return 0
        if options.detach:
            _detach(paths)
        owner.truncate()
        owner.write(str(os.getpid()).encode())
        owner.flush()
        try:
            return _supervise(paths, options)
        finally:
            owner.truncate(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
