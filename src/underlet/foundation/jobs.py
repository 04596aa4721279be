"""Long work outside transactions: queued in the caller's transaction, run by a worker or in place.

A job is a registered function that pins its inputs, computes, and commits once, idempotently; it may be run again
at any time. Whoever queued it must hold the right to it still each time it begins (trust.md A6): time lies in between.
A session advisory lock makes sure that it runs once at a time, and tells a dead worker's job from a living one's (the
row alone cannot).
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections

from underlet.foundation.actor import Actor, ActorKind, require, require_below
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.database.transactions import patiently, reading, system
from underlet.kernel.errors import DatabaseUnavailable, Forbidden, Refusal
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import Sentence, packed

log = logging.getLogger(__name__)

_LOCK_SPACE = 0x756E6C  # namespace of job advisory locks
_ATTEMPTS = 5
_RECONNECT_SECONDS = 30.0
_REPORT_EVERY = 0.5
_TRIES_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
"""When a job that something outside turned away is tried again."""
QUIET = timedelta(seconds=5)
"""How long nothing was heard of a job before one looks whether somebody still works on it."""


@dataclass(slots=True)
class Run:
    """A job at work: reports progress, at most twice a second, in short transactions of its own.

    What was reported never goes back while the total stays, not even when a killed job starts again.
    is_last: no other try follows if this one ends with TryLater.
    """

    id: int
    actor: Actor
    listener: Callable[[int, int, str], None] | None = None
    is_last: bool = False
    _reported: float = field(default=0.0)

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Say how far the work is; free units (rows, documents), and a few words for people."""
        if self.listener:
            self.listener(done, total, message)
        moment = time.monotonic()
        if moment - self._reported < _REPORT_EVERY and done < total:
            return
        self._reported = moment
        with system():
            execute(
                "update job set done = case when total = %s then greatest(done, %s) else %s end, total = %s,"
                " message = %s, heartbeat_at = %s where id = %s",
                [total, done, done, total, message, now(), self.id],
            )


@contextmanager
def aside(run: Run) -> Iterator[Callable[[int, int, str], None]]:
    """Progress of work inside one long transaction: what it is told, a thread reports by a connection of its own."""
    newest: list[tuple[int, int, str]] = []
    is_over = threading.Event()

    def report() -> None:
        told: tuple[int, int, str] | None = None
        try:
            while not is_over.wait(_REPORT_EVERY):
                if newest and newest[-1] != told:
                    told = newest[-1]
                    run.progress(*told)
        except DatabaseError:
            log.warning("the progress of job %s could not be reported", run.id)
        finally:
            connections.close_all()

    thread = threading.Thread(target=report, daemon=True)
    thread.start()
    try:
        yield lambda done, total, message: newest.__setitem__(slice(None), [(done, total, message)])
    finally:
        is_over.set()
        thread.join()


class TryLater(Exception):
    """Raised by a job when something outside does not do its part now: the job waits, and runs again.

    refusal: shown meanwhile, and at the end if no try succeeds (two days).
    """

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.detail)


JobFunction = Callable[[Run, Mapping[str, Any]], None]
Refused = Callable[[Mapping[str, Any], Refusal], bool]
JobT = TypeVar("JobT", bound=JobFunction)


@dataclass(frozen=True, slots=True)
class Work:
    """A registered job. needs, below: the right that whoever queued it must hold in its unit when it begins.

    unasked: why no right is asked, where none is. refused: told of a refusal, to end what waits for the job; answers
    False where nothing does, because the job was done, or over, before its worker died.
    """

    function: JobFunction
    needs: Permission | None
    below: bool
    unasked: str
    refused: Refused | None


JOBS: dict[str, Work] = {}


def job(
    name: str,
    *,
    needs: Permission | None = None,
    below: bool = False,
    unasked: str = "",
    refused: Refused | None = None,
) -> Callable[[JobT], JobT]:
    """Register a job function `(run, arguments)`; it must be safe to run again, and so must `refused`.

    Say which right it `needs`, as the operation does that queues it, or why none is asked.
    """
    if (needs is None) != bool(unasked):
        raise TypeError(f"{name}: say which right it needs, or why it needs none")

    def register(function: JobT) -> JobT:
        JOBS[name] = Work(function, needs, below, unasked, refused)
        return function

    return register


_FIND_ACTOR: list[Callable[[int], Actor]] = []


def finds_actors(function: Callable[[int], Actor]) -> Callable[[int], Actor]:
    """Register who lets an actor in again by id, with their rights as they are now; raises a Refusal if not any more.

    It belongs to a context above.
    """
    _FIND_ACTOR[:] = [function]
    return function


TIMETABLE: list[Callable[[], None]] = []
"""What a worker looks after once a minute, and when it starts: each queues the jobs that have become due."""


def on_timetable(function: Callable[[], None]) -> Callable[[], None]:
    """Register a look after what has become due. Several workers look at once, so it queues nothing twice."""
    TIMETABLE.append(function)
    return function


def enqueue(actor: Actor, name: str, unit_id: int | None, arguments: Mapping[str, Any]) -> UUID:
    """Queue a job in the open transaction; it exists exactly if that commits. Returns its public id."""
    if name not in JOBS:
        raise KeyError(name)
    public_id: UUID = scalar(
        "insert into job (actor_id, unit_id, name, arguments, created_at) values (%s, %s, %s, %s, %s)"
        " returning public_id",
        [actor.id, unit_id, name, json.dumps(dict(arguments)), now()],
    )
    execute("select defer_job(%s)", [str(public_id)])
    return public_id


def run_job(public_id: UUID, listener: Callable[[int, int, str], None] | None = None) -> str:
    """Run a queued job in this process to its end; returns its state.

    States: "done", "failed", "running" (elsewhere), or "queued" when it is to be tried again later.

    listener: told (done, total, message) of each report; `done` never goes back while the total stays. A lost
    database connection is waited out (up to 30 s) and the job taken up again from its start.
    """
    listener = _never_back(listener) if listener else None
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _attempt(public_id, listener)
        except (OperationalError, InterfaceError) as error:
            if attempt == _ATTEMPTS:
                raise DatabaseUnavailable() from error
            log.warning("job %s lost the database, attempt %s", public_id, attempt)
            wait_for_database()
    raise AssertionError("unreachable")


def _never_back(listener: Callable[[int, int, str], None]) -> Callable[[int, int, str], None]:
    reached: dict[int, int] = {}

    def tell(done: int, total: int, message: str) -> None:
        reached[total] = max(done, reached.get(total, 0))
        listener(reached[total], total, message)

    return tell


def wait_for_database() -> None:
    """Drop dead connections and wait until the database answers. Raises DatabaseUnavailable after 30 s."""
    deadline = time.monotonic() + _RECONNECT_SECONDS
    while True:
        connections.close_all()
        _reset_pool()
        try:
            with system():
                scalar("select 1")
            return
        except DatabaseError as error:
            if time.monotonic() > deadline:
                raise DatabaseUnavailable() from error
            time.sleep(0.25)


def _reset_pool() -> None:
    close_pool = getattr(connection, "close_pool", None)
    if close_pool:
        close_pool()


def _attempt(public_id: UUID, listener: Callable[[int, int, str], None] | None) -> str:
    row = _row(public_id)
    if row.state in ("done", "failed"):
        return row.state
    with job_lock(row.id) as held:
        if not held:
            return "running"
        row = _row(public_id)  # somebody else may have ended it before the lock was free
        if row.state in ("done", "failed"):
            return row.state
        run = Run(row.id, _named(row.actor_id), listener, is_last=row.attempts >= len(_TRIES_AFTER))
        try:
            with patiently():
                _do(row, run)
        except Refusal as refusal:
            _mark(row.id, "failed", error=refusal.as_dict())
            return "failed"
        except TryLater as later:
            return _postpone(row.id, public_id, later.refusal)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("job %s (%s) failed", public_id, row.name)
            body = {"error": "internal", "detail": Sentence("An internal error was logged."), "hint": ""}
            _mark(row.id, "failed", error=body)
            return "failed"
        _mark(row.id, "done")
        return "done"


@dataclass(frozen=True, slots=True)
class _Row:
    """A job as it was stored."""

    id: int
    name: str
    actor_id: int
    unit_id: int | None
    arguments: Mapping[str, Any]
    state: str
    attempts: int


def _row(public_id: UUID) -> _Row:
    with system():
        [(id_, name, actor_id, unit_id, arguments, state, attempts)] = rows(
            "select id, name, actor_id, unit_id, arguments, state, attempts from job where public_id = %s",
            [public_id],
        )
    if not isinstance(arguments, dict):
        arguments = json.loads(arguments)
    return _Row(id_, name, actor_id, unit_id, arguments, state, attempts)


def _do(row: _Row, run: Run) -> None:
    """Do a job if whoever queued it may still: asked before its first try, each later one, and where a worker died.

    Otherwise what waits for it is ended, and it is not begun (again): raises why.
    """
    work = JOBS[row.name]
    try:
        if work.needs is not None:
            run.actor = _let_in(row.actor_id, work.needs, row.unit_id or 0, is_below=work.below)
    except Refusal as refusal:
        log.warning("job %s was not begun: %s", row.id, refusal.code())
        if work.refused is None or work.refused(row.arguments, refusal):
            raise
        return
    _mark(row.id, "running")
    work.function(run, row.arguments)


def _let_in(actor_id: int, needs: Permission, unit_id: int, *, is_below: bool) -> Actor:
    """An actor who may act now and holds a right in a unit, or in it and below. Raises Unauthenticated, Forbidden."""
    with system():
        actor = _FIND_ACTOR[0](actor_id)
    try:
        with reading(actor):
            require(needs, unit_id)
            if is_below:
                require_below(needs, unit_id)
    except Forbidden:
        raise Forbidden("Whoever asked for this may not act here any more.") from None
    return actor


def _postpone(job_id: int, public_id: UUID, refusal: Refusal) -> str:
    """Queue a job for its next try, or end it after the last."""
    with system():
        attempts = scalar("select attempts from job where id = %s", [job_id])
    if attempts > len(_TRIES_AFTER):
        _mark(job_id, "failed", error=refusal.as_dict())
        return "failed"
    _mark(job_id, "queued", error=refusal.as_dict())
    with system():
        # A crash between the two leaves a job that nobody works on; the worker finds and queues those.
        execute("select defer_job(%s, %s)", [str(public_id), now() + _TRIES_AFTER[attempts - 1]])
    return "queued"


class job_lock:  # noqa: N801 (reads as a verb in `with`)
    """Hold the job's advisory lock on a connection of its own; `held` is False if somebody else has it."""

    def __init__(self, job_id: int) -> None:
        self._id = job_id
        self._connection: Any = None

    def __enter__(self) -> bool:
        import psycopg

        parameters = connection.get_connection_params()
        for name in ("cursor_factory", "context", "prepare_threshold", "server_side_binding", "pool"):
            parameters.pop(name, None)
        self._connection = psycopg.connect(autocommit=True, **parameters)
        found = self._connection.execute("select pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, self._id]).fetchone()
        return bool(found and found[0])

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _mark(job_id: int, state: str, *, error: Mapping[str, object] | None = None) -> None:
    moment = now()
    finished = moment if state in ("done", "failed") else None
    with system():
        execute(
            "update job set state = %s, error = %s, heartbeat_at = %s, started_at = coalesce(started_at, %s),"
            " finished_at = %s, attempts = attempts + case when %s = 'running' then 1 else 0 end where id = %s",
            [state, json.dumps(packed(error)) if error else None, moment, moment, finished, state, job_id],
        )


def _named(actor_id: int) -> Actor:
    """The actor of a job as row-level security knows them: only the id matters."""
    return Actor(actor_id, "", ActorKind.USER)


def orphans() -> list[UUID]:
    """Jobs that nobody works on although they should run: not finished, their lock free, and not in the queue."""
    with system():
        return [
            public_id
            for (public_id,) in rows(
                "select public_id from job j where state in ('queued', 'running')"
                " and coalesce(heartbeat_at, created_at) < %s and not exists ("
                " select 1 from pg_locks l where l.locktype = 'advisory' and l.classid = %s and l.objid = j.id)"
                " and not exists (select 1 from procrastinate_jobs p where p.status = 'todo'"
                " and p.args ->> 'job_id' = j.public_id::text) order by id limit 100",
                [now() - QUIET, _LOCK_SPACE],
            )
        ]
