"""The only place that asks what time it is; tests freeze it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

_frozen: ContextVar[datetime | None] = ContextVar("frozen clock", default=None)


def now() -> datetime:
    """The present instant, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def stands_at() -> datetime | None:
    """The instant at which the clock was stopped; None while it runs."""
    return _frozen.get()


def today() -> date:
    """The present UTC day."""
    return now().date()


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Let `now()` answer this instant inside the block (tests and the demo, whose documents never vary)."""
    token = _frozen.set(instant)
    try:
        yield
    finally:
        _frozen.reset(token)
