"""Moves, grants and reads at once: an answer is from before or from after, never a mix (A13)."""

import os
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections

from tests.cast import Cast
from underlet.access.models import User
from underlet.access.queries import actor_of
from underlet.foundation.actor import Actor
from underlet.foundation.database import transactions
from underlet.foundation.database.sql import execute, rows
from underlet.foundation.database.transactions import reading, system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors

SCHEDULES = 2_000 if os.environ.get("UNDERLET_DEEP") else 60
GRANT = {"email": "new@example.com", "role": "viewer"}


class _World:
    """Physics stands below Science or below Arts; somebody may see all below Arts, or nothing."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.place, self.is_granted = "science", True
        run("user.invite", cast.uma, cast.units["arts"], {**GRANT, "name": "New"})
        with system():
            self.reader: Actor = actor_of(User.objects.get(email_key=GRANT["email"]))

    def move(self) -> None:
        self.place = "arts" if self.place == "science" else "science"
        run("unit.move", self.cast.uma, self.cast.units["physics"], {"parent": self.cast.units[self.place]})

    def grant(self) -> None:
        self.is_granted = not self.is_granted
        if self.is_granted:
            run("user.invite", self.cast.uma, self.cast.units["arts"], {**GRANT, "name": "New"})
        else:
            run("grant.revoke", self.cast.uma, self.cast.units["arts"], GRANT)

    def read(self, halfway: Callable[[], object] = lambda: None) -> tuple[Any, ...]:
        """What the reader is told in one snapshot by several reads, with a pause in their midst."""
        with reading(self.reader):
            seen = rows("select name from unit order by 1")
            listed = self._answer("unit.list", "arts")
            halfway()
            again = rows("select name from unit order by 1")
            return seen, listed, again, self._answer("unit.show", "physics"), self._answer("unit.list", "arts")

    def _answer(self, name: str, unit: str) -> Any:
        try:
            found = ask(name, self.reader, self.cast.units[unit])
        except errors.NotFound:
            return "absent"
        return sorted(row.name for row in found.items) if name == "unit.list" else found.name


def _answers_at_rest(world: _World) -> dict[tuple[str, bool], tuple[Any, ...]]:
    """State -> what the reader is told in it; the world is afterwards as it was."""
    answers = {}
    for change in (world.move, world.grant, world.move, world.grant):
        change()
        answers[world.place, world.is_granted] = world.read()
    return answers


def _schedule(world: _World, chance: random.Random) -> tuple[Any, ...]:
    """A move and a grant or revocation at once, and a read that begins with them or ends after both."""
    barrier, ended = threading.Barrier(3), threading.Event()
    does_wait = chance.random() < 0.5

    def change(one: Callable[[], None]) -> None:
        try:
            barrier.wait(30)
            one()
        finally:
            connections.close_all()

    def read() -> tuple[Any, ...]:
        try:
            if does_wait:
                return world.read(lambda: (barrier.wait(30), ended.wait(30)))
            barrier.wait(30)
            return world.read()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        answer = pool.submit(read)
        changes = [pool.submit(change, one) for one in (world.move, world.grant)]
        for one in changes:
            one.result()
        ended.set()
        return answer.result()


@contextmanager
def _world(cast: Cast) -> Iterator[tuple[_World, dict[tuple[str, bool], tuple[Any, ...]]]]:
    world = _World(cast)
    answers = _answers_at_rest(world)
    assert len({str(answer) for answer in answers.values()}) == 3, "without a grant the place does not matter"
    yield world, answers


def test_a13_answers_are_from_before_or_after(cast: Cast) -> None:
    """A13: in every schedule the answer is that of one state on the way, and at rest that of the state reached."""
    with _world(cast) as (world, answers):
        chance = random.Random(13)
        for number in range(SCHEDULES):
            assert _schedule(world, chance) in answers.values(), number
            assert world.read() == answers[world.place, world.is_granted], number


def test_a13_a_mix_is_found(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check itself: reads that see each statement's own moment give answers of no state."""

    def looser(text: Any, values: Any = ()) -> None:
        execute(text.replace("repeatable read", "read committed"), values)

    with _world(cast) as (world, answers):
        monkeypatch.setattr(transactions, "execute", looser)
        chance = random.Random(13)
        assert not all(_schedule(world, chance) in answers.values() for _ in range(20))
