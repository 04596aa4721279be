"""A structure of 100,000 units by CSV, end to end: sent, checked, imported under all triggers, exported.

`python -m bench.bulk [units]` measures in a throwaway installation and prints seconds.
"""

import csv
import io
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

UNITS = 100_000
_GROUPS, _TEAMS = 100, 1_000


def structure_csv(units: int = UNITS) -> bytes:
    """A structure file: 100 groups, a thousand teams in them, and customers in the teams, each with its own party."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["parent", "kind", "name", "code", "legal_name", "legal_city", "legal_country", "legal_vat_id"]
    )
    for n in range(min(units, _GROUPS)):
        writer.writerow(["", "organization", f"Group {n}", f"G-{n}", "", "", "", ""])
    for n in range(min(max(0, units - _GROUPS), _TEAMS)):
        writer.writerow([f"Group {n % _GROUPS}", "organization", f"Team {n}", f"T-{n}", "", "", "", ""])
    for n in range(max(0, units - _GROUPS - _TEAMS)):
        writer.writerow(
            [
                f"Team {n % _TEAMS}", "customer", f"c{n}.bulk.example.com", f"C-{n}", f"Customer {n} AB", "Kiruna",
                "SE", f"SE{n:010d}01",
            ]
        )  # fmt: skip
    return text.getvalue().encode()


def import_structure(actor: Any, unit: str, content: bytes, *, check: bool = False) -> tuple[float, Any]:
    """Send a file and import it below a unit, or try to; seconds from the first byte to the end, and the view."""
    from underlet.foundation.jobs import run_job
    from underlet.foundation.operations import run
    from underlet.foundation.reads import ask
    from underlet.foundation.uploads import receive

    began = time.perf_counter()
    upload = receive(actor, [content], "structure.csv")
    started = run(
        "structure.check" if check else "structure.import", actor, unit, {"upload": str(upload.id)}
    ).result
    run_job(started.job_id)
    seconds = time.perf_counter() - began
    return seconds, ask("structure_import.show", actor, str(started.id))


def main(units: int) -> None:
    """Measure in an installation of its own."""
    data = Path(tempfile.mkdtemp(prefix="underlet-bulk-", dir="/tmp"))
    os.environ.update(
        UNDERLET_DATA=str(data), UNDERLET_TESTING="1", DJANGO_SETTINGS_MODULE="underlet.project.settings"
    )
    import django

    django.setup()
    from underlet.access.queries import actor_of
    from underlet.access.welcome import create_operator
    from underlet.foundation.database.embedded import stop
    from underlet.foundation.database.migrate import migrate
    from underlet.foundation.operations import run
    from underlet.foundation.reads import ask
    from underlet.project import wiring

    try:
        wiring.load()
        migrate()
        operator = actor_of(create_operator("operator@localhost", "Operator"))
        root = str(run("hierarchy.create", operator, None, {"name": "Root", "currency": "EUR"}).body["root_id"])
        content = structure_csv(units)
        print(f"{units:,} units, {len(content):,} bytes, load {os.getloadavg()[0]:.1f}")
        for words, check in (("dry run", True), ("import", False), ("the same again", False)):
            seconds, view = import_structure(operator, root, content, check=check)
            print(
                f"{words}: {seconds:.1f} s, {view.state}, {view.created:,} created, {view.unchanged:,} unchanged"
            )
        for kind in ("csv", "xlsx"):
            began = time.perf_counter()
            with ask("structure.export", operator, root, {"format": kind}).file as file:
                size = file.seek(0, 2)
            print(f"export as {kind}: {time.perf_counter() - began:.1f} s, {size:,} bytes")
    finally:
        stop(data)
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else UNITS)
