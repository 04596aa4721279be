"""Labelled crash points for tests: the process dies here, as under `kill -9`, when told to (trust.md F1)."""

import os
import signal

from underlet.foundation.settings import settings


def crash_point(label: str) -> None:
    """Die without any clean-up if a test asked for this label (UNDERLET_CRASH_AT, testing only)."""
    if settings().crash_at == label:
        os.kill(os.getpid(), signal.SIGKILL)
