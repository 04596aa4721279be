"""Commands that run an installation's database: start, stop, status, doctor, backup, restore."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from underlet.foundation.database import backup as backups
from underlet.foundation.database import embedded
from underlet.foundation.database.doctor import doctor
from underlet.foundation.settings import settings
from underlet.interfaces.cli.output import print_json, print_object, print_table, refuse
from underlet.interfaces.cli.session import prepare
from underlet.kernel.errors import SetupIncomplete


@click.group("db")
def db() -> None:
    """Start, stop, check, back up and restore the embedded database."""


def _embedded_only() -> Path:
    if settings().database_url:
        raise SetupIncomplete(
            "DATABASE_URL names a Postgres of your own; this command is for the embedded one.",
            hint="Use that server's own tools, or unset DATABASE_URL.",
        )
    return settings().data


def _print(body: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(json.loads(json.dumps(body, default=str)))
    else:
        print_object(body)


_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@db.command("start")
@_as_json
def db_start(as_json: bool) -> None:
    """Start the embedded server, bring it up to this release, and keep it running until `db stop`."""
    data = _embedded_only()
    prepare()
    server = embedded.attach(data)
    embedded.keep(data)
    _print({"state": "running", "data": str(data), "socket": str(server.socket_dir)}, as_json)


@db.command("stop")
@_as_json
def db_stop(as_json: bool) -> None:
    """Stop the embedded server; whoever needs it starts it again."""
    data = _embedded_only()
    embedded.stop(data)
    _print({"state": "stopped", "data": str(data)}, as_json)


@db.command("status")
@_as_json
def db_status(as_json: bool) -> None:
    """Tell whether the embedded server runs."""
    _print(asdict(embedded.status(_embedded_only())), as_json)


@db.command("doctor")
@_as_json
def db_doctor(as_json: bool) -> None:
    """Check version, encoding, roles, rights, disk; say what to do about what is wrong."""
    findings = [asdict(finding) for finding in doctor(settings())]
    wrong = [finding["name"] for finding in findings if not finding["ok"]]
    body = {"ok": not wrong, "findings": findings}
    if not as_json:
        print_table(findings)
    if wrong:
        refusal = SetupIncomplete(
            f"Not as it should be: {', '.join(wrong)}.", hint="Follow the hints beside them."
        )
        refuse(refusal, as_json=as_json, extra=body)
    elif as_json:
        print_json(body)


@db.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@_as_json
def db_backup(target: Path, as_json: bool) -> None:
    """Write a complete backup (database, usage, documents, secrets) to a new folder."""
    data = _embedded_only()
    prepare()
    written = backups.backup(data, target)
    _print({"backup": str(target), "bytes": written}, as_json)


@db.command("restore")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@_as_json
def db_restore(source: Path, as_json: bool) -> None:
    """Restore a backup into an empty data folder."""
    backups.restore(source, _embedded_only())
    _print({"restored": str(source), "data": str(settings().data)}, as_json)
