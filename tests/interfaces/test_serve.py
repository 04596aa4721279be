"""`underlet serve`: starts everything, keeps it running, ends it (data-core.md §10)."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.foundation.conftest import data_folder  # noqa: F401 - a fixture
from tests.foundation.servers import answers, eventually
from underlet.foundation.database import embedded
from underlet.foundation.database.processes import is_running
from underlet.interfaces.cli.serve import free_port

_SERVE = """
import sys, django; django.setup()
from dataclasses import replace
from underlet.foundation.settings import settings
from underlet.interfaces.cli.serve import serve
from underlet.interfaces.cli.session import prepare
prepare()
serve(replace(settings(), port=int(sys.argv[1])), lambda address: print(address, flush=True))
"""


@dataclass(frozen=True, slots=True)
class Serving:
    """A running `serve`. port: where it answers."""

    process: "subprocess.Popen[str]"
    data: Path
    port: int

    def child(self, word: str) -> int | None:
        """The pid of its child with a word in the command."""
        for entry in Path("/proc").iterdir():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid and word in (entry / "cmdline").read_text():
                    return int(entry.name)
            except (OSError, ValueError, IndexError):
                continue
        return None


@pytest.fixture
def serving(data_folder: Path) -> Iterator[Serving]:  # noqa: F811
    """`serve` on the next port after one that is taken."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = taken.getsockname()[1]
        environment = {**os.environ, "UNDERLET_DATA": str(data_folder)}
        command = [sys.executable, "-c", _SERVE, str(wanted)]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        try:
            port = int(process.stdout.readline().rpartition(":")[2])
            assert port > wanted
            yield Serving(process, data_folder, port)
        finally:
            process.terminate()
            process.wait(30)


def _is_back(serving: Serving, word: str, killed: int) -> bool:
    return serving.child(word) not in (None, killed)


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_killed_children_come_back_and_ctrl_c_ends_all_within_ten_seconds(serving: Serving) -> None:
    """Web server, worker, the database's supervisor and the database itself are each killed once."""
    for word in ("granian", "worker"):
        killed = serving.child(word)
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        eventually(partial(_is_back, serving, word, killed), 10)
    eventually(lambda: _accepts(serving.port), 10)
    supervisor = embedded.status(serving.data).supervisor_pid
    assert supervisor is not None
    os.kill(supervisor, signal.SIGKILL)
    eventually(lambda: embedded.status(serving.data).supervisor_pid not in (None, supervisor), 10)
    eventually(lambda: answers(serving.data), 10)
    children = [serving.child("granian"), serving.child("worker")]
    begin = time.monotonic()
    serving.process.send_signal(signal.SIGINT)
    assert serving.process.wait(10) == 0
    assert time.monotonic() - begin < 10
    assert not any(is_running(pid) for pid in children if pid)
    assert not _accepts(serving.port)


def test_the_next_free_port_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port("127.0.0.1", port) > port
    assert free_port("127.0.0.1", port) == port
