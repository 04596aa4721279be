"""Checks of an installation's database, each with what to do about it; changes nothing."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db.migrations.loader import MigrationLoader

from underlet.foundation.database.binaries import MINIMUM_MAJOR
from underlet.foundation.database.cluster import Paths, binaries_for
from underlet.foundation.database.embedded import attach
from underlet.foundation.database.roles import missing_roles, setup_sql
from underlet.foundation.settings import Settings
from underlet.kernel.errors import Refusal

ENOUGH_FREE = 10  # percent; intake stops below (trust.md F2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. detail: what was found. hint: what to do, empty when ok."""

    name: str
    ok: bool
    detail: str
    hint: str = ""


def doctor(settings: Settings) -> list[Finding]:
    """Check programs, socket, disk, server version, encoding, roles, the login's rights and pending migrations.

    Starts the embedded server if it does not run. What cannot be checked because the server does not answer is
    left out; that it does not answer is a finding.
    """
    findings = [_disk(settings)]
    try:
        conninfo = settings.database_url or _embedded(settings, findings)
        with psycopg.connect(conninfo, autocommit=True, connect_timeout=5) as connection:
            findings.append(Finding("server answers", True, "yes"))
            findings += _server(connection)
    except Refusal as refusal:
        findings.append(Finding("server answers", False, refusal.detail, refusal.hint))
    except psycopg.OperationalError as error:
        hint = (
            "Check DATABASE_URL, and that the server runs and lets this login in." if settings.database_url else ""
        )
        findings.append(Finding("server answers", False, str(error).strip(), hint or f"See {settings.data}/run."))
    return findings


def _disk(settings: Settings) -> Finding:
    folder = next(path for path in (settings.data, *settings.data.parents) if path.exists())
    usage = shutil.disk_usage(folder)
    percent = 100 * usage.free // usage.total
    detail = f"{percent} % of {settings.data}'s disk are free ({usage.free // 10**6:,} MB)"
    return _finding("disk", percent >= ENOUGH_FREE, detail, f"Make room: imports stop below {ENOUGH_FREE} %.")


def _embedded(settings: Settings, findings: list[Finding]) -> str:
    server = attach(settings.data, fsync=settings.fsync)
    programs = binaries_for(Paths(settings.data), settings.pg_bin)
    findings.append(Finding("programs", True, f"Postgres {programs.version} in {programs.folder}"))
    mode = server.socket_dir.stat().st_mode & 0o777
    findings.append(
        _finding(
            "socket", mode == 0o700, f"{server.socket_dir}, mode {mode:o}", f"Run chmod 700 {server.socket_dir}."
        )
    )
    return server.conninfo(role="none")


def _server(connection: "psycopg.Connection[Any]") -> Iterator[Finding]:
    version = connection.info.server_version
    yield _finding(
        "version",
        version >= MINIMUM_MAJOR * 10000,
        f"Postgres {version // 10000}.{version % 10000}",
        f"Move to Postgres {MINIMUM_MAJOR} or newer.",
    )
    encoding = connection.info.parameter_status("server_encoding") or "unknown"
    yield _finding("encoding", encoding == "UTF8", encoding, "Make the database anew with encoding UTF8.")
    missing = missing_roles(connection)
    login = connection.info.user
    detail = f"missing: {', '.join(missing)}" if missing else "all there"
    yield _finding("roles", not missing, detail, setup_sql(login))
    yield _login(connection, login)
    if not missing:
        yield _migrations(connection)


def _login(connection: "psycopg.Connection[Any]", login: str) -> Finding:
    query = "select rolsuper, rolbypassrls from pg_roles where rolname = session_user"
    superuser, bypasses = connection.execute(query).fetchone() or (True, True)
    rights = [name for name, has in (("superuser", superuser), ("BYPASSRLS", bypasses)) if has]
    return _finding(
        "login",
        not rights,
        f"{login} is {' and '.join(rights)}" if rights else f"{login} has no special rights",
        "Row-level security does not bind such a login: give Underlet an ordinary one.",
    )


def _migrations(connection: "psycopg.Connection[Any]") -> Finding:
    connection.execute("set role underlet_owner")
    known = connection.execute("select to_regclass('django_migrations')").fetchone()
    applied = (
        connection.execute("select app, name from django_migrations").fetchall() if known and known[0] else []
    )
    pending = set(MigrationLoader(None).disk_migrations) - set(applied)
    return _finding(
        "migrations",
        not pending,
        f"{len(pending)} pending",
        "Run underlet serve, which brings the tables up to this release.",
    )


def _finding(name: str, ok: bool, detail: str, hint: str) -> Finding:
    return Finding(name, ok, detail, "" if ok else hint)
