"""Long work of invoicing: pricing a month and drafting its invoices; rendering issued ones."""

import logging
from collections.abc import Mapping
from typing import Any

from underlet.foundation import storage
from underlet.foundation.clock import now
from underlet.foundation.crash import crash_point
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import Run, job
from underlet.invoicing.documents.pdf import render_pdf
from underlet.invoicing.models import Invoice
from underlet.invoicing.steps import redraft
from underlet.kernel.errors import Refusal
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import Sentence
from underlet.rating.run import fail_run, rate_run

log = logging.getLogger(__name__)
_NAMES = ("id", "id__in", "run_id", "seller_id", "period")


def _turned_away(arguments: Mapping[str, Any], refusal: Refusal) -> bool:
    """End a run that is not priced; what a dead worker had priced gets its drafts, so that the two agree."""
    if fail_run(arguments["run_id"]):
        return True
    redraft(arguments["run_id"])
    return False


@job("billing_run.perform", needs=Permission.BILLING_RUN, below=True, refused=_turned_away)
def perform_run(run: Run, arguments: Mapping[str, Any]) -> None:
    """Price the month through all contracts, then replace its drafts; safe to run again at any point."""
    rate_run(arguments["run_id"], run.progress)
    crash_point("drafts.before")
    redraft(arguments["run_id"])
    crash_point("drafts.after")


@job("invoice.render", unasked="The invoice is issued, and says what its document says.")
def render_invoices(run: Run, arguments: Mapping[str, Any]) -> None:
    """Render the PDFs that are still missing; several workers may do so at once.

    arguments: which invoices, by `id`, `id__in` (several), `run_id`, or `seller_id` and `period`.
    A document that fails does not keep the others from being made, and never un-issues its invoice; the job then
    ends as failed, and running it again renders what is missing.
    """
    with system():
        which = {name: arguments[name] for name in _NAMES if name in arguments}
        missing = Invoice.objects.filter(state="issued", documents=None, **which).order_by("id")
        invoices = list(missing.only("id", "number", "snapshot"))
    failures: list[Exception] = []
    for done, invoice in enumerate(invoices):
        run.progress(done, len(invoices), f"PDF {invoice.number}")
        try:
            _render(invoice)
        except (OSError, RuntimeError, ValueError) as error:
            log.exception("rendering invoice %s failed", invoice.number)
            failures.append(error)
    run.progress(len(invoices), len(invoices), Sentence("PDFs"))
    if failures:
        raise failures[0]


def _render(invoice: Invoice) -> None:
    assert invoice.snapshot is not None  # every issued invoice has one; the database holds to that
    content = render_pdf(invoice.snapshot)
    crash_point("render.before_store")
    sha256, length = storage.put([content])
    crash_point("render.before_attach")
    with system():
        execute(
            "insert into invoice_document (invoice_id, kind, sha256, bytes, created_at)"
            " values (%s, 'pdf', %s, %s, %s) on conflict (invoice_id, kind) do nothing",
            [invoice.id, sha256, length, now()],
        )
