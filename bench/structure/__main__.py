"""`python -m bench.structure [--units 1000000] [--data FOLDER]`: the structure at scale, as ratios within one run.

Writes a hierarchy into an embedded Postgres of its own, measures, and prints a table (to the error output) and JSON.
The exit status tells whether every target was met. With --data the folder is kept, and the next run measures it again.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TARGETS = {
    "page of 50 with policies over bare index page": 10.0,
    "page in the largest scope over the smallest": 3.0,
    "can() over closure join": 1.5,
    "move of 10,000 over path rewrite": 5.0,
    "first page of an account manager, ms": 20.0,
}
SIZES = (100, 10_000)
MINUTES = 10
"""For an import of 100,000 units, and in proportion for others."""


def main() -> None:
    """Write, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path, help="keep the database in this folder")
    parser.add_argument("--imported", type=int, help="units of the file that is imported; by default a tenth")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="underlet-bench-", dir="/tmp") as folder:
        data = (arguments.data or Path(folder)).absolute()
        os.environ |= {"UNDERLET_DATA": str(data), "DJANGO_SETTINGS_MODULE": "underlet.project.settings"}
        os.environ.pop("DATABASE_URL", None)
        imported = arguments.units // 10 if arguments.imported is None else arguments.imported
        found = _found(data, arguments.units, imported)
    _print_table(found)
    print(json.dumps(found, indent=2))
    raise SystemExit(not all(found["met"].values()))


def _found(data: Path, units: int, imported: int) -> dict[str, Any]:
    import django

    django.setup()
    from underlet.foundation.database.embedded import attach, stop
    from underlet.foundation.database.migrate import migrate

    try:
        migrate()
        return _measured(attach(data), units, imported)
    finally:
        from django.db import connections

        connections.close_all()
        stop(data)


def _measured(server: Any, units: int, imported: int) -> dict[str, Any]:
    from bench.structure import imports, measures
    from bench.structure.data import fill, forget_people, scope_of, wrong_rows
    from bench.structure.sessions import Session
    from bench.structure.teams import teams

    app, bare = Session(server, bare=False), Session(server, bare=True)
    begin, written = time.perf_counter(), 0.0
    if bare.asking("select exists (select 1 from unit)").do() == [(False,)]:
        fill(bare.connection, units)
        written = round(time.perf_counter() - begin, 1)
        wrong = wrong_rows(bare.connection)
        if any(wrong):
            raise SystemExit(f"The hierarchy is wrong: {wrong}")
    forget_people(bare.connection)
    scopes = [scope_of(bare.connection, size) for size in (*SIZES, units)]
    found: dict[str, Any] = {
        "python": platform.python_version(),
        "postgres": server.version,
        "cores": os.cpu_count(),
        "load": [round(os.getloadavg()[0], 1)],
        "clock": bare.clock,
        "units": units,
        "seconds to write": written,
        "pages": measures.pages(app, bare, scopes),
        "other pages": measures.other_pages(app, bare, scopes[-1]),
        "lists": measures.lists(app, bare, scopes),
        "rows": measures.rows(app, bare, scopes[-1]),
        "rights": measures.rights(app, bare, units),
        "moves": measures.moves(app, bare, scopes[-1]),
    }
    [(root,)] = bare.asking("select public_id from unit where id = %s", [scopes[-1].unit]).do()
    found["teams"] = teams(bare.connection, str(root), scopes[-1].actor)
    if imported:
        found["import"] = imports.imported(scopes[-1].actor, str(root), imported)
    found["load"].append(round(os.getloadavg()[0], 1))
    sizes = found["pages"]["by size of scope"].values()
    reached = {
        "page of 50 with policies over bare index page": max(one["joined over bare"] for one in sizes),
        "page in the largest scope over the smallest": found["pages"]["largest over smallest"],
        "can() over closure join": found["rights"]["can over join"],
        "move of 10,000 over path rewrite": found["moves"]["beside over rewrite"],
        "first page of an account manager, ms": found["teams"]["ms"]["manager, own units"],
    }
    met = {name: reached[name] <= limit for name, limit in TARGETS.items()}
    met["the same answers to all questions"] = found["rights"]["same answers"] == found["rights"]["questions"]
    if imported:
        met["import in minutes"] = (
            found["import"]["first"]["seconds"] <= MINUTES * 60 * max(imported, 1000) / 100_000
        )
    return found | {"reached": reached, "targets": TARGETS, "met": met}


def _print_table(found: dict[str, Any]) -> None:
    def line(name: str, *values: object) -> None:
        print(f"{name:<44}" + "".join(f"{value!s:>14}" for value in values), file=sys.stderr)

    line(f"{found['units']:,} units, ms ({found['clock']})", "bare", "ours", "ratio", "ours p95")
    for size, one in found["pages"]["by size of scope"].items():
        plain = one["bare"]["median"]
        for name in ("function", "joined"):
            line(
                f"first page, scope of {int(size):,}, {name}", plain, one[name]["median"], one[f"{name} over bare"],
                one[name]["p95"],
            )  # fmt: skip
    for name, one in found["other pages"].items():
        line(
            f"page, {name}",
            one["bare"]["median"],
            one["joined"]["median"],
            one["joined over bare"],
            one["joined"]["p95"],
        )
    for name, one in found["rows"].items():
        line(
            f"rows, {name}",
            one["bare"]["median"],
            one["policies"]["median"],
            one["policies over bare"],
            one["policies"]["p95"],
        )
    rights, moved = found["rights"], found["moves"]
    line("can()", rights["join"]["median"], rights["can"]["median"], rights["can over join"], rights["can"]["p95"])
    for name in ("beside", "one level up"):
        line(
            f"move of {moved['units']:,}, {name}", moved["rewrite"]["median"], moved[name]["median"],
            moved[f"{name} over rewrite"], moved[name]["p95"],
        )  # fmt: skip
    for name, one in found["lists"].items():
        values = one["by size of scope"]
        line(f"statements of {name} ({'/'.join(values)})", *values.values(), one["largest over smallest"])
    for name in ("first", "again") if "import" in found else ():
        line(
            f"import of {found['import']['units']:,} units, {name}, seconds", "", found["import"][name]["seconds"]
        )
    for name, is_met in found["met"].items():
        line(name, found["reached"].get(name, ""), "met" if is_met else "MISSED")


if __name__ == "__main__":
    main()
