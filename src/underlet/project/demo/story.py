"""The demo from an empty installation to issued invoices, in steps that may each be repeated without effect."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from underlet.foundation.actor import Actor
from underlet.foundation.clock import frozen
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.settings import settings
from underlet.foundation.types import to_json
from underlet.foundation.uploads import receive
from underlet.kernel.errors import FolderNotEmpty, WrongState
from underlet.project.demo import stage
from underlet.project.demo.cast import (
    Cast,
    assign_owners,
    create_structure,
    dress,
    give_passwords,
    hold_together,
    make_contracts,
)
from underlet.project.demo.catalogue import PROVIDERS
from underlet.project.demo.generator import file_name, generate

Listener = Callable[[int, int, str], None]
_CHUNK = 1 << 20


class Stages(Protocol):
    """Shows which stage the demo is at, and how far a long one is."""

    def __call__(self, text: str) -> AbstractContextManager[Listener]: ...


def play(operator: Actor, lines: int, stages: Stages) -> dict[str, Any]:
    """Bring the cast's month to issued invoices with PDFs and return its summary, as plain JSON data.

    lines: of generated usage, in all files together. Repeating it does only what is missing.
    Raises FolderNotEmpty in an installation of somebody else's, another Refusal if somebody changed the demo's data
    so that a step is no longer possible.
    """
    _check_own_folder(operator)
    with stages("Setting up the cast"):
        with frozen(datetime.combine(date.fromisoformat(stage.STARTS_ON), time(), UTC)):
            cast = create_structure(operator)  # there since its contracts begin, so that one can look back
            hold_together(cast)
        give_passwords()
        dress(cast)
        make_contracts(cast)
    import_month(cast, lines, stages)
    with stages("Assigning sub-accounts to their owners"):
        assign_owners(cast)
    bill(cast, stages)
    return summary(cast)


def _check_own_folder(operator: Actor) -> None:
    names = {row.name for row in ask("unit.mine", operator).items}
    if names and stage.unit_name("fjord") not in names:
        raise FolderNotEmpty(
            "This data folder holds an installation that is not the demo's.",
            hint="Give the demo a folder of its own, for example UNDERLET_DATA=./demo.",
        )


def import_month(cast: Cast, lines: int, stages: Stages) -> None:
    """Generate the month's files, send them and take them in, unless they are in already."""
    ada, root = cast.people["ada"], cast.units["fjord"]
    earlier = {row.name: row for row in ask("import.list", ada, root, {"limit": 100}).items}
    missing = {file_name(provider, stage.MONTH) for provider in PROVIDERS} - set(earlier)
    for row in earlier.values():
        if row.status == "received":  # an earlier start was interrupted
            _finish(row.job_id, f"Importing {row.name}", stages)
    if not missing:
        return
    folder = settings().data / "demo"
    with stages(f"Generating {lines:,} usage lines of three providers"):
        paths = generate(folder, stage.MONTH, lines)
    for path in paths:
        if path.name in missing:
            _import(ada, root, path, stages)
    shutil.rmtree(folder)


def _import(actor: Actor, root: str, path: Path, stages: Stages) -> None:
    with path.open("rb") as file:
        upload = receive(actor, iter(lambda: file.read(_CHUNK), b""), path.name)
    started = run("import.create", actor, root, {"upload": str(upload.id)}).body
    _finish(started["job_id"], f"Importing {path.name}", stages)


def bill(cast: Cast, stages: Stages) -> None:
    """Rate the month through both chains, issue every invoice, render the PDFs."""
    ada, month = cast.people["ada"], str(stage.MONTH)
    started = run("billing_run.start", ada, cast.units["fjord"], {"period": month}, key=f"cast run {month}").body
    _finish(started["job_id"], "Rating the month through the contracts", stages)
    issue = {"issued_on": stage.ISSUED_ON}
    with stages("Issuing invoices"):
        issued = run("invoice.issue_run", ada, started["id"], issue, key=f"cast issue {month}").body
    _finish(issued["job_id"], "Rendering PDFs", stages)


def _finish(job_id: UUID | str | None, text: str, stages: Stages) -> None:
    """Run a job in this process. Raises WrongState with the job's own words when it failed."""
    if job_id is None:
        return
    with stages(text) as listener:
        state = run_job(UUID(str(job_id)), listener)
    if state != "done":
        raise WrongState(
            f"“{text}” ended as {state}.", hint="Look at underlet job list; try again in a new data folder."
        )


def summary(cast: Cast) -> dict[str, Any]:
    """What the month came to: each party's contracts, the provider's cost, what nobody owns, who may sign in."""
    month = {"period": str(stage.MONTH)}
    parties = {
        unit: ask("billing.summary", cast.seller_of(unit), cast.units[unit], month) for unit in stage.SELLERS
    }
    root = parties["fjord"]
    return {
        "period": root.period,
        "currency": root.currency,
        "contracts": [to_json(row) for party in parties.values() for row in party.contracts],
        "margins": [
            {"party": stage.unit_name(unit), "currency": party.currency, "margin": to_json(party.margin)}
            for unit, party in parties.items()
        ],
        "provider_costs": to_json(root.provider_costs),
        "sign_in": [
            {
                "name": person.name,
                "email": person.email,
                "role": person.role,
                "unit": stage.unit_name(person.units[0]),
            }
            for person in stage.PEOPLE
            if person.key in stage.SHOWN_PEOPLE
        ],
    }
