"""Transactions carry role and actor; pooled connections carry nothing over (A10)."""

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError

from tests.cast import Cast, make_cast
from tests.foundation.servers import in_process
from underlet.foundation.actor import Actor
from underlet.foundation.database import transactions
from underlet.foundation.database.embedded import attach
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.database.transactions import patiently, reading, system, writing
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.settings import settings
from underlet.kernel import errors

NOBODY = Actor(0, "nobody")
_CONTEXT = "select current_user, current_setting('underlet.actor_id', true)"


@pytest.fixture
def cast(database: None) -> Cast:
    return make_cast()


def _visible() -> int:
    return int(scalar("select count(*) from unit"))


def test_each_door_sets_role_and_actor_for_itself_only(database: None) -> None:
    with writing(Actor(7, "seven")):
        assert rows(_CONTEXT) == [("underlet_app", "7")]
    with reading(Actor(8, "eight")):
        assert rows(_CONTEXT) == [("underlet_app", "8")]
    with system():
        assert rows(_CONTEXT) == [("underlet_system", "")]
    assert rows(_CONTEXT) == [("underlet_session", "")]


def test_without_an_actor_there_are_zero_rows(cast: Cast) -> None:
    """A10: a forgotten context shows nothing, whether the actor is absent, unknown or malformed."""
    with system():
        assert _visible() > 0, "or this proves nothing"
    with reading(NOBODY):
        assert _visible() == 0
    with pytest.raises(DatabaseError):
        _visible()  # outside a door not even the table may be read
    for setting in ("", "0"):
        with system():
            execute("select set_config('underlet.actor_id', %s, true)", [setting])
            execute("set local role underlet_app")
            assert _visible() == 0


def test_a_reader_cannot_write_and_sees_one_moment(cast: Cast) -> None:
    [actor] = list(cast.people.values())[:1]
    with reading(actor):
        before = _visible()
        with pytest.raises(DatabaseError, match="read-only"):
            execute("update unit set name = name")
    assert before > 0
    with reading(actor), reading(actor):
        assert scalar("show transaction_isolation") == "repeatable read"


def test_operations_never_nest(database: None) -> None:
    with writing(NOBODY), pytest.raises(RuntimeError), writing(NOBODY):
        pass


def test_nothing_is_carried_over_when_a_transaction_breaks(cast: Cast) -> None:
    """A10: raise, divide by zero, time out, be cancelled inside; the connection's next user starts anew."""
    actor = next(iter(cast.people.values()))

    def cancel() -> None:
        [(pid,)] = rows("select pg_backend_pid()")
        other = threading.Thread(target=_cancel, args=(pid,))
        other.start()
        execute("select pg_sleep(5)")

    def time_out() -> None:
        execute("set local statement_timeout = 20")
        execute("select pg_sleep(1)")

    def use(broken: Callable[[], object]) -> None:
        with writing(actor):
            assert _visible() > 0
            broken()

    for broken in (lambda: 1 / 0, lambda: execute("select 1 / 0"), time_out, cancel):
        with pytest.raises((DatabaseError, ZeroDivisionError)):
            use(broken)
        assert rows(_CONTEXT) == [("underlet_session", "")]
        with reading(NOBODY):
            assert _visible() == 0


def _cancel(pid: int) -> None:
    with psycopg.connect(attach(settings().data).superuser_conninfo()) as connection:
        connection.execute("select pg_sleep(0.1), pg_cancel_backend(%s)", [pid])


def test_people_do_not_wait_for_ever(cast: Cast) -> None:
    """data-core.md §10: what waits for a person is bounded, work that nobody waits for is not."""
    limits = "select current_setting('lock_timeout'), current_setting('statement_timeout')"
    with writing(cast.ada):
        assert rows(limits) == [("5s", "1min")]
    with reading(cast.ada):
        assert rows(limits) == [("5s", "10s")]
    with patiently(), writing(cast.ada):
        assert rows(limits) == [("0", "0")]
    with system():
        assert rows(limits) == [("0", "0")]
    assert rows(limits) == [("0", "0")]


def test_what_others_hold_up_is_refused_by_name(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A13: a structure that is being changed by somebody else answers `busy`, and nothing was changed."""
    monkeypatch.setattr(transactions, "_LOCK", "200ms")
    with system():
        hierarchy = scalar("select hierarchy_id from unit where public_id = %s", [cast.units["birch"]])
    with psycopg.connect(attach(settings().data).superuser_conninfo()) as other:
        other.execute("select pg_advisory_xact_lock(%s)", [hierarchy])
        with pytest.raises(errors.Busy):
            run("unit.update", cast.ada, cast.units["birch"], {"code": "x"})
    assert ask("unit.show", cast.ada, cast.units["birch"]).code != "x"
    run("unit.update", cast.ada, cast.units["birch"], {"code": "x"})


def test_a_read_that_takes_too_long_is_refused_by_name(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "_READ", "200ms")
    with psycopg.connect(attach(settings().data).superuser_conninfo()) as other:
        other.execute("lock table unit_closure in access exclusive mode")
        with pytest.raises(errors.Busy):
            ask("unit.list", cast.ada, cast.units["fjord"])


_CARRIES_OVER = """
from underlet.foundation.database import transactions
transactions.execute = lambda text, values=(): execute(text.replace(", true)", ", false)"), values)
"""
_INTERLEAVED = """
from underlet.foundation.database.sql import execute
from tests.foundation.interleaved import interleave
{fault}
answer = interleave(int(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def pooled(server_folder: Path) -> dict[str, str]:
    """The environment of a process that pools its connections to a server with all tables."""
    environment = {
        "UNDERLET_DATA": str(server_folder),
        "UNDERLET_TESTING": "",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    in_process("from underlet.foundation.database.migrate import migrate; answer = migrate()", **environment)
    return environment


def _interleave(environment: dict[str, str], uses: int, fault: str = "") -> Any:
    return in_process(_INTERLEAVED.format(fault=fault), str(uses), **environment)


def test_a10_ten_thousand_interleavings_on_a_pool_carry_nothing_over(pooled: dict[str, str]) -> None:
    """A10: users by turns, in threads; a fifth of the transactions raise, are ended, fail, time out or are cancelled.

    Inside a door role, person, clock and limits are those asked for; after it they are those of a connection that
    nobody has used yet.
    """
    done = _interleave(pooled, 10_000)
    assert done["wrong"] == []
    assert 1500 < done["broken"] < 2500
    assert 1 <= done["connections"] <= 8, "connections were shared"


def test_a10_what_is_carried_over_is_found(pooled: dict[str, str]) -> None:
    """The check itself: doors that set their context for the session, not for the transaction, are noticed."""
    wrong = _interleave(pooled, 100, _CARRIES_OVER)["wrong"]
    assert any("carried over" in words for words in wrong)
