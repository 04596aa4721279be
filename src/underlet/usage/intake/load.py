"""Loading a received billing file into the lake: everything is checked and written, or nothing is (intake.md §5,
§6)."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import uuid4

from underlet.foundation.crash import crash_point
from underlet.foundation.settings import settings
from underlet.kernel.errors import ImportRejected
from underlet.usage.intake import source as bytes_of
from underlet.usage.intake.child import limits_for, run_in_child
from underlet.usage.intake.reasons import refuse
from underlet.usage.intake.structure import broken_record
from underlet.usage.intake.types import LoadedFile, Task
from underlet.usage.lake.write import publish

_MIB = 1 << 20
_BROKEN = ("truncated_gzip", "broken_gzip")


def content_hash(source: Path) -> str:
    """SHA-256 of the content after decompression: the same for a file that was renamed or gzipped anew (I12).

    Raises ImportRejected for an empty or damaged file, with the record in which it breaks off.
    """
    try:
        return bytes_of.content_hash(source)
    except ImportRejected as refusal:
        reason = refusal.errors[0].reason
        if reason not in _BROKEN:
            raise
        raise refuse(reason, refusal.detail, record=broken_record(source) or None) from None


def load_file(
    source: Path,
    lake: Path,
    *,
    import_id: str,
    content_sha256: str,
    progress: Callable[[int, int], None],
    supplied: Mapping[str, str] | None = None,
) -> LoadedFile:
    """Check a file and write its lines and cubes to `lake/<import_id>`; nothing lists them there yet.

    content_sha256: what `content_hash` said of the source, which has kept out bombs by then. progress: gets
    percent done and 100. supplied: values that a connection gives for columns the format lacks (FOCUS name ->
    value). Safe to run again: files that an earlier, broken attempt left are replaced. Raises ImportRejected;
    then the lake is as it was.
    """
    incoming = lake / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    _sweep(incoming, import_id)
    work = incoming / f"{import_id}.{uuid4().hex}"
    draft, scratch = work / "draft", work / "scratch"
    for folder in (work, draft, scratch):
        folder.mkdir()
    memory = settings().memory_mb * _MIB
    task = Task(
        source, draft, scratch, import_id, dict(supplied or {}), content_sha256, settings().threads, memory
    )

    def report(stage: str, percent: int) -> None:
        progress(percent, 100)
        if stage:
            crash_point(f"import.{stage}")

    try:
        loaded = run_in_child(task, limits_for(source.stat().st_size, memory), report)
        publish(draft, lake / import_id)
        return loaded
    finally:
        shutil.rmtree(work, ignore_errors=True)


def discard(lake: Path, import_id: str) -> None:
    """Remove what a killed attempt wrote of a file that is not loaded any more; nothing lists it."""
    _sweep(lake / "incoming", import_id)
    shutil.rmtree(lake / import_id, ignore_errors=True)


def _sweep(incoming: Path, import_id: str) -> None:
    for left_over in incoming.glob(f"{import_id}.*"):
        shutil.rmtree(left_over, ignore_errors=True)
