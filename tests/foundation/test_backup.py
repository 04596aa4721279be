"""Backup → empty folder → equal (trust.md F7)."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest

from tests.cast import make_cast
from underlet.foundation import storage
from underlet.foundation.database import embedded
from underlet.foundation.database.backup import backup, restore
from underlet.foundation.database.binaries import find_binaries
from underlet.foundation.settings import settings
from underlet.kernel.errors import BackupUnusable, FolderNotEmpty, SetupIncomplete


def _rows(data: Path) -> Mapping[str, object]:
    """A checksum of every table's rows, and every sequence's state."""
    found: dict[str, object] = {}
    with psycopg.connect(embedded.attach(data, fsync=False).superuser_conninfo(), autocommit=True) as connection:
        tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        for (name,) in tables:
            query = f"select count(*), md5(string_agg(t::text, e'\\n' order by t::text)) from \"{name}\" t"
            found[name] = connection.execute(query.encode()).fetchone()
        sequences = connection.execute("select sequencename, last_value from pg_sequences order by 1").fetchall()
        return {**found, **dict(sequences)}


def _schema(data: Path) -> list[str]:
    """Everything but rows: tables, policies, functions, triggers, owners, grants."""
    command = [find_binaries().path("pg_dump"), "--schema-only", embedded.attach(data).superuser_conninfo()]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = [line for line in text.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]
    # Postgres writes the condition of this index of allauth's in two ways that mean the same.
    return [line for line in lines if "INDEX unique_authenticator_type" not in line]


def _files(data: Path) -> Mapping[str, bytes]:
    return {
        str(path.relative_to(data)): path.read_bytes()
        for name in ("files", "lake", "runs", "secrets")
        for path in sorted((data / name).rglob("*"))
        if path.is_file()
    }


def test_what_is_restored_equals_what_was_backed_up(database: None, data_folder: Path, tmp_path: Path) -> None:
    """F7: rows, sequences, policies, grants, documents, usage, secrets."""
    data = settings().data
    make_cast()
    storage.put([b"a logo"])
    settings().secret_key()
    (data / "lake" / "part").mkdir(parents=True, exist_ok=True)
    (data / "lake" / "part" / "usage.parquet").write_bytes(b"PAR1")
    (data / "runs" / "kept" / "scratch").mkdir(parents=True, exist_ok=True)
    (data / "runs" / "kept" / "basis.json").write_text("{}")
    written = backup(data, tmp_path / "backup")
    assert written == sum(path.stat().st_size for path in (tmp_path / "backup").rglob("*") if path.is_file())
    restore(tmp_path / "backup", data_folder)
    rows = _rows(data)
    assert rows["unit"] != (0, None), "or this proves nothing"
    assert _rows(data_folder) == rows
    assert _schema(data_folder) == _schema(data)
    assert _files(data_folder) == _files(data)
    assert {"lake/part/usage.parquet", "runs/kept/basis.json"} <= _files(data_folder).keys()
    assert (data_folder / "secrets" / "django").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o700


def test_a_data_folder_in_use_is_never_overwritten(database: None, data_folder: Path, tmp_path: Path) -> None:
    backup(settings().data, tmp_path / "backup")
    (data_folder / "files").mkdir(parents=True)
    with pytest.raises(FolderNotEmpty):
        restore(tmp_path / "backup", data_folder)
    assert os.listdir(data_folder) == ["files"]


def test_a_folder_with_only_a_new_secret_takes_the_old_one(
    database: None, data_folder: Path, tmp_path: Path
) -> None:
    """Every start of the software makes a secret; a restore replaces it."""
    secret = settings().secret_key()
    backup(settings().data, tmp_path / "backup")
    (data_folder / "secrets").mkdir(parents=True)
    (data_folder / "secrets" / "django").write_text("new")
    restore(tmp_path / "backup", data_folder)
    assert (data_folder / "secrets" / "django").read_text() == secret


def test_a_backup_goes_to_a_new_folder_outside_the_data_folder(database: None, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear")
    with pytest.raises(FolderNotEmpty):
        backup(settings().data, tmp_path)
    with pytest.raises(SetupIncomplete):
        backup(settings().data, settings().data / "backup")


@pytest.mark.parametrize("damage", ["cut", "missing", "no note", "no dump"])
def test_a_damaged_backup_is_refused_and_leaves_nothing(
    damage: str, database: None, data_folder: Path, tmp_path: Path
) -> None:
    source = tmp_path / "backup"
    sha256, _ = storage.put([b"a logo"])
    backup(settings().data, source)
    copy = source / "files" / sha256[:2] / sha256
    if damage == "cut":
        copy.write_bytes(b"a lo")
    elif damage == "missing":
        copy.unlink()
    elif damage == "no note":
        (source / "backup.json").unlink()
    else:
        note = json.loads((source / "backup.json").read_text())
        (source / "database.dump").write_bytes(b"x" * note["files"]["database.dump"])
    with pytest.raises(BackupUnusable):
        restore(source, data_folder)
    assert not data_folder.exists() or not os.listdir(data_folder)
