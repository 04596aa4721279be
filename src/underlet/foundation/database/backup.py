"""Backup of a whole installation with the embedded server, and restore into an empty data folder (trust.md F7).

A backup is a folder: `database.dump` (pg_dump's own format, which any Postgres of this or a later version reads),
copies of `files`, `lake`, `runs` and `secrets`, and `backup.json`, which names every file and its length. The database
is dumped first: files never change and are written before the rows that name them, so the copies made afterwards hold
everything the dump names. Nobody has to stop working meanwhile. A backup that has its name is whole.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from underlet import __version__
from underlet.foundation.clock import now
from underlet.foundation.database.binaries import Binaries
from underlet.foundation.database.cluster import DATABASE, Paths, binaries_for
from underlet.foundation.database.embedded import attach, stop
from underlet.foundation.database.server import Server
from underlet.foundation.settings import settings
from underlet.kernel.errors import BackupUnusable, FolderNotEmpty, SetupIncomplete

_DUMP = "database.dump"
_NOTE = "backup.json"
_FOLDERS = ("files", "lake", "runs", "secrets")  # all that an installation keeps beside its database
_UNFINISHED = shutil.ignore_patterns("incoming", "scratch", "*.new", "*.tmp")


def backup(data: Path, target: Path) -> int:
    """Write a complete backup of a data folder to `target`, a new or empty folder. Returns its length in bytes.

    Starts the server if need be. Raises FolderNotEmpty, SetupIncomplete when a Postgres program or the disk fails.
    """
    data, target = data.absolute(), target.absolute()
    if _is_used(target):
        raise FolderNotEmpty(f"{target} is not empty.", hint="Name a new folder.")
    if target.is_relative_to(data):
        raise SetupIncomplete("A backup inside the data folder is lost with it.", hint="Name a folder elsewhere.")
    server = attach(data, fsync=settings().fsync)
    draft = target.with_name(f"{target.name}.new.{os.getpid()}")
    try:
        draft.mkdir(parents=True, mode=0o700)
        _dump(_programs(data), server, draft / _DUMP)
        for name in _FOLDERS:
            if (data / name).is_dir():
                shutil.copytree(data / name, draft / name, ignore=_UNFINISHED)
        lengths = _lengths(draft)
        note = {"underlet": __version__, "postgres": server.version, "at": now().isoformat(), "files": lengths}
        (draft / _NOTE).write_text(json.dumps(note, indent=1))
        if target.exists():
            target.rmdir()
        draft.rename(target)
    except (OSError, shutil.Error) as error:
        raise SetupIncomplete(
            f"The backup could not be written: {error}.", hint="See to room and rights."
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return sum(lengths.values()) + (target / _NOTE).stat().st_size


def restore(source: Path, data: Path) -> None:
    """Make a data folder, which must be absent or empty, equal to what was backed up; its server then runs.

    After a refusal the folder is as empty as before. Raises FolderNotEmpty; BackupUnusable when files are missing
    or cut short, or a newer Postgres wrote it.
    """
    source, data = source.absolute(), data.absolute()
    if not _is_unused_data(data):
        raise FolderNotEmpty(f"{data} is not empty.", hint="Restore into a new folder, named by UNDERLET_DATA.")
    _check(source)
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in _FOLDERS:
            if (source / name).is_dir():
                shutil.copytree(source / name, data / name, dirs_exist_ok=True)
        server = attach(data, fsync=settings().fsync)
        _load(_programs(data), server, source / _DUMP)
    except BaseException:
        _empty(data)
        raise


def _is_used(folder: Path) -> bool:
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


def _is_unused_data(data: Path) -> bool:
    """Whether a data folder holds nothing, or only the secret that every start of the software makes."""
    if not data.exists():
        return True
    return data.is_dir() and not {*_names(data)} - {"secrets"} and _names(data / "secrets") in ([], ["django"])


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def _programs(data: Path) -> Binaries:
    """Those that the running server is from."""
    return binaries_for(Paths(data), None)


def _lengths(folder: Path) -> dict[str, int]:
    """Length in bytes of every file below a folder, by path."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in found}


def _check(source: Path) -> None:
    try:
        noted: dict[str, int] = json.loads((source / _NOTE).read_text())["files"]
    except (OSError, ValueError, KeyError) as error:
        raise BackupUnusable(
            f"{source} is not a backup.", hint="Name the folder that holds backup.json."
        ) from error
    there = _lengths(source)
    wrong = [path for path, length in noted.items() if there.get(path) != length]
    if wrong:
        raise BackupUnusable(f"{len(wrong)} files of the backup are missing or cut short, {wrong[0]} among them.")


def _dump(programs: Binaries, server: Server, target: Path) -> None:
    # As superuser: no policy may hide a row from the dump.
    command = ["pg_dump", "--format=custom", f"--file={target}", f"--dbname={server.superuser_conninfo()}"]
    said = _run(programs, command)
    if said:
        raise SetupIncomplete("The database could not be dumped.", hint=said)


def _load(programs: Binaries, server: Server, dump: Path) -> None:
    command = ["pg_restore", "--exit-on-error", "--single-transaction", "--no-publications", "--no-subscriptions"]
    said = _run(programs, [*command, f"--dbname={server.superuser_conninfo(DATABASE)}", str(dump)])
    if said:
        raise BackupUnusable("The database of the backup could not be read.", hint=said)


def _run(programs: Binaries, command: Sequence[str]) -> str:
    """Run a Postgres program; returns what it says when it fails, else nothing."""
    environment = {"PATH": os.defpath, "LC_ALL": "C"}
    done = subprocess.run(  # noqa: S603
        [programs.path(command[0]), *command[1:]], capture_output=True, env=environment, stdin=subprocess.DEVNULL
    )
    said = done.stderr.decode(errors="replace").strip()
    return "" if done.returncode == 0 else said[-600:] or f"{command[0]} failed"


def _empty(data: Path) -> None:
    stop(data)
    for entry in data.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
