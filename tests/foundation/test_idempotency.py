"""One request key, one effect (I21, M13)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import pytest
from django.db import connections

from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import Outcome, run
from underlet.foundation.registry import OPERATIONS, operation
from underlet.foundation.types import Input
from underlet.kernel.errors import IdempotencyMismatch, InvalidInput, Refusal, WrongState

NAME = "note.write"
ANN, BEN = Actor(1, "Ann"), Actor(2, "Ben")


class WriteNote(Input):
    """What the test's own operation takes."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """What it answers."""

    text: str
    number: int


@pytest.fixture(autouse=True)
def note(database: None) -> Iterator[None]:
    """An operation whose effect can be counted: it queues rows in `upload`, one per call."""

    @operation(NAME, own=True, waive={"api": "test", "web": "test", "cli": "test"})
    def write(actor: Actor, data: WriteNote) -> Note:
        """Write a note."""
        execute(
            "insert into upload (actor_id, sha256, name, bytes, at) values (%s, %s, %s, 0, now())",
            [actor.id, data.text, data.text],
        )
        if data.text == "refused":
            raise WrongState
        return Note(data.text, _effects_of(actor))

    yield
    OPERATIONS.pop(NAME)


def _effects_of(actor: Actor) -> int:
    return int(scalar("select count(*) from upload where actor_id = %s", [actor.id]))


def _effects() -> int:
    with system():
        return int(scalar("select count(*) from upload"))


def _write(text: str, key: str, actor: Actor = ANN) -> Outcome:
    return run(NAME, actor, None, {"text": text}, key=key)


@pytest.mark.parametrize("clients", [2, 8])
def test_parallel_requests_with_one_key_have_one_effect_and_one_answer(clients: int) -> None:
    """I21, M13: several rounds; all clients start at once and all get the first answer."""
    barrier = Barrier(clients)

    def client(key: str) -> Outcome:
        try:
            barrier.wait()
            return _write("hello", key)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(clients) as pool:
        for number in range(1, 11):
            outcomes = list(pool.map(client, [f"key {number}"] * clients))
            assert [outcome.body for outcome in outcomes] == [{"text": "hello", "number": number}] * clients
            assert sum(not outcome.replayed for outcome in outcomes) == 1
    assert _effects() == 10


def test_a_replay_does_nothing_and_answers_the_same() -> None:
    first, second = _write("hello", "key"), _write("hello", "key")
    assert (first.replayed, second.replayed) == (False, True)
    assert first.body == second.body
    assert _effects() == 1
    with system():
        assert scalar("select count(*) from audit_entry where operation = %s", [NAME]) == 1


def test_one_key_for_another_request_is_refused() -> None:
    """M13: another body with the same key is 422, and has no effect."""
    _write("hello", "key")
    with pytest.raises(IdempotencyMismatch) as refused:
        _write("goodbye", "key")
    assert refused.value.status == 422
    assert _effects() == 1


def test_a_key_belongs_to_its_actor() -> None:
    """M13: another actor's key is another key, and its stored answer stays hidden."""
    _write("hello", "key")
    outcome = _write("hello", "key", BEN)
    assert not outcome.replayed
    assert outcome.body == {"text": "hello", "number": 1}
    assert _effects() == 2


def test_a_refused_request_leaves_its_key_free() -> None:
    with pytest.raises(WrongState):
        _write("refused", "key")
    assert not _write("hello", "key").replayed
    assert _effects() == 1


@pytest.mark.parametrize(("length", "taken"), [(1, True), (255, True), (256, False)])
def test_the_length_of_a_key_is_bounded(length: int, taken: bool) -> None:
    """M13: keys of 1 to 255 characters; longer ones are refused without an effect."""
    refusals: list[Refusal] = []
    for _ in range(2):
        try:
            _write("hello", "k" * length)
        except InvalidInput as refusal:
            refusals.append(refusal)
    assert (len(refusals), _effects()) == ((0, 1) if taken else (2, 0))


def test_without_a_key_every_request_has_its_effect() -> None:
    """M13: an absent key (0 characters) promises nothing."""
    _write("hello", "")
    _write("hello", "")
    assert _effects() == 2
