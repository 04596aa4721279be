"""The tree of commands: those made from the registry, and those that run an installation."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from underlet import __version__
from underlet.foundation.database import backup as backups
from underlet.foundation.database import embedded
from underlet.foundation.database.doctor import doctor
from underlet.foundation.settings import settings
from underlet.interfaces.cli.billing import import_file, issue, rate
from underlet.interfaces.cli.generated import groups
from underlet.interfaces.cli.output import REFUSED, print_json, print_object, print_table, refuse, status
from underlet.interfaces.cli.serve import serve
from underlet.interfaces.cli.session import prepare
from underlet.interfaces.worker.main import work
from underlet.kernel.errors import Refusal, SetupIncomplete

WRONG_USE = 2


class Root(click.Group):
    """The top command: refusals anywhere leave with exit code 1, wrong use with 2 and, for --json, an object."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **kwargs)
        except click.exceptions.Exit as leave:
            return leave.exit_code
        except click.ClickException as error:
            if "--json" in sys.argv:
                print_json({"error": {"code": "wrong_use", "detail": error.format_message(), "hint": "See --help."}})
            error.show(sys.stderr)
            return WRONG_USE
        except click.Abort:
            return 130
        except Refusal as refusal:
            try:
                refuse(refusal, as_json="--json" in sys.argv)
            except click.exceptions.Exit as leave:
                return leave.exit_code


def build() -> click.Group:
    """The whole command line."""
    root = Root("underlet", help="Bill every level of a reseller chain from real cloud usage.")
    root.params.append(
        click.Option(["--version"], is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Version.")
    )
    for made in (import_file, rate, issue, serve_command, worker, db):
        root.add_command(made)
    for group in groups():
        root.add_command(group)
    return root


def _version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(__version__)
        context.exit()


def progress_bar() -> Progress:
    """The one progress bar; drawn on standard error, so that --json stays clean."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), console=status
    )


@click.command("serve")
@click.option("--host", default=None, help="Address to listen on.")
@click.option("--port", type=int, default=None, help="Port; the next free one is taken.")
def serve_command(host: str | None, port: int | None) -> None:
    """Run web server, worker and database until Ctrl-C."""
    from dataclasses import replace

    prepare(status.print)
    chosen = replace(settings(), host=host or settings().host, port=port or settings().port)
    serve(chosen, lambda address: status.print(f"Underlet is at [bold]{address}[/bold]. Ctrl-C ends it."))


@click.command("worker")
@click.option("--concurrency", type=int, default=1, help="Jobs at a time.")
def worker(concurrency: int) -> None:
    """Run queued jobs until told to stop."""
    prepare()
    work(concurrency=concurrency)


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
    """Start the embedded server and bring it up to this release."""
    data = _embedded_only()
    prepare(status.print)
    server = embedded.attach(data)
    _print({"state": "running", "data": str(data), "socket": str(server.socket_dir)}, as_json)


@db.command("stop")
@_as_json
def db_stop(as_json: bool) -> None:
    """Stop the embedded server."""
    data = _embedded_only()
    embedded.stop(data)
    _print({"state": "stopped", "data": str(data)}, as_json)


@db.command("status")
@_as_json
def db_status(as_json: bool) -> None:
    """Tell whether the embedded server runs."""
    from dataclasses import asdict

    _print(asdict(embedded.status(_embedded_only())), as_json)


@db.command("doctor")
@_as_json
def db_doctor(as_json: bool) -> None:
    """Check version, encoding, roles, rights, disk; say what to do about what is wrong."""
    from dataclasses import asdict

    findings = [asdict(finding) for finding in doctor(settings())]
    healthy = all(finding["ok"] for finding in findings)
    if as_json:
        print_json({"ok": healthy, "findings": findings})
    else:
        print_table(findings)
    if not healthy:
        raise click.exceptions.Exit(REFUSED)


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
