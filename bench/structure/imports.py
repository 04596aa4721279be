"""Importing a structure from a CSV file, as its job does it, into the hierarchy that is already there."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from underlet.foundation.actor import Actor
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.uploads import receive
from underlet.project import wiring

CUSTOMERS = 20
"""Below each organization; an organization comes below the one of half its number, so that all levels fill."""
LEVELS_BELOW = 7


def imported(actor: int, address: str, units: int) -> dict[str, Any]:
    """Seconds that a file of so many new units takes from its upload to its last row; then the same file again."""
    wiring.load()
    who = Actor(actor, "bench")
    content = "".join(_lines(units, uuid4().hex[:6])).encode()
    found: dict[str, Any] = {"units": units, "megabytes": round(len(content) / 1e6, 1)}
    for name in ("first", "again"):
        begin = time.perf_counter()
        upload = receive(who, [content], "structure.csv")
        view = run("structure.import", who, address, {"upload": str(upload.id)}).result
        run_job(view.job_id)
        seconds = time.perf_counter() - begin
        done = ask("structure_import.show", who, str(view.id))
        if (done.state, done.problems) != ("done", 0):
            raise SystemExit(f"The import ended {done.state} with {done.problems} problems")
        found[name] = {"seconds": round(seconds, 1), "created": done.created, "unchanged": done.unchanged}
    return found


def _lines(units: int, mark: str) -> Iterator[str]:
    """mark: makes the names new each time."""
    yield "parent,kind,name,display_name,code\n"
    organizations = max(1, units // (CUSTOMERS + 1))
    limit = 2**LEVELS_BELOW - 1
    for number in range(1, organizations + 1):
        above = number // 2 if number <= limit else 1 + number % (limit // 2)
        parent = f"Import {mark} {above}" if above else ""
        yield f"{parent},organization,Import {mark} {number},Department {number},\n"
    for number in range(organizations, units):
        parent = f"Import {mark} {1 + number % organizations}"
        yield f"{parent},customer,c{number}.{mark}.example.com,Customer {number} Ltd,I-{number}\n"
