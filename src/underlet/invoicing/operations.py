"""Writes of the invoicing context: starting a month's billing run, issuing its drafts."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from underlet.foundation.actor import Actor, require
from underlet.foundation.crash import crash_point
from underlet.foundation.database.sql import rows
from underlet.foundation.jobs import enqueue
from underlet.foundation.registry import operation
from underlet.invoicing.models import Invoice
from underlet.invoicing.queries import OWN_INVOICE, rows_of, visible_invoices
from underlet.invoicing.steps import issue_draft, lock_drafts
from underlet.invoicing.types import (
    InvoiceRow,
    Issued,
    IssueInvoice,
    IssueInvoices,
    IssueMany,
    IssueMonth,
    StartBillingRun,
)
from underlet.kernel.errors import InvalidInput, IssueBlocked, PeriodClosed, WrongState
from underlet.kernel.period import Month
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import about
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT
from underlet.organization.scope import deals_of
from underlet.rating.models import BillingRun
from underlet.rating.queries import RUN, current_run, run_view
from underlet.rating.steps import create_run
from underlet.rating.types import RunView


@operation("billing_run.start", needs=Permission.BILLING_RUN, subject=UNIT, below=True, idempotency="natural")
def start_run(actor: Actor, unit: Unit, data: StartBillingRun) -> RunView:
    """Price a month's usage through all contracts of the hierarchy and draft its invoices (R86).

    A job does the work; while it waits or works, starting the month again answers the same run. A later run
    replaces the drafts of the month and leaves issued invoices alone. Raises InvalidInput for a unit that is not
    the root, PeriodClosed when every invoice of the month is issued.
    """
    month = Month.parse(data.period)
    # Two starts at once would make two runs: the second waits here and then finds the first's.
    rows("select pg_advisory_xact_lock(hashtext('billing run'), %s)", [unit.hierarchy_id])
    under_way = BillingRun.objects.filter(unit=unit, period=month.start, state__in=("queued", "running")).first()
    if under_way is not None:
        return run_view(under_way)
    if _is_closed(unit, month):
        raise PeriodClosed(hint="Corrections of an issued month are new documents, not a new run.")
    run = create_run(actor, unit, month)
    run.job_id = enqueue(actor, "billing_run.perform", unit.id, {"run_id": run.id})
    run.save(update_fields=["job_id"])
    return run_view(run)


def _is_closed(unit: Unit, month: Month) -> bool:
    """Whether the month's current run has invoices and no draft is left of it."""
    run = current_run(unit.hierarchy_id, month)
    if run is None or rows("select 1 from issuable_drafts(%s)", [run.id]):
        return False
    return Invoice.objects.filter(hierarchy_id=unit.hierarchy_id, period=month.start, state="issued").exists()


@operation("invoice.issue", needs=Permission.INVOICE_ISSUE, subject=OWN_INVOICE)
def issue_invoice(actor: Actor, invoice: Invoice, data: IssueInvoice) -> Issued:
    """Issue one draft: it gets the seller's next number and never changes again (R86, R92, I16).

    A job renders its PDF. Raises DocumentIssued, IssueBlocked for a draft that something holds.
    """
    issue_draft(invoice.id, data.issued_on)
    crash_point("issue.after")
    job_id = enqueue(actor, "invoice.render", invoice.seller_id, {"id": invoice.id})
    return Issued(_rows(actor, [invoice.id]), (), job_id, 1, 0)


@operation("invoice.issue_run", needs=Permission.INVOICE_ISSUE, subject=RUN)
def issue_run(actor: Actor, run: BillingRun, data: IssueInvoices) -> Issued:
    """Issue every draft of a billing run that nothing holds, from the root down (billing.md §10.4).

    It covers each seller for whom the actor may issue, also those whose prices the actor does not see; the
    answer lists the invoices that the actor sees and counts all. A job renders the PDFs. Repeating it issues
    what is left. Raises WrongState while the run is at work or when a later one replaced it, IssueBlocked for a
    run that its own checks hold.
    """
    lock_drafts(run.hierarchy_id)
    current = _answering(run)
    if current.state == "held":
        raise IssueBlocked("This run is held.", hint="Its failed checks, or the findings that block, say why.")
    drafts = [id_ for (id_,) in rows("select id from issuable_drafts(%s)", [current.id])]
    return _issue_all(actor, run.unit_id, drafts, data.issued_on, {"run_id": current.id})


@operation("invoice.issue_month", needs=Permission.INVOICE_ISSUE, subject=UNIT)
def issue_month(actor: Actor, unit: Unit, data: IssueMonth) -> Issued:
    """Issue every draft by which this unit sells in a month and that nothing holds (R86).

    For sellers below the root, who do not see the billing run. A job renders the PDFs; repeating it issues what is
    left.
    """
    lock_drafts(unit.hierarchy_id)
    month = Month.parse(data.period).start
    drafts = visible_invoices(actor).filter(seller_id=unit.id, period=month, state="draft").order_by("id")
    about = {"seller_id": unit.id, "period": month.isoformat()}
    return _issue_all(actor, unit.id, list(drafts.values_list("id", flat=True)), data.issued_on, about)


@operation("invoice.issue_many", needs=Permission.INVOICE_ISSUE, subject=UNIT)
def issue_invoices(actor: Actor, unit: Unit, data: IssueMany) -> Issued:
    """Issue several drafts of a unit or below it: all or none (R86).

    The right is asked for each seller, as for one draft. A job renders the PDFs. Raises InvalidInput for what is no
    draft here, IssueBlocked for a draft that something holds; both name which one.
    """
    lock_drafts(unit.hierarchy_id)
    places = {id_: f"invoices.{position}" for position, id_ in enumerate(data.invoices)}
    found = visible_invoices(actor).filter(deals_of(unit), public_id__in=places, state="draft").order_by("id")
    drafts = list(found)
    unknown = set(places) - {draft.public_id for draft in drafts}
    if unknown:
        raise InvalidInput(fields={places[id_]: "There is no such draft here." for id_ in unknown})
    for seller_id in {draft.seller_id for draft in drafts}:
        require(Permission.INVOICE_ISSUE, seller_id)
    for draft in drafts:
        try:
            issue_draft(draft.id, data.issued_on)
        except IssueBlocked as refusal:
            which = about(draft.buyer_name, refusal.detail)
            raise IssueBlocked(which, hint=refusal.hint, fields={places[draft.public_id]: which}) from None
    crash_point("issue.after")
    ids = [draft.id for draft in drafts]
    job_id = enqueue(actor, "invoice.render", unit.id, {"id__in": ids})
    return Issued(_rows(actor, ids), (), job_id, len(ids), 0)


def _issue_all(
    actor: Actor, unit_id: int, drafts: Sequence[int], issued_on: date | None, about: Mapping[str, Any]
) -> Issued:
    """Issue drafts in order, those that are held excepted; queue the rendering of what `about` names."""
    issued: list[int] = []
    held: list[int] = []
    for draft in drafts:
        (issued if _issue(draft, issued_on) else held).append(draft)
    crash_point("issue.after")
    job_id = enqueue(actor, "invoice.render", unit_id, about) if issued else None
    return Issued(_rows(actor, issued), _rows(actor, held), job_id, len(issued), len(held))


def _answering(run: BillingRun) -> BillingRun:
    """The month's current run: this one, or the one whose unchanged answer it took over. Raises WrongState."""
    current = current_run(run.hierarchy_id, Month.of(run.period))
    if current is None or current.id not in (run.id, run.same_as_id) or run.state in ("queued", "running"):
        raise WrongState("Only the month's current run, once done, can be issued.")
    return current


def _issue(draft: int, issued_on: date | None) -> bool:
    """Issue a draft unless something holds it; whether it was issued."""
    try:
        issue_draft(draft, issued_on)
    except IssueBlocked:
        return False
    return True


def _rows(actor: Actor, ids: Sequence[int]) -> tuple[InvoiceRow, ...]:
    order = {id_: position for position, id_ in enumerate(ids)}
    found = sorted(visible_invoices(actor).filter(id__in=ids), key=lambda row: order[row.id])
    return rows_of(found)
