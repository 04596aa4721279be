"""The pool of connections outlives the server: a restart costs a pause, not refused requests (F3)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from underlet.foundation.database import embedded
from underlet.foundation.database.sql import scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.settings import settings

CLIENTS = 8


def _all_at_once() -> None:
    """So many transactions side by side that every connection of the pool is in use, then given back."""
    together = Barrier(CLIENTS)

    def use(_: int) -> None:
        with system():
            together.wait(timeout=30)
            scalar("select 1")
        connection.close()

    with ThreadPoolExecutor(CLIENTS) as threads:
        list(threads.map(use, range(CLIENTS)))


def test_a_pool_full_of_dead_connections_serves_the_next_request(database: None) -> None:
    """F3: all dead connections leave the pool when the first is met, not one by one with a growing pause."""
    _all_at_once()
    embedded.stop(settings().data)
    embedded.attach(settings().data, fsync=settings().fsync)
    with system():
        assert scalar("select 1") == 1
