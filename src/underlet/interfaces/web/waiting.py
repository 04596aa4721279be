"""What waits for the reader, in words, each with the way to where it is done (P22, P24)."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from underlet.interfaces.web.parts import Task
from underlet.reporting.types import ToDo


def tasks_of(address: Callable[[str], str], to_do: Sequence[ToDo]) -> tuple[Task, ...]:
    """The to-do list of a unit in words. address: page name -> its address in the unit."""
    return tuple(_task(address, one.kind, one.count) for one in to_do)


def _task(address: Callable[[str], str], kind: str, n: int) -> Task:
    match kind:
        case "import_failed":
            words = ngettext("{n} import was refused", "{n} imports were refused", n)
            return Task(words.format(n=n), address("imports") + "?state=rejected", "bad", "circle-x")
        case "unassigned":
            words = ngettext("{n} sub-account has no owner", "{n} sub-accounts have no owner", n)
            return Task(words.format(n=n), address("sub_accounts") + "?state=unassigned", "warn", "circle-alert")
        case "run_held":
            words = ngettext("{n} billing run is held", "{n} billing runs are held", n)
            return Task(words.format(n=n), address("billing_runs"), "bad", "circle-pause")
        case "drafts":
            words = ngettext("{n} draft waits to be issued", "{n} drafts wait to be issued", n)
            return Task(words.format(n=n), address("invoices") + "?state=draft&side=sold", "", "file-pen-line")
        case "no_import":
            return Task(_("Take in the first billing file"), address("imports"), "", "upload")
        case "no_contract":
            words = ngettext("{n} unit below has no contract", "{n} units below have no contract", n)
            return Task(words.format(n=n), address("contracts"), "warn", "handshake")
        case _:
            return Task(_("Add organizations and customers"), address("structure"), "", "network")
