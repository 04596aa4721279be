"""The doctor names what is wrong with an installation's database and what to do; with DATABASE_URL see
test_own_postgres.py."""

import shutil
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from underlet.foundation.database import embedded
from underlet.foundation.database.doctor import Finding, doctor
from underlet.foundation.settings import Settings, settings

_Usage = namedtuple("_Usage", "total used free")


def _findings(chosen: Settings) -> dict[str, Finding]:
    return {finding.name: finding for finding in doctor(chosen)}


def test_a_sound_installation_has_nothing_wrong(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(100, 50, 50))
    found = _findings(settings())
    assert [finding for finding in found.values() if not finding.ok or finding.hint] == []
    assert set(found) == {
        "disk", "programs", "socket", "server answers", "version", "encoding", "roles", "login", "migrations",
    }  # fmt: skip


def test_a_full_disk_is_found(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """F2: below 10 % free, imports stop."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(1000, 901, 99))
    finding = _findings(settings())["disk"]
    assert not finding.ok
    assert "10 %" in finding.hint


def test_pending_migrations_are_found(server_folder: Path) -> None:
    """A server that was only started has none of the tables yet."""
    finding = _findings(Settings(server_folder, fsync=False))["migrations"]
    assert not finding.ok
    assert "underlet serve" in finding.hint


def test_rights_that_row_level_security_does_not_bind_are_found(server_folder: Path) -> None:
    with psycopg.connect(embedded.attach(server_folder).superuser_conninfo(), autocommit=True) as connection:
        connection.execute("alter role underlet bypassrls")
        found = _findings(Settings(server_folder, fsync=False))["login"]
        connection.execute("alter role underlet nobypassrls")
    assert not found.ok
    assert "BYPASSRLS" in found.detail


def test_an_open_socket_folder_is_found(server_folder: Path) -> None:
    socket_dir = embedded.attach(server_folder).socket_dir
    socket_dir.chmod(0o755)
    try:
        finding = _findings(Settings(server_folder, fsync=False))["socket"]
    finally:
        socket_dir.chmod(0o700)
    assert not finding.ok
    assert "chmod 700" in finding.hint


def test_a_database_of_another_encoding_is_found(server_folder: Path) -> None:
    server = embedded.attach(server_folder)
    with psycopg.connect(server.superuser_conninfo("postgres"), autocommit=True) as connection:
        connection.execute(
            "create database latin encoding 'LATIN1' template template0"
            " locale_provider libc lc_collate 'C' lc_ctype 'C'"
        )
    url = server.superuser_conninfo("latin")
    assert not _findings(replace(settings(), database_url=url))["encoding"].ok


def test_a_server_that_does_not_answer_is_a_finding_and_no_failure(tmp_path: Path) -> None:
    found = _findings(Settings(tmp_path, database_url=f"postgresql://ours@/ours?host={tmp_path}"))
    assert not found["server answers"].ok
    assert "DATABASE_URL" in found["server answers"].hint
    assert "version" not in found


def test_a_start_that_fails_is_a_finding_with_its_reason(data_folder: Path) -> None:
    (data_folder / "pg").mkdir(parents=True)
    (data_folder / "pg" / "letter.txt").write_text("Dear")
    finding = _findings(Settings(data_folder))["server answers"]
    assert not finding.ok
    assert "is not a database" in finding.detail
