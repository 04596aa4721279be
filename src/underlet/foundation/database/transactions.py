"""Opening transactions: `writing(actor)` and `reading(actor)` are the only two doors to scoped tables.

Each sets role and actor for this transaction only (`set_config(…, true)`), so that a pooled connection carries
nothing over (trust.md A10). Without an actor, row-level security shows zero rows.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from django.db import connection, transaction

from underlet.foundation.actor import Actor
from underlet.foundation.clock import stands_at
from underlet.foundation.database.sql import execute
from underlet.foundation.settings import settings
from underlet.kernel.errors import ViewOnly

_APP = "underlet_app"
_SYSTEM = "underlet_system"
_snapshot: ContextVar[dict[Hashable, object] | None] = ContextVar("snapshot", default=None)
ValueT = TypeVar("ValueT")


_is_patient: ContextVar[bool] = ContextVar("is_patient", default=False)
_LOCK, _IDLE = "5s", "30s"
_READ, _WRITE = "10s", "60s"
"""How long a statement of a read and of a write may take: a page is not worth more, a large move is (data-core §10)."""


def _enter(role: str, actor_id: int | None, longest: str = "0") -> None:
    is_bounded = longest != "0" and not _is_patient.get()
    lock, idle, statement = (_LOCK, _IDLE, longest) if is_bounded else ("0", "0", "0")
    stopped = stands_at()
    execute(
        "select set_config('role', %s, true), set_config('underlet.actor_id', %s, true),"
        " set_config('underlet.now', %s, true),"
        " set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true),"
        " set_config('idle_in_transaction_session_timeout', %s, true)",
        [
            role,
            "" if actor_id is None else str(actor_id),
            "" if stopped is None else stopped.isoformat(),
            lock,
            statement,
            idle,
        ],
    )


@contextmanager
def patiently() -> Iterator[None]:
    """Work that nobody waits for: its transactions may wait and take as long as they need."""
    token = _is_patient.set(True)
    try:
        yield
    finally:
        _is_patient.reset(token)


def _take_role(role: str) -> None:
    execute("select set_config('role', %s, true)", [role])


def _app_role() -> str:
    """The role of people and API keys; with the second belt taken off in a test, the one that sees all."""
    return _APP if settings().row_security else _SYSTEM


@contextmanager
def writing(actor: Actor) -> Iterator[None]:
    """One READ COMMITTED transaction as the actor; nesting raises (operations never call operations).

    Raises ViewOnly for one who only views as another, whatever it is about.
    """
    if actor.is_read_only:
        raise ViewOnly()
    with transaction.atomic(durable=True):
        _enter(_app_role(), actor.id, _WRITE)
        yield


@contextmanager
def reading(actor: Actor) -> Iterator[None]:
    """One REPEATABLE READ, READ ONLY transaction as the actor; may be entered again inside itself."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(durable=True):
        execute("set transaction isolation level repeatable read, read only")
        _enter(_app_role(), actor.id, _READ)
        seen = _snapshot.set({})
        try:
            yield
        finally:
            _snapshot.reset(seen)


def once(key: Hashable, load: Callable[[], ValueT]) -> ValueT:
    """What was loaded under this key in the open snapshot, loaded at its first use.

    A snapshot shows one moment as one actor and cannot be written in, so asking twice gives the same answer: nothing
    is kept from one request to the next (A6). Outside `reading`, and inside `writing`, it loads every time.
    """
    seen = _snapshot.get()
    if seen is None:
        return load()
    if key not in seen:
        seen[key] = load()
    found: ValueT = seen[key]  # type: ignore[assignment]  # the key tells what was loaded
    return found


@contextmanager
def as_system() -> Iterator[None]:
    """Inside a snapshot: read as the software what its reader may not see, for an answer that tells none of it."""
    if not connection.in_atomic_block or _snapshot.get() is None:
        raise RuntimeError("only inside `reading`")
    _take_role(_SYSTEM)
    try:
        yield
    finally:
        _take_role(_app_role())


@contextmanager
def system() -> Iterator[None]:
    """One transaction of the software itself (jobs, derived tables): sees all rows, acts for nobody."""
    with transaction.atomic(durable=True):
        _enter(_SYSTEM, None)
        yield
