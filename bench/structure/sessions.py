"""Asking the database the way the product does, and timing several ways in turn.

Statements go as plain text, as Django sends them, so each is parsed and planned each time, on either side of a ratio.
Where the system tells it (Linux), what is timed is the processor's work for the session's database process, so that
neither the way to it nor whatever else the machine does counts; elsewhere it is the time on the wall.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from underlet.foundation.database.server import Server

SLOW = 0.05
"""Seconds from which a piece of work is repeated less often."""
FEW = 9


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of one piece of work."""

    median: float
    p95: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Times":
        """From the seconds of each repetition."""
        ordered = sorted(seconds)
        at_95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
        return cls(round(statistics.median(ordered) * 1000, 3), round(at_95 * 1000, 3))


class Session:
    """One connection, either as the superuser (whom no policy binds) or as the software's login."""

    def __init__(self, server: Server, *, bare: bool) -> None:
        address = server.superuser_conninfo() if bare else server.conninfo()
        self.connection: psycopg.Connection[Any] = psycopg.connect(
            address, autocommit=True, cursor_factory=psycopg.ClientCursor
        )
        self.connection.execute(
            "set max_parallel_workers_per_gather = 0"
        )  # one process does it all, on either side
        self._process = Path("/proc") / str(self.connection.info.backend_pid)
        self.clock = "processor" if (self._process / "schedstat").exists() else "wall"

    def asking(self, text: LiteralString, parameters: Sequence[Any] = ()) -> "Work":
        """A statement, complete, to be sent as often as wanted."""
        whole = psycopg.ClientCursor(self.connection).mogrify(text, parameters).encode()
        return Work(self, lambda: self.connection.execute(whole).fetchall())

    @contextmanager
    def acting(self, actor: int) -> Iterator[None]:
        """A transaction as a person, which leaves nothing behind."""
        with self.connection.transaction(force_rollback=True):
            self.connection.execute(
                "select set_config('role', 'underlet_app', true), set_config('underlet.actor_id', %s, true)",
                [str(actor)],
            )
            yield

    def used(self) -> float:
        """Seconds until now; read when the process rests, as its count stands still while it runs."""
        if self.clock == "wall":
            return time.perf_counter()
        while (self._process / "stat").read_text().rpartition(")")[2].split()[0] == "R":
            time.sleep(0.0001)
        return int((self._process / "schedstat").read_text().split()[0]) / 1e9


@dataclass(frozen=True, slots=True)
class Work:
    """Something that is done in one session, and timed there."""

    session: Session
    do: Callable[[], Any]


def in_turn(repeat: int, works: dict[str, Work]) -> dict[str, Times]:
    """Each piece of work in turn, so that whatever else the machine does meets them all alike."""
    for work in works.values():
        work.do()  # once before, for the caches
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for number in range(repeat):
        for name, work in works.items():
            taken = seconds[name]
            if number >= FEW and taken[0] > SLOW:
                continue
            begin = work.session.used()
            work.do()
            taken.append(work.session.used() - begin)
    return {name: Times.of(taken) for name, taken in seconds.items()}
