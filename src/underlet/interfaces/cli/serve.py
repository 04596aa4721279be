"""`underlet serve`: web server, worker and embedded Postgres under one supervisor, until Ctrl-C.

Web server and worker are children; one that dies is started again, with back-off. Postgres has a supervisor of its
own (`foundation.database.supervisor`), which is started again if somebody kills it. Ctrl-C or SIGTERM ends the
children within ten seconds; Postgres ends by itself when nobody else uses it.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

from underlet.foundation.database.cluster import Paths
from underlet.foundation.database.embedded import announced, attach
from underlet.foundation.settings import Settings
from underlet.kernel.errors import Refusal

_STOP_SECONDS = 8.0
_HEALTHY_SECONDS = 30.0
_FIRST_BACKOFF = 0.5
_MAX_BACKOFF = 10.0
_TRIED_PORTS = 50
_TICK = 0.2
_STDERR = 2  # children log; standard output is ours


@dataclass(slots=True)
class _Child:
    """A process that is started again when it ends. due: when, by the monotonic clock."""

    command: Sequence[str]
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    backoff: float = _FIRST_BACKOFF
    started: float = field(default=0.0)
    due: float = field(default=0.0)

    def tend(self) -> None:
        moment = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            self._end_group()  # a killed web server leaves its own children behind, who hold the port
            healthy = moment - self.started > _HEALTHY_SECONDS
            self.due = moment + (0.0 if healthy else self.backoff)
            self.backoff = _FIRST_BACKOFF if healthy else min(self.backoff * 2, _MAX_BACKOFF)
            self.process = None
        if self.process is None and moment >= self.due:
            # A session of its own: Ctrl-C reaches us only, and its whole group can be ended.
            self.process = subprocess.Popen(  # noqa: S603
                self.command, env=dict(self.environment), stdout=_STDERR, start_new_session=True
            )
            self.started = moment

    def ask_to_stop(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def stop(self, deadline: float) -> None:
        """Wait until the deadline, then use force."""
        if self.process is not None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(max(0.0, deadline - time.monotonic()))
            self._end_group()
            self.process.wait()

    def _end_group(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next one that is free."""
    for port in range(wanted, wanted + _TRIED_PORTS):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    return wanted


def serve(settings: Settings, on_ready: Callable[[str], None]) -> None:
    """Run until SIGINT or SIGTERM; calls `on_ready` with the address once the web server answers."""
    port = free_port(settings.host, settings.port)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "underlet.project.settings"}
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "underlet.project.wsgi:application",
        "--host", settings.host, "--port", str(port), "--workers", str(min(os.cpu_count() or 1, 4)),
        "--blocking-threads", "4", "--log-level", "warning", "--respawn-failed-workers",
        "--workers-kill-timeout", "5",
    ]  # fmt: skip
    children = [_Child(web, environment), _Child([sys.executable, "-m", "underlet", "worker"], environment)]
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    if settings.database_url is None:
        threading.Thread(target=_tend_database, args=(settings, stopping), daemon=True).start()
    try:
        told = False
        while not stopping.wait(_TICK):
            for child in children:
                child.tend()
            if not told and _answers(settings.host, port):
                told = True
                on_ready(f"http://{f'[{settings.host}]' if ':' in settings.host else settings.host}:{port}")
    finally:
        for child in children:
            child.ask_to_stop()
        deadline = time.monotonic() + _STOP_SECONDS
        for child in children:
            child.stop(deadline)


def _tend_database(settings: Settings, stopping: threading.Event) -> None:
    """Start the database's supervisor again if somebody killed it; it tends the server itself."""
    while not stopping.wait(1.0):
        if announced(Paths(settings.data)) is None:
            try:
                attach(settings.data, fsync=settings.fsync)
            except Refusal as refusal:
                print(f"{refusal.detail} {refusal.hint}", file=sys.stderr)  # noqa: T201 - nobody else hears it


def _answers(host: str, port: int) -> bool:
    """Whether the web server answers a request, whatever the answer."""
    connection = http.client.HTTPConnection(host, port, timeout=1)
    try:
        connection.request("HEAD", "/", headers={"Host": "localhost"})
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    else:
        return True
    finally:
        connection.close()
