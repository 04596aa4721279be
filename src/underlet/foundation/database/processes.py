"""What the operating system tells about a postmaster and its backends.

A recorded pid says nothing by itself: it may be a zombie, or belong to somebody else by now. Postgres works inside
its cluster folder, so on Linux `/proc/<pid>/cwd` tells; elsewhere `ps` tells the program's name.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class PidFile:
    """What a postmaster notes in `postmaster.pid`: its pid and where its socket is (None: not told yet)."""

    pid: int
    socket_dir: Path | None


def read_pid_file(cluster: Path) -> PidFile | None:
    """The note of the last postmaster of a cluster; None if there is none or it is not readable yet."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        return PidFile(int(lines[0]), Path(lines[4]) if len(lines) > 4 and lines[4] else None)
    except (OSError, ValueError, IndexError):
        return None


def is_running(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (OSError, IndexError):
        if _PROC.joinpath("self").exists():
            return False
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S603, S607
    return done.returncode == 0 and not done.stdout.strip().startswith("Z")


def works_in(pid: int, cluster: Path) -> bool:
    """Whether a live process is a Postgres of this cluster."""
    if not is_running(pid):
        return False
    if _PROC.joinpath("self").exists():
        try:
            # Both: a shell may stand in the cluster's folder, and other servers may run beside this one.
            process = _PROC / str(pid)
            return (process / "comm").read_text().strip() == "postgres" and (process / "cwd").samefile(cluster)
        except OSError:
            return False
    done = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S603, S607
    return "postgres" in done.stdout


def live_postmaster(cluster: Path) -> PidFile | None:
    """The note of a postmaster that really lives."""
    noted = read_pid_file(cluster)
    return noted if noted and works_in(noted.pid, cluster) else None


def orphaned_backends(cluster: Path) -> list[int]:
    """Pids of everything that works in a cluster; call it only when its postmaster is gone."""
    if not _PROC.joinpath("self").exists():
        return []
    return [
        int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit() and works_in(int(entry.name), cluster)
    ]


def end_orphaned_backends(cluster: Path, patience: float = 3.0) -> None:
    """End what a killed postmaster left, which keeps its shared memory in use and so a new one from starting.

    First the way a postmaster itself does after a crash (SIGQUIT), then by force.
    """
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for pid in orphaned_backends(cluster):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + patience
        while orphaned_backends(cluster):
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
        else:
            return


def remove_stale_pid_file(cluster: Path) -> None:
    """Remove a note whose pid lives but is not this cluster's postmaster: Postgres would refuse to start for ever.

    With a dead pid Postgres decides itself, by the shared memory that the note names; so that note stays.
    """
    noted = read_pid_file(cluster)
    if noted is None or works_in(noted.pid, cluster) or orphaned_backends(cluster):
        return
    try:
        os.kill(noted.pid, 0)
    except ProcessLookupError:
        return
    except PermissionError:
        pass
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def end_postmaster(
    pid: int, cluster: Path, is_alive: Callable[[], bool] | None = None, patience: float = 20.0
) -> None:
    """Fast shutdown (open transactions roll back), then immediate, then by force; returns when it is gone.

    is_alive: a parent knows better whether its child lives, even when the cluster's folder was deleted.
    """
    lives = is_alive or (lambda: works_in(pid, cluster))
    for number, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        if not lives():
            break
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while lives() and time.monotonic() < deadline:
            time.sleep(0.02)
    end_orphaned_backends(cluster)
