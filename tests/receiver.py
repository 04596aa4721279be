"""A real HTTP server for tests, in a thread of its own: it keeps the calls it took, and answers as it is told."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from underlet.foundation.settings import settings


@dataclass(frozen=True)
class Call:
    """One request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    def __getitem__(self, name: str) -> Any:
        """A field of the body, as JSON."""
        return json.loads(self.body)[name]


@dataclass
class Receiver:
    """What arrived, and how to answer. delay: seconds before the answer; drip: seconds between bytes of the headers.

    location: of a redirect. answers: statuses of the next calls, before `status`.
    """

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    status: int = 204
    answers: list[int] = field(default_factory=list)
    delay: float = 0
    drip: float = 0
    location: str = ""
    length: int = 0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    receiver: Receiver


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        """Called by the server for each request."""
        told = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told.calls.append(Call(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        time.sleep(told.delay)
        try:
            if told.drip:
                self._drip(told.drip)
                return
            self.send_response(told.answers.pop(0) if told.answers else told.status)
            if told.location:
                self.send_header("Location", told.location)
            self.send_header("Content-Length", str(told.length))
            self.end_headers()
            self.wfile.write(b"x" * told.length)
        except OSError:
            pass  # the caller went away, as it should

    def _drip(self, seconds: float) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"y" * 200:
            self.wfile.write(bytes([byte]))
            time.sleep(seconds)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on the loopback, which nobody may call by themselves."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}/hook")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.receiver
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def called_networks(monkeypatch: pytest.MonkeyPatch, networks: str = "127.0.0.0/8") -> Iterator[None]:
    """Let calls go to these networks."""
    monkeypatch.setenv("UNDERLET_OUTBOUND_NETWORKS", networks)
    settings.cache_clear()
    try:
        yield
    finally:
        monkeypatch.undo()
        settings.cache_clear()
