"""The page of planted leaks and what catches them, from tests/leaks/mutants.py: docs/reference/leak-mutants.md."""

import os
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "docs" / "reference" / "leak-mutants.md"
_HEAD = """# Planted leaks

Faults planted into the real code, one at a time, and the detectors that catch each
([no leaks](../explanation/no-leak.md)). All are tried with `make test-deep`, one in five with `make test`; a mutant
that no detector finds fails. Written by `python -m tools.leak_mutants`.

| mutant | seen before as | belt that is off beside it | caught by |
|---|---|---|---|
"""


def page() -> str:
    """The page as it should be."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "underlet.project.settings")
    django.setup()
    from tests.leaks.mutants import MUTANTS, QUERY, ROWS

    belts = {"": "none", QUERY: "query scope", ROWS: "row-level security"}
    return _HEAD + "".join(
        f"| {one.name} | {one.source} | {belts[one.without]} | {', '.join(one.caught_by.split())} |\n"
        for one in MUTANTS
    )


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(
            TARGET.read_text() != page() and f"{TARGET} is not what it should be: python -m tools.leak_mutants"
        )
    TARGET.write_text(page())
