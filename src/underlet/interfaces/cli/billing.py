"""The commands of the monthly work: take a billing file in, rate, issue."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from underlet.foundation.actor import Actor
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.types import to_json
from underlet.foundation.uploads import receive
from underlet.interfaces.cli.output import (
    console,
    print_json,
    print_object,
    print_table,
    progress_bar,
    refuse,
    status,
)
from underlet.interfaces.cli.session import acting, prepare
from underlet.kernel.errors import ImportRejected, InvalidInput, Refusal, WrongState
from underlet.rating.types import RunView
from underlet.usage.types import CostTotal, ImportView

ROOT_NAME = "Root"
_CHUNK = 1 << 20
_ZERO = {field.name: "0" for field in fields(CostTotal) if field.name != "currency"}
_SHOWN_ERRORS = 10
_INVOICE_COLUMNS = {
    "issued": ("number", "seller", "buyer", "net", "vat", "gross", "currency", "due_on"),
    "held": ("seller", "buyer", "net", "currency", "hold"),
}


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, readable=True))
@click.option("--unit", "unit_id", default="", metavar="UNIT_ID", help="The root that the provider bills.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--as", "email", default="", metavar="EMAIL", help="Act as this person.")
def import_file(file: Path, unit_id: str, as_json: bool, email: str) -> None:
    """Check a billing file (FOCUS 1.0 to 1.3: CSV, gzipped CSV, Parquet) and make its lines the active ones.

    All or nothing: a refused file changes nothing, and the same file again changes nothing.
    """
    body: dict[str, Any] = {}
    try:
        prepare()
        actor = acting(email)
        view = take_in(actor, unit_id or _billed_root(actor), file)
        body = import_body(view)
    except Refusal as refusal:
        refuse(refusal, as_json=as_json)
        return
    if view.status == "rejected":
        job = ask("job.show", actor, str(view.job_id))
        rejection = ImportRejected(job.error["detail"], hint=job.error["hint"])
        if not as_json:
            print_table(body["errors"][:_SHOWN_ERRORS])
        refuse(rejection, as_json=as_json, extra=body)
    if as_json:
        print_json(body)
    else:
        _print(body)


@click.command("rate")
@click.argument("period", metavar="PERIOD")
@click.option("--unit", "unit_id", default="", metavar="UNIT_ID", help="The root whose chain is billed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--as", "email", default="", metavar="EMAIL", help="Act as this person.")
def rate(period: str, unit_id: str, as_json: bool, email: str) -> None:
    """Price a month's usage (PERIOD like 2026-04) through all contracts and draft its invoices.

    Repeatable: a later run replaces the drafts of the month and leaves issued invoices alone.
    """
    try:
        prepare()
        actor = acting(email)
        view = perform_run(actor, unit_id or only_root(actor), period)
    except Refusal as refusal:
        refuse(refusal, as_json=as_json)
        return
    body = to_json(view)
    if as_json:
        print_json(body)
    else:
        print_object(body)


@click.command("issue")
@click.argument("period", metavar="PERIOD")
@click.option("--unit", "unit_id", default="", metavar="UNIT_ID", help="The root whose chain is billed.")
@click.option("--issued-on", default="", metavar="DATE", help="Document date; default: today at each seller.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--as", "email", default="", metavar="EMAIL", help="Act as this person.")
def issue(period: str, unit_id: str, issued_on: str, as_json: bool, email: str) -> None:
    """Issue every draft of a month (PERIOD like 2026-04) that nothing holds, and render the PDFs."""
    try:
        prepare()
        actor = acting(email)
        body = issue_month(actor, unit_id or only_root(actor), period, issued_on)
    except Refusal as refusal:
        refuse(refusal, as_json=as_json)
        return
    if as_json:
        print_json(body)
        return
    hidden = body["issued_count"] - len(body["issued"])
    console.print(f"{body['issued_count']} invoices issued, {body['held_count']} held.")
    if hidden:
        console.print(f"{hidden} of them are between other parties; their prices are not yours to see.")
    for name in ("issued", "held"):
        if body[name]:
            console.print(f"[bold]{name.title()}[/bold]")
            print_table([{column: row[column] for column in _INVOICE_COLUMNS[name]} for row in body[name]])


def perform_run(actor: Actor, unit_id: str, period: str) -> RunView:
    """Start a month's billing run and do its work here, with a progress bar. Raises what stopped it."""
    started: RunView = run("billing_run.start", actor, unit_id, {"period": period}).result
    assert started.job_id is not None  # billing_run.start always queues one
    _with_bar(actor, started.job_id, f"Rating {period}")
    view: RunView = ask("billing_run.show", actor, str(started.id))
    return view


def issue_month(actor: Actor, unit_id: str, period: str, issued_on: str = "") -> dict[str, Any]:
    """Issue the drafts of the month's current run and render their PDFs here; the answer as plain data."""
    runs = ask("billing_run.list", actor, unit_id, {"period": period}).items
    current = next((row for row in runs if row.is_current), None)
    if current is None:
        hint = f"Run `underlet rate {period}` first."
        raise WrongState(f"There is no finished billing run of {period}.", hint=hint)
    data = {"issued_on": issued_on} if issued_on else {}
    answer: dict[str, Any] = run("invoice.issue_run", actor, str(current.id), data).body
    if answer["job_id"]:
        _with_bar(actor, UUID(answer["job_id"]), "Rendering PDFs")
    return answer


def _with_bar(actor: Actor, job_id: UUID, title: str) -> None:
    """Run a job here behind a progress bar. Raises the refusal that it ended with."""
    with progress_bar() as bars:
        bar = bars.add_task(title, total=100)
        finish(job_id, lambda done, total, _: bars.update(bar, completed=done, total=max(1, total)))
        bars.update(bar, completed=100, total=100)
    job = ask("job.show", actor, str(job_id))
    if job.state == "failed":
        error = job.error or {}
        raise WrongState(str(error.get("detail", "")), hint=str(error.get("hint", "")))


def only_root(actor: Actor) -> str:
    """The only unit that the actor could mean. Raises InvalidInput naming the choices."""
    homes = ask("unit.mine", actor).items
    if len(homes) != 1:
        names = ", ".join(f"{home.name} ({home.id})" for home in homes) or "none"
        raise InvalidInput(
            "Which hierarchy is meant?",
            fields={"unit": f"Yours: {names}"},
            hint="Add --unit and the id of its root.",
        )
    return str(homes[0].id)


def take_in(actor: Actor, unit_id: str, file: Path) -> ImportView:
    """Send a local file, import it at a unit and wait until it is settled, with a progress bar on standard error."""
    with progress_bar() as bars:
        bar = bars.add_task(f"Receiving {file.name}", total=max(1, file.stat().st_size))
        upload = receive(actor, chunks_of(file, lambda size: bars.advance(bar, size)), file.name)
        created: ImportView = run("import.create", actor, unit_id, {"upload": str(upload.id)}).result
        bars.update(bar, description=f"Checking {file.name}", completed=0, total=100)
        assert created.job_id  # import.create always queues one
        finish(created.job_id, lambda done, total, _: bars.update(bar, completed=done, total=total))
        bars.update(bar, completed=100, total=100)
    view: ImportView = ask("import.show", actor, str(created.id))
    if view.status == "received":
        job = ask("job.show", actor, str(created.job_id))
        raise WrongState(str((job.error or {}).get("detail", "The file could not be loaded.")))
    return view


def import_body(view: ImportView) -> dict[str, Any]:
    """An import as `underlet import --json` prints it; amounts are exact decimal strings, by currency."""
    return {
        "import_id": str(view.id),
        "status": view.status,
        "file": view.name,
        "format": view.profile,
        "rows": view.rows,
        "totals": _by_currency(view.totals),
        "unassigned": {total.currency: _ZERO for total in view.totals} | _by_currency(view.unassigned),
        "errors": to_json(view.errors),
        "warnings": to_json(view.warnings),
        "same_as": to_json(view.same_as),
    }


def _by_currency(totals: Sequence[CostTotal]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for total in totals:
        body = to_json(total)
        found[body.pop("currency")] = body
    return found


def _billed_root(actor: Actor) -> str:
    """The only unit that the actor could mean; a fresh installation gets its first hierarchy, which is said aloud."""
    homes = ask("unit.mine", actor).items
    if len(homes) == 1:
        return str(homes[0].id)
    if homes:
        names = ", ".join(f"{home.name} ({home.id})" for home in homes)
        raise InvalidInput(
            "There are several units this file could belong to.",
            fields={"unit": f"Name one of: {names}"},
            hint="Add --unit and the id of the root that the provider bills.",
        )
    if not actor.is_operator:
        raise WrongState("You have no unit here.", hint="Ask an administrator for access.")
    created = run("hierarchy.create", actor, None, {"name": ROOT_NAME}).body
    status.print(f"This installation had no hierarchy yet; “{ROOT_NAME}” was created, with EUR as its currency.")
    return str(created["root_id"])


def finish(job_id: UUID, listener: Callable[[int, int, str], None]) -> None:
    """Run a job here; if a worker has taken it already, wait for that one."""
    while run_job(job_id, listener) == "running":
        time.sleep(0.3)


def chunks_of(file: Path, on_chunk: Callable[[int], None]) -> Iterator[bytes]:
    """The bytes of a local file, piece by piece; on_chunk is told the size of each."""
    with file.open("rb") as source:
        while chunk := source.read(_CHUNK):
            on_chunk(len(chunk))
            yield chunk


def _print(body: Mapping[str, Any]) -> None:
    if body["status"] == "unchanged":
        console.print(f"{body['file']}: the same content is active already; nothing was changed.")
    else:
        console.print(f"{body['file']}: {body['rows']:,} lines ({body['format']}) are active.")
    print_table([{"currency": currency, **amounts} for currency, amounts in body["totals"].items()])
    if any(amounts != _ZERO for amounts in body["unassigned"].values()):
        console.print("Of that, without an owner:")
        print_table([{"currency": currency, **amounts} for currency, amounts in body["unassigned"].items()])
    if body["warnings"]:
        console.print("Peculiarities, counted:")
        print_table(
            [{name: row[name] for name in ("value", "column", "reason", "hint")} for row in body["warnings"]]
        )
