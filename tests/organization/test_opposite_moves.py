"""A below B while B below A, in two threads (data-core.md §7): no cycle, and the loser is told by name."""

import os
import threading

from django.db import connections

from tests.cast import Cast
from tests.organization.truth import check_structure
from underlet.foundation.operations import run
from underlet.kernel import errors

ROUNDS = 1_000 if os.environ.get("UNDERLET_DEEP") else 20


def _race(cast: Cast, one: str, other: str) -> list[str]:
    answers: list[str] = []
    barrier = threading.Barrier(2)

    def move(unit: str, parent: str) -> None:
        barrier.wait()
        try:
            run("unit.move", cast.uma, unit, {"parent": parent})
            answers.append("moved")
        except errors.Refusal as refusal:
            answers.append(refusal.code())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=move, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_opposite_moves_never_form_a_cycle(cast: Cast) -> None:
    """A13: one wins, and the loser is told by name."""
    one, other = cast.units["science"], cast.units["arts"]
    for _ in range(ROUNDS):
        assert _race(cast, one, other) == ["move_into_own_subtree", "moved"]
        for unit in (one, other):  # apart again; one of them never moved
            run("unit.move", cast.uma, unit, {"parent": cast.units["harbor"]})
    check_structure()
