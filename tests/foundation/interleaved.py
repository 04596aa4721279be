"""Many people on few pooled connections, in a process whose settings pool them as in production (A10).

Each use of a connection opens a door as somebody and ends well or badly; before it goes back to the pool its whole
context is compared with that of a connection that nobody has used.
"""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from underlet.foundation.actor import Actor
from underlet.foundation.clock import frozen
from underlet.foundation.database.sql import execute, rows
from underlet.foundation.database.transactions import patiently, reading, system, writing

THREADS = 12
MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
_CONTEXT = """current_user, session_user,
  coalesce(current_setting('underlet.actor_id', true), ''), coalesce(current_setting('underlet.now', true), ''),
  coalesce(current_setting('underlet.change', true), ''), current_setting('lock_timeout'),
  current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout'),
  current_setting('transaction_isolation'), current_setting('transaction_read_only')"""
_OUTSIDE = f"select {_CONTEXT}, pg_backend_pid()"
_INSIDE = """select current_user::text, current_setting('underlet.actor_id', true),
  current_setting('underlet.now', true) <> '', current_setting('lock_timeout'),
  set_config('underlet.change', '7 then', true)"""
"""What a door set; and a change is begun, as the first write of an operation does."""


class Stop(BaseException):
    """What a thread that is told to end raises: nothing that `except Exception` would take."""


@dataclass(frozen=True, slots=True)
class Seen:
    """wrong: what differed from what it should be. pids: the server processes behind the connections."""

    wrong: tuple[str, ...]
    pids: frozenset[int]
    broken: int


def _raise() -> None:
    raise ValueError


def _stop() -> None:
    raise Stop


def _fail() -> None:
    execute("select 1 / 0")


def _run_out_of_time() -> None:
    execute("set local statement_timeout = 1")
    execute("select pg_sleep(1)")


def _be_cancelled() -> None:
    execute("select pg_cancel_backend(pg_backend_pid()), pg_sleep(1)")


_ENDS = (_raise, _stop, _fail, _run_out_of_time, _be_cancelled)


def _use(chance: random.Random) -> tuple[list[str], bool]:
    """One use of a door by somebody: what was wrong inside it, and whether it ended badly."""
    actor = Actor(chance.randint(1, 50), "somebody")
    kind = chance.choice(("reading", "writing", "patient", "system", "past"))
    end = chance.choice(_ENDS) if chance.random() < 0.2 else None
    app = ("underlet_app", str(actor.id), kind == "past", {"patient": "0"}.get(kind, "5s"))
    wanted = ("underlet_system", "", False, "0") if kind == "system" else app
    wrong = []
    try:
        with _around(kind), _door(kind, actor):
            [found] = rows(_INSIDE)
            if found[:-1] != wanted:
                wrong.append(f"{kind}: {found} instead of {wanted}")
            if end:
                end()
    except (Stop, Exception) as error:
        if end is None:
            wrong.append(f"{kind}: {error!r}")
    return wrong, end is not None


def _door(kind: str, actor: Actor) -> AbstractContextManager[None]:
    if kind == "system":
        return system()
    return reading(actor) if kind in ("reading", "past") else writing(actor)


def _around(kind: str) -> AbstractContextManager[None]:
    return patiently() if kind == "patient" else frozen(MOMENT) if kind == "past" else nullcontext()


def _one_thread(seed: int, uses: int, clean: tuple[Any, ...]) -> Seen:
    chance, wrong, pids, broken = random.Random(seed), [], set(), 0
    for _ in range(uses):
        found, is_broken = _use(chance)
        wrong += found
        broken += is_broken
        *context, pid = rows(_OUTSIDE)[0]
        if tuple(context) != clean:
            wrong.append(f"carried over: {context}")
        pids.add(pid)
        if chance.random() < 0.5:
            connection.close()  # back to the pool
    connection.close()
    return Seen(tuple(wrong[:3]), frozenset(pids), broken)


def interleave(uses: int) -> dict[str, Any]:
    """So many uses of connections, by THREADS threads; what came of them. Nothing has used a connection before."""
    clean = rows(_OUTSIDE)[0][:-1]
    connection.close()
    with ThreadPoolExecutor(THREADS) as pool:
        seen = list(pool.map(lambda seed: _one_thread(seed, uses // THREADS + 1, clean), range(THREADS)))
    return {
        "wrong": [words for one in seen for words in one.wrong],
        "connections": len(frozenset().union(*(one.pids for one in seen))),
        "broken": sum(one.broken for one in seen),
        "clean": clean,
    }
