"""Check every module of src/underlet: `python -m tools.lints`; exit code 1 with one line per finding."""

import sys
from pathlib import Path

from tools.lints.rules import check

SOURCE = Path(__file__).resolve().parents[2] / "src" / "underlet"


def main() -> int:
    """Print all findings; the number of them decides the exit code."""
    findings = [
        finding
        for path in sorted(SOURCE.rglob("*.py"))
        for finding in check(path.read_text("utf-8"), path.relative_to(SOURCE).as_posix())
    ]
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
