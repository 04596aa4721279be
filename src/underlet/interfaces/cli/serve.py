"""`underlet serve`: web server, worker and embedded Postgres under one supervisor, until Ctrl-C.

Each child is restarted when it dies, with back-off; Ctrl-C or SIGTERM stops all of them and waits.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from underlet.foundation.settings import Settings

_STOP_SECONDS = 10.0
_MAX_BACKOFF = 10.0
_TRIED_PORTS = 50


@dataclass(slots=True)
class _Child:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    backoff: float = 0.5
    due: float = field(default=0.0)

    def start(self) -> None:
        # A session of its own: Ctrl-C reaches us only, and we stop the children in order.
        self.process = subprocess.Popen(self.command, env=dict(self.environment), start_new_session=True)  # noqa: S603
        self.due = 0.0

    def tend(self) -> None:
        if self.process is not None and self.process.poll() is not None:
            self.process = None
            self.due = time.monotonic() + self.backoff
            self.backoff = min(self.backoff * 2, _MAX_BACKOFF)
        if self.process is None and time.monotonic() >= self.due:
            self.start()

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


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
    children = [
        _Child("web", web, environment),
        _Child("worker", [sys.executable, "-m", "underlet", "worker"], environment),
    ]
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    try:
        told = False
        while not stopping:
            for child in children:
                child.tend()
            if not told and _answers(settings.host, port):
                told = True
                on_ready(f"http://{settings.host}:{port}")
            time.sleep(0.2)
    finally:
        for child in children:
            child.stop()


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=0.2):
            return True
    except OSError:
        return False
