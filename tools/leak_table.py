"""The page of what succeeds and what is refused, from tests/leaks/nonvacuity.py: docs/reference/leak-table.md."""

import os
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "docs" / "reference" / "leak-table.md"
_HEAD = """# What succeeds and what is refused

A search for leaks in which nothing ever succeeds finds none ([no leaks](../explanation/no-leak.md)). So `make
test-deep` tries every entry as everybody in this list, in random worlds, until each of them succeeded at least once and
was refused at least once; it fails if any pair stays empty. A refusal counts where authority is what is missing: 404
about what the caller may not know of, 403 about what they see without the permission. Pairs that cannot be had are
named below with the reason; for all others both are demanded. Written by `python -m tools.leak_table`.

Everybody: """
_TABLE = """.

| entry | never succeeds for | is never refused, because it is |
|---|---|---|
"""


def page() -> str:
    """The page as it should be."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "underlet.project.settings")
    django.setup()
    from underlet.project.wiring import load

    load()
    from tests.leaks.nonvacuity import PERSONS, entries, why_never_done, why_never_refused

    lines = []
    for name, entry in sorted(entries().items()):
        undone = _grouped({role: why_never_done(entry, role) for role in PERSONS})
        kept = _grouped({role: why_never_refused(entry, role) for role in PERSONS}, whole=len(PERSONS))
        lines.append(f"| `{name}` | {undone} | {kept} |\n")
    return _HEAD + ", ".join(PERSONS) + _TABLE + "".join(lines)


def _grouped(reasons: dict[str, str], whole: int = 0) -> str:
    """Reasons, each with those it is about; alone where it is about everybody."""
    found: dict[str, list[str]] = {}
    for role, reason in reasons.items():
        if reason:
            found.setdefault(reason, []).append(role)
    return "; ".join(
        reason if len(roles) == whole else f"{', '.join(roles)}: {reason}" for reason, roles in found.items()
    )


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(TARGET.read_text() != page() and f"{TARGET} is not what it should be: python -m tools.leak_table")
    TARGET.write_text(page())
