"""How often one person may get an answer that helps to guess: counted in the database, so for all workers together.

A limit has a window that begins with its first count. Whoever asks calls `require` before anything is looked up; the
count itself is written once the refused transaction is gone, by the two doors (`run`, `ask`). API keys count for the
person whose they are. Refuses with RateLimited.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, rows
from underlet.foundation.database.transactions import system
from underlet.foundation.peers import network_of
from underlet.kernel.errors import RateLimited, Refusal


@dataclass(frozen=True, slots=True)
class Limit:
    """So many answers in a window of this length."""

    most: int
    window: timedelta


LIMITS: Final = {"name": Limit(30, timedelta(minutes=10)), "key": Limit(10, timedelta(minutes=5))}
"""name: names that are taken out of sight or reserved. Nobody who names customers meets thirty of them in ten minutes;
whoever lists names by guessing gets 4,320 answers a day (ADR-0028). key: wrong API keys, by address (S3)."""


def require(actor: Actor, name: str) -> None:
    """Raise RateLimited if the person behind the actor has used up a limit; in the open transaction, which it leaves
    as it is."""
    found = rows("select count, since from refusals_counted(%s, %s)", [actor.person_id, name])
    if found:
        _check(name, *found[0], answered=0)


_noted: ContextVar[dict[str, int] | None] = ContextVar("noted", default=None)


@contextmanager
def counted(actor: Actor) -> Iterator[None]:
    """Count a refusal of the block against its limit; raises RateLimited in its place once that is used up."""
    noted: dict[str, int] = {}
    outer = _noted.set(noted)
    try:
        yield
    except Refusal as refusal:
        if refusal.counts_against:
            _count(actor, refusal.counts_against)
        raise
    finally:
        _noted.reset(outer)
        for name, times in noted.items():
            _count(actor, name, times)


def note(name: str, times: int) -> None:
    """Let so many answers inside a result count as refusals do, once the present transaction is over.

    Raises RateLimited for more than a whole window allows, so that no result tells them.
    """
    if times > LIMITS[name].most:
        raise RateLimited(retry_after=round(LIMITS[name].window.total_seconds()))
    noted = _noted.get()
    if noted is not None and times:
        noted[name] = noted.get(name, 0) + times


def _count(actor: Actor, name: str, times: int = 1) -> None:
    if connection.in_atomic_block:
        raise RuntimeError(f"answers that count against “{name}” cannot be asked for inside a snapshot")
    with system():  # also for who may write nothing
        [(count, since)] = rows(
            "select count, since from count_refusal(%s, %s, %s, %s, %s)",
            [actor.person_id, name, times, now(), LIMITS[name].window],
        )
    _check(name, count, since, answered=times)


def _check(name: str, count: int, since: datetime, *, answered: int) -> None:
    """answered: how many of those counted are the present answer's."""
    limit = LIMITS[name]
    left = since + limit.window - now()
    if count - answered >= limit.most and left > timedelta():
        raise RateLimited(retry_after=max(1, round(left.total_seconds())))


def require_of_address(address: str, name: str) -> None:
    """Raise RateLimited if an address has used up a limit; before any actor is known."""
    found = rows("select count, since from address_refusals_counted(%s, %s)", [network_of(address), name])
    if found:
        _check(name, *found[0], answered=0)


def count_of_address(address: str, name: str) -> None:
    """Count a refusal against the address that asked; before any actor is known."""
    execute(
        "select count_address_refusal(%s, %s, %s, %s)", [network_of(address), name, now(), LIMITS[name].window]
    )
