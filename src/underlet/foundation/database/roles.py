"""The database roles, created once; nothing here runs with more rights than it needs afterwards."""

from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
from psycopg import sql

from underlet.foundation.database.cluster import DATABASE
from underlet.kernel.errors import SetupIncomplete

if TYPE_CHECKING:
    from underlet.foundation.database.server import Server

ROLES = ("underlet_owner", "underlet_app", "underlet_system", "underlet_session")
LOGIN = "underlet"
_SCHEMA: tuple[LiteralString, ...] = (  # the owner last: who gives a schema away cannot grant on it any more
    "grant create, usage on schema public to underlet_system",
    "grant usage on schema public to underlet_app, underlet_session",
    # A temporary table comes before all others of its name, for functions that run as the system as well.
    "do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$",
    "alter schema public owner to underlet_owner",
)


def missing_roles(connection: "psycopg.Connection[Any]") -> list[str]:
    """Names of roles that do not exist yet."""
    found = connection.execute("select rolname from pg_roles where rolname = any (%s)", [list(ROLES)]).fetchall()
    return [name for name in ROLES if name not in {row[0] for row in found}]


def _grant(connection: "psycopg.Connection[Any]", role: str, member: str) -> None:
    # From 16 on a membership says itself whether it is inherited; before, NOINHERIT of the member does.
    options = " with inherit false, set true" if connection.info.server_version >= 160000 else ""
    connection.execute(sql.SQL("grant {} to {}" + options).format(sql.Identifier(role), sql.Identifier(member)))


def ensure_roles(connection: "psycopg.Connection[Any]", login: str = LOGIN, *, create_login: bool = True) -> None:
    """Create the roles and their memberships, as a superuser or a login that may create roles; idempotent."""
    for name in missing_roles(connection):
        connection.execute(sql.SQL("create role {} nologin noinherit").format(sql.Identifier(name)))
    exists = connection.execute("select 1 from pg_roles where rolname = %s", [login]).fetchone()
    if exists is None and create_login:
        connection.execute(sql.SQL("create role {} login noinherit").format(sql.Identifier(login)))
    for name in ROLES:
        _grant(connection, name, login)
    # The owner hands definer functions to the system role, which must be able to own them.
    _grant(connection, "underlet_system", "underlet_owner")


def ensure_schema(connection: "psycopg.Connection[Any]") -> None:
    """Give the public schema of the connected database to the owner role; needs the database's owner or more."""
    for statement in _SCHEMA:
        connection.execute(statement)


def prepare_server(server: "Server") -> int:
    """See to roles and database of an embedded server; idempotent. Returns the server's version, e.g. 180004.

    Raises psycopg.OperationalError while the server does not answer.
    """
    with psycopg.connect(server.superuser_conninfo("postgres"), autocommit=True, connect_timeout=5) as connection:
        ensure_roles(connection)
        if connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone() is None:
            connection.execute(
                sql.SQL("create database {} owner underlet_owner template template0").format(
                    sql.Identifier(DATABASE)
                )
            )
        version = connection.info.server_version
    with psycopg.connect(server.superuser_conninfo(), autocommit=True, connect_timeout=5) as connection:
        ensure_schema(connection)
    return version


def require_roles(conninfo: str) -> None:
    """Make sure that a Postgres of one's own has the roles. Raises SetupIncomplete with the SQL to run."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        if not missing_roles(connection):
            return
        login = connection.info.user
        row = connection.execute(
            "select rolcreaterole or rolsuper from pg_roles where rolname = current_user"
        ).fetchone()
        if row and row[0]:
            ensure_roles(connection, login, create_login=False)
            ensure_schema(connection)
            return
        raise SetupIncomplete(
            "The database roles do not exist, and this login may not create them.", hint=setup_sql(login)
        )


def setup_sql(login: str) -> str:
    """What a database administrator runs once, as text."""
    lines = [f"create role {name} nologin noinherit;" for name in ROLES]
    lines += [f'grant {name} to "{login}";' for name in ROLES]
    lines += [
        f'alter role "{login}" noinherit;',
        "grant underlet_system to underlet_owner;",
        *(f"{statement};" for statement in _SCHEMA),
    ]
    return "Run as a superuser in the database of Underlet: " + " ".join(lines)
