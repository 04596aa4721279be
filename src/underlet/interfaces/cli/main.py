"""The tree of commands: those made from the registry, and those that run an installation."""

import sys
from typing import Any

import click

from underlet import __version__
from underlet.foundation.settings import settings
from underlet.interfaces.cli.billing import import_file, issue, rate
from underlet.interfaces.cli.database import db
from underlet.interfaces.cli.generated import groups
from underlet.interfaces.cli.output import print_json, refuse, status
from underlet.interfaces.cli.serve import serve
from underlet.interfaces.cli.session import prepare
from underlet.interfaces.cli.structure import FileOrUpload, import_structure
from underlet.kernel.errors import Refusal

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
                print_json(
                    {"error": {"code": "wrong_use", "detail": error.format_message(), "hint": "See --help."}}
                )
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
        click.Option(
            ["--version"], is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Version."
        )
    )
    nouns = groups()
    for group in nouns.values():
        root.add_command(group)
    nouns["import"].set_default(import_file)
    structure = nouns["structure"]
    structure.add_command(FileOrUpload(import_structure, structure.commands["import"]))
    for made in (rate, issue, serve_command, db):
        root.add_command(made)
    return root


def _version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(__version__)
        context.exit()


@click.command("serve")
@click.option("--host", default=None, help="Address to listen on.")
@click.option("--port", type=int, default=None, help="Port; the next free one is taken.")
def serve_command(host: str | None, port: int | None) -> None:
    """Run web server, worker and database until Ctrl-C."""
    from dataclasses import replace

    prepare()
    chosen = replace(settings(), host=host or settings().host, port=port or settings().port)
    serve(chosen, lambda address: status.print(f"Underlet is at [bold]{address}[/bold]. Ctrl-C ends it."))
