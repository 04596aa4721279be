"""Static files under hashed names, collected at the first start of a version; nobody runs a step for it.

WhiteNoise serves the folder, compressed once, cacheable for ever (interface.md §12, ADR-0023).
"""

import fcntl
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from re import Match
from typing import Any

from django.contrib.staticfiles import finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

_OURS = "underlet/"


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Hashed and compressed; our modules import one another by hashed names too."""

    support_js_module_import_aggregation = True

    def url_converter(
        self, name: str, hashed_files: dict[str, str], template: str | None = None
    ) -> Callable[[Match[str]], str]:
        """Rewrites addresses in our own files only: in others', texts that look like imports are none."""
        if not name.startswith(_OURS):
            return lambda found: found[0]
        convert: Callable[[Match[str]], str] = super().url_converter(name, hashed_files, template)
        return convert


def _sources() -> Iterator[str]:
    for finder in finders.get_finders():
        for name, storage in finder.list(None):
            stat = Path(storage.path(name)).stat()
            yield f"{name} {stat.st_size} {stat.st_mtime_ns}"


def publish(root: Path) -> bool:
    """Collect the static files into STATIC_ROOT `root` if they changed since the last start; returns whether they had.

    Several web workers start at once: one collects, the others wait for it.
    """
    root.mkdir(parents=True, exist_ok=True)
    mark, wanted = root / ".sources", hashlib.sha256("\n".join(sorted(_sources())).encode()).hexdigest()
    options: dict[str, Any] = {"interactive": False, "verbosity": 0, "ignore_patterns": ["*.map"]}
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if mark.exists() and mark.read_text() == wanted:
            return False
        call_command("collectstatic", **options)
        mark.write_text(wanted)
    return True
