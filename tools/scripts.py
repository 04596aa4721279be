"""Types of the pages' scripts: `tsc` reads their JSDoc, where Node with TypeScript exists (interface.md §12).

Nothing of it is needed to install or to run. `python -m tools.scripts` says what is wrong, or that there is no tsc: one
on the PATH is used, else one in a node_modules folder here or above.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def compiler() -> str | None:
    """The path of a TypeScript compiler, None without one."""
    found = (folder / "node_modules/.bin/tsc" for folder in (ROOT, *ROOT.parents))
    return shutil.which("tsc") or next((str(path) for path in found if path.exists()), None)


def complaints(tsc: str, folder: Path = ROOT) -> str:
    """What the compiler says about the scripts below a folder with a tsconfig.json; "" = nothing."""
    answer = subprocess.run([tsc, "-p", str(folder)], capture_output=True, text=True, check=False)
    return answer.stdout + answer.stderr if answer.returncode else ""


def main() -> int:
    """Check, and tell."""
    tsc = compiler()
    if tsc is None:
        print("scripts: no tsc on this machine, types not checked")
        return 0
    found = complaints(tsc)
    print(found or "scripts: types hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
