"""DATABASE_URL: a Postgres of one's own works like the embedded one, with an ordinary login (data-core.md §2)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.foundation.servers import PlainServer, in_process, installed, plain_server
from underlet.foundation.database.binaries import Binaries
from underlet.foundation.database.doctor import doctor
from underlet.foundation.database.roles import setup_sql
from underlet.foundation.settings import Settings

_USE = """
from underlet.foundation.database.migrate import migrate
from underlet.access.welcome import create_operator
from underlet.access.queries import actor_of
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import reading, system
steps, again = migrate(), migrate()
actor = actor_of(create_operator("operator@localhost", "Operator"))
with reading(actor):
    [seen] = rows("select current_user, session_user")
answer = {"steps": steps, "again": again, "seen": seen}
"""
_TRY = """
from underlet.foundation.database.migrate import migrate
from underlet.kernel.errors import Refusal
try:
    answer = migrate()
except Refusal as refusal:
    answer = refusal.as_dict()
"""


def _oldest_and_newest() -> list[Binaries]:
    found = installed()
    return [found[0], found[-1]] if len(found) > 1 else found


@pytest.fixture(params=_oldest_and_newest(), ids=lambda programs: f"postgres {programs.major}")
def server(request: pytest.FixtureRequest, data_folder: Path) -> Iterator[PlainServer]:
    """A Postgres without our roles, of the oldest and the newest version on this machine."""
    with plain_server(data_folder, request.param) as plain:
        yield plain


def test_a_login_that_may_create_roles_sets_everything_up(server: PlainServer, tmp_path: Path) -> None:
    server.execute("create role ours login createrole", "create database ours owner ours")
    url = server.url("ours", "ours")
    done = in_process(_USE, DATABASE_URL=url, UNDERLET_DATA=str(tmp_path))
    assert done["steps"] > 0
    assert done["again"] == 0
    assert done["seen"] == ["underlet_app", "ours"]
    _is_healthy(url, tmp_path)
    [login] = [
        f for f in doctor(Settings(tmp_path, database_url=server.url(database="ours"))) if f.name == "login"
    ]
    assert not login.ok, "the superuser is found"


def test_an_ordinary_login_is_told_what_an_administrator_runs(server: PlainServer, tmp_path: Path) -> None:
    server.execute("create role ours login", "create database ours owner ours")
    url = server.url("ours", "ours")
    [roles] = [finding for finding in doctor(Settings(tmp_path, database_url=url)) if finding.name == "roles"]
    assert not roles.ok
    assert roles.hint == setup_sql("ours")
    refusal = in_process(_TRY, DATABASE_URL=url, UNDERLET_DATA=str(tmp_path))
    assert (refusal["error"], refusal["hint"]) == ("setup_incomplete", setup_sql("ours"))
    server.execute(setup_sql("ours").partition(": ")[2], database="ours")
    assert in_process(_USE, DATABASE_URL=url, UNDERLET_DATA=str(tmp_path))["seen"] == ["underlet_app", "ours"]
    _is_healthy(url, tmp_path)


def test_the_guide_names_the_same_statements() -> None:
    guide = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "use-your-own-postgres.md"
    statements = [line for line in guide.read_text().splitlines() if line.endswith(";")]
    assert " ".join(statements) == setup_sql("underlet").partition(": ")[2]


def _is_healthy(url: str, data: Path) -> None:
    findings = doctor(Settings(data, database_url=url))
    assert [finding for finding in findings if not finding.ok and finding.name != "disk"] == []
    assert {"version", "encoding", "roles", "login", "migrations"} <= {finding.name for finding in findings}
