"""Opening transactions: `writing(actor)` and `reading(actor)` are the only two doors to scoped tables.

Each sets role and actor for this transaction only (`set_config(…, true)`), so that a pooled connection carries
nothing over (trust.md A10). Without an actor, row-level security shows zero rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import execute
from underlet.foundation.settings import settings

_APP = "underlet_app"
_SYSTEM = "underlet_system"


def _enter(role: str, actor_id: int | None) -> None:
    execute(
        "select set_config('role', %s, true), set_config('underlet.actor_id', %s, true)",
        [role, "" if actor_id is None else str(actor_id)],
    )


def _app_role() -> str:
    """The role of people and API keys; with the second belt taken off in a test, the one that sees all."""
    return _APP if settings().row_security else _SYSTEM


@contextmanager
def writing(actor: Actor) -> Iterator[None]:
    """One READ COMMITTED transaction as the actor; nesting raises (operations never call operations)."""
    with transaction.atomic(durable=True):
        _enter(_app_role(), actor.id)
        yield


@contextmanager
def reading(actor: Actor) -> Iterator[None]:
    """One REPEATABLE READ, READ ONLY transaction as the actor; may be entered again inside itself."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(durable=True):
        execute("set transaction isolation level repeatable read, read only")
        _enter(_app_role(), actor.id)
        yield


@contextmanager
def system() -> Iterator[None]:
    """One transaction of the software itself (jobs, derived tables): sees all rows, acts for nobody."""
    with transaction.atomic(durable=True):
        _enter(_SYSTEM, None)
        yield
