"""Labelled crash points for tests: something dies here, as under `kill -9`, when told to (trust.md F1, F3).

UNDERLET_CRASH_AT=label kills this process; UNDERLET_CRASH_AT=postgres:label kills the embedded server, once, and this
process goes on. Both mean nothing outside tests.
"""

import os
import signal

from underlet.foundation.database.cluster import Paths
from underlet.foundation.database.processes import read_pid_file
from underlet.foundation.settings import settings

_struck: set[str] = set()


def crash_point(label: str) -> None:
    """Kill what a test asked to be killed at this label, without any clean-up."""
    wanted = settings().crash_at
    if wanted == label:
        os.kill(os.getpid(), signal.SIGKILL)
    if wanted == f"postgres:{label}" and label not in _struck:
        _struck.add(label)
        noted = read_pid_file(Paths(settings().data).cluster)
        assert noted is not None
        os.kill(noted.pid, signal.SIGKILL)
