"""Four clients reshape one hierarchy at once, at random; afterwards every derived row equals a walk up (R8 to R11)."""

import os
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random

import pytest
from django.db import connections

from tests.cast import Cast
from tests.organization.truth import check_structure
from underlet.foundation.operations import run
from underlet.kernel import errors

CLIENTS = 4
DEEP = bool(os.environ.get("UNDERLET_DEEP"))
SECONDS = 60 if DEEP else 4
MOST_UNITS = 400
VERBS = ("create", "create", "create", "move", "move", "move", "move", "rename", "own", "remove")
NAMES = tuple(f"n{number}.example.com" for number in range(400))
"""Few, so that names collide; and such as units of either kind may have."""

LOSSES = frozenset({
    "not_found",  # removed meanwhile
    "invalid_input",  # so was the new parent
    "root_cannot_move", "move_into_own_subtree", "depth_exceeded", "parent_must_be_organization", "unit_in_use",
    "name_taken", "name_unavailable",
})  # fmt: skip
"""How an operation may end, if not well."""


@dataclass
class Torture:
    """What the clients share."""

    cast: Cast
    seed: int
    units: list[str]
    ends: Counter[str] = field(default_factory=Counter)
    faults: list[BaseException] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, number: int, until: float) -> None:
        """One client: operations until the time is over, or anybody has met a fault."""
        random = Random(self.seed * CLIENTS + number)
        try:
            while time.monotonic() < until and not self.faults:
                self._step(random)
        except BaseException as fault:
            self.faults.append(fault)
        finally:
            connections.close_all()

    def _step(self, random: Random) -> None:
        with self.lock:
            one, other = random.choice(self.units), random.choice(self.units)
            verb = random.choice(VERBS if len(self.units) < MOST_UNITS else VERBS[3:])
        try:
            self._do(random, verb, one, other)
            end = verb
        except errors.Refusal as refusal:
            end = refusal.code()
        with self.lock:
            self.ends[end] += 1

    def _do(self, random: Random, verb: str, one: str, other: str) -> None:
        uma = self.cast.uma
        if verb == "create":
            kind = random.choice(("customer", "organization", "organization"))
            made = run("unit.create", uma, one, {"kind": kind, "name": random.choice(NAMES)}).body["id"]
            with self.lock:
                self.units.append(made)
        elif verb == "move":
            run("unit.move", uma, one, {"parent": other})
        elif verb == "rename":
            run("unit.update", uma, one, {"name": random.choice(NAMES), "code": str(random.randrange(9))})
        elif verb == "own":
            run("legal_entity.update", uma, one, {"name": random.choice(NAMES)})
        elif one != self.cast.units["harbor"]:
            run("unit.remove", uma, one)
            with self.lock:
                self.units.remove(one)


@pytest.mark.parametrize("seed", [1])
def test_four_clients_at_once_leave_no_row_wrong(cast: Cast, seed: int) -> None:
    """R8, R9, R10, R11, A13: no wrong ancestor, no closure row missing or too many, no cycle, never over ten levels.

    Who loses a race is told so by name; nobody meets an error of the database.
    """
    torture = Torture(cast, seed, [cast.units[name] for name in ("harbor", "science", "arts", "physics")])
    until = time.monotonic() + SECONDS
    clients = [threading.Thread(target=torture.client, args=(number, until)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    units = check_structure()
    print(f"{sum(torture.ends.values())} operations in {SECONDS} s, {units} units: {dict(torture.ends)}")
    assert torture.faults == []
    assert set(torture.ends) - LOSSES <= set(VERBS)
    assert set(VERBS) <= set(torture.ends) or not DEEP, "every verb has been done"
