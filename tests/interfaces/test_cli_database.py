"""`underlet db …`: with --json one object on standard output and nothing else; exit codes 0, 1."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.foundation.conftest import data_folder  # noqa: F401 - a fixture
from underlet.foundation.database import embedded
from underlet.foundation.database.cluster import Paths
from underlet.foundation.settings import Settings, settings
from underlet.interfaces.cli import database as commands
from underlet.interfaces.cli.output import REFUSED
from underlet.kernel.errors import SetupIncomplete


def _db(*arguments: str, code: int = 0) -> Any:
    result = CliRunner().invoke(commands.db, [*arguments, "--json"])
    assert result.exit_code == code, (result.output, result.exception)
    return json.loads(result.stdout)


def test_start_and_status_tell_where_the_server_is(database: None) -> None:
    started, found = _db("start"), _db("status")
    assert started["state"] == found["state"] == "running"
    assert started["socket"] == found["socket_dir"]
    assert Paths(settings().data).keep.exists(), "it stays when the command has ended"


def test_stop_stops_and_the_next_user_starts_it_again(database: None) -> None:
    assert _db("stop")["state"] == "stopped"
    assert _db("status")["state"] == "stopped"
    embedded.attach(settings().data, fsync=False)


def test_doctor_leaves_with_1_when_something_is_wrong(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=usage.total // 2))
    answer = _db("doctor")
    assert answer["ok"]
    assert {"name", "ok", "detail", "hint"} == set(answer["findings"][0])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=0))
    answer = _db("doctor", code=REFUSED)
    assert not answer["ok"]
    assert answer["error"]["code"] == "setup_incomplete"
    assert "disk" in answer["error"]["detail"]


def test_backup_and_restore(
    database: None,
    data_folder: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """F7, by its commands."""
    assert _db("backup", str(tmp_path / "backup"))["bytes"] > 100_000
    monkeypatch.setattr(commands, "settings", lambda: Settings(data_folder))
    assert _db("restore", str(tmp_path / "backup"))["data"] == str(data_folder)
    assert embedded.status(data_folder).state == "running"


def test_a_postgres_of_ones_own_is_left_to_its_own_tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chosen = Settings(tmp_path, database_url="postgresql://ours@/ours")
    monkeypatch.setattr(commands, "settings", lambda: chosen)
    for command in (["start"], ["stop"], ["status"], ["backup", str(tmp_path / "backup")]):
        result = CliRunner().invoke(commands.db, command)
        assert isinstance(result.exception, SetupIncomplete)
