"""The command that makes a structure like a file: send it, follow the job, say what came of it."""

from pathlib import Path
from typing import Any

import click

from underlet.contracts.structure_types import StructureImportView
from underlet.foundation.actor import Actor
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.types import MAX_PAGE_SIZE, to_json
from underlet.foundation.uploads import receive
from underlet.interfaces.cli.billing import chunks_of, finish, only_root
from underlet.interfaces.cli.output import console, print_json, print_table, progress_bar, refuse
from underlet.interfaces.cli.session import acting, prepare
from underlet.kernel.errors import ImportRejected, Refusal, WrongState

_SHOWN = 20
_PROBLEM = ("line", "column", "before", "code", "detail", "hint")
_CHANGE = ("line", "unit", "column", "before", "after")


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, readable=True))
@click.option("--unit", "unit_id", default="", metavar="UNIT_ID", help="Below which unit; default: your only one.")
@click.option("--check", "is_check", is_flag=True, help="Say what would happen and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--as", "email", default="", metavar="EMAIL", help="Act as this person.")
def import_structure(file: Path, unit_id: str, is_check: bool, as_json: bool, email: str) -> None:
    """Make the structure below this unit like a file, CSV or XLSX: all of it or nothing.

    Units are recognized by id or name; the same file again changes nothing. Every line that cannot be done is named.
    """
    body: dict[str, Any] = {}
    try:
        prepare()
        actor = acting(email)
        view = take_in(actor, unit_id or only_root(actor), file, is_check=is_check)
        found = _findings(actor, view)
        body = {**to_json(view), "findings": found}
    except Refusal as refusal:
        refuse(refusal, as_json=as_json)
        return
    if view.state == "rejected":
        if not as_json:
            _print_findings(found, _PROBLEM, view.problems)
        refuse(
            ImportRejected(hint="Correct the lines named and import the file again."), as_json=as_json, extra=body
        )
    elif as_json:
        print_json(body)
    else:
        _print(view, found)


def take_in(actor: Actor, unit_id: str, file: Path, *, is_check: bool) -> StructureImportView:
    """Send a local file, import it below a unit or try to, and wait until that is settled, with a progress bar."""
    with progress_bar() as bars:
        bar = bars.add_task(f"Receiving {file.name}", total=max(1, file.stat().st_size))
        upload = receive(actor, chunks_of(file, lambda size: bars.advance(bar, size)), file.name)
        name = "structure.check" if is_check else "structure.import"
        started: StructureImportView = run(name, actor, unit_id, {"upload": str(upload.id)}).result
        bars.update(
            bar, description=f"{'Checking' if is_check else 'Importing'} {file.name}", completed=0, total=100
        )
        assert started.job_id  # both always queue one
        finish(started.job_id, lambda done, total, _: bars.update(bar, completed=done, total=max(1, total)))
        bars.update(bar, completed=100, total=100)
    view: StructureImportView = ask("structure_import.show", actor, str(started.id))
    if view.state == "received":
        job = ask("job.show", actor, str(started.job_id))
        raise WrongState(str((job.error or {}).get("detail", "The file could not be imported.")))
    return view


def _findings(actor: Actor, view: StructureImportView) -> list[dict[str, Any]]:
    """Every finding as plain data."""
    found: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        page = ask("structure_import.findings", actor, str(view.id), {"after": after, "limit": MAX_PAGE_SIZE})
        found += to_json(page.items)
        after = page.next
    return found


def _print(view: StructureImportView, found: list[dict[str, Any]]) -> None:
    done = view.state == "done"
    counts = f"{view.created:,} new, {view.changed:,} changed, {view.moved:,} moved, {view.unchanged:,} unchanged"
    console.print(f"{view.name}: {counts}." + ("" if done else " Nothing was changed: this was a dry run."))
    if view.fields:
        console.print("Changed: " + ", ".join(f"{one.column} {one.count:,}" for one in view.fields))
    if view.contracts_ended or view.drafts_made:
        console.print(
            f"Contracts: {view.contracts_ended:,} {'end' if done else 'would end'}, {view.drafts_made:,} drafts."
        )
    _print_findings(found, _CHANGE, len(found))


def _print_findings(found: list[dict[str, Any]], names: tuple[str, ...], count: int) -> None:
    if not found:
        return
    print_table([{name: row[name] for name in names} for row in found[:_SHOWN]])
    if count > _SHOWN:
        console.print(f"The first {_SHOWN} of {count:,}; --json prints all.")


class FileOrUpload(click.Command):
    """A command that takes a file, or, told an upload by `--upload` or `--data`, the unit's id like all others."""

    def __init__(self, own: click.Command, made: click.Command) -> None:
        super().__init__(own.name, params=own.params, help=own.help)
        self._own, self._made = own, made

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the command that is meant."""
        meant = self._made if any(one.startswith(("--upload", "--data")) for one in args) else self._own
        return meant.make_context(info_name, args, parent, **extra)
