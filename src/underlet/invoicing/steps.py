"""The two writes of invoicing: making a month's drafts anew, and making one draft final."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from underlet.contracts.queries import edges_in
from underlet.foundation.clock import now
from underlet.foundation.crash import crash_point
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.database.transactions import system
from underlet.invoicing.drafts import Draft, draft_invoices
from underlet.invoicing.models import Invoice, InvoiceLine
from underlet.invoicing.snapshot import canonical, read_material, sha256_of, snapshot_of
from underlet.kernel.errors import DocumentIssued, IssueBlocked, NotFound
from underlet.kernel.period import Month, due_on
from underlet.kernel.sentence import Sentence
from underlet.organization.models import Unit
from underlet.rating.models import BillingRun
from underlet.rating.queries import current_run, holds_of_run, lines_of_version

HOLDS = {
    "run_held": Sentence("The run's own checks found a difference; its amounts must not be invoiced."),
    "missing_base": Sentence("Some of its usage has no list price or quantity, and a price rule says to hold it."),
    "contract_gap": Sentence("A party of this chain has no contract on a day with charges."),
    "exchange_rate_missing": Sentence("An exchange rate of this month is missing; the run's findings name it."),
    "negative_total": Sentence("Its total is negative; only corrections may make an invoice negative."),
}
"""Why a draft cannot be issued, by the code stored with it."""


def lock_drafts(hierarchy_id: int) -> None:
    """Make the drafts of a hierarchy this transaction's alone: drafted anew or issued by one at a time.

    So the drafts of a month come from one run, never from two, and none vanishes while a run is issued.
    """
    execute("select pg_advisory_xact_lock(hashtext('invoice drafts'), %s)", [hierarchy_id])


def redraft(run_id: int) -> int:
    """Replace the drafts of a run's month by those of the month's current run; issued invoices stay.

    The current run may be an earlier one: a run over unchanged inputs takes its answer over, while fees and VAT
    may have changed. One transaction, as the system; safe to run again. Returns how many drafts there are now.
    """
    with system():
        asked = BillingRun.objects.get(id=run_id)
        lock_drafts(asked.hierarchy_id)
        run = current_run(asked.hierarchy_id, Month.of(asked.period))
        if run is None:
            return 0
        month = [run.hierarchy_id, run.period]
        execute("select 1 from invoice where hierarchy_id = %s and period = %s for update", month)
        issued = set(
            Invoice.objects.filter(hierarchy_id=run.hierarchy_id, period=run.period, state="issued").values_list(
                "contract_id", "currency"
            )
        )
        drafts = [draft for draft in drafts_of(run) if (draft.edge.contract_id, draft.currency) not in issued]
        execute("delete from invoice where hierarchy_id = %s and period = %s and state = 'draft'", month)
        crash_point("drafts.inside")
        for draft in drafts:
            _insert(run, draft)
        return len(drafts)


def drafts_of(run: BillingRun) -> list[Draft]:
    """The drafts that a run's charge lines and the month's contracts give; reads only."""
    month = Month.of(run.period)
    edges = edges_in(run.hierarchy_id, month.range)
    buyers = Unit.objects.filter(id__in={edge.buyer_id for edge in edges}).select_related("entity")
    languages = {unit.id: unit.entity.language for unit in buyers}
    priced = {edge.version_id: lines_of_version(run.id, edge.version_id) for edge in edges}
    holds = holds_of_run(run)
    if run.state == "held":
        doubtful = any(not check["passed"] for check in run.checks)
        # Without a failed check, what held the run is that the root's own costs could not be converted.
        holds = {edge.version_id: "run_held" if doubtful else "exchange_rate_missing" for edge in edges}
    return draft_invoices(month, edges, priced, languages, holds)


def _insert(run: BillingRun, draft: Draft) -> None:
    edge, totals = draft.edge, draft.totals
    invoice_id = scalar(
        "insert into invoice (hierarchy_id, run_id, contract_id, version_id, seller_id, buyer_id,"
        " seller_entity_id, buyer_entity_id, seller_name, buyer_name, period, currency, hold, net, vat, gross,"
        " created_at) select c.hierarchy_id, %s, c.id, %s, c.seller_id, c.buyer_id, c.seller_entity_id,"
        " c.buyer_entity_id, s.name, b.name, %s, %s, %s, %s, %s, %s, %s from contract c"
        " join legal_entity s on s.id = c.seller_entity_id join legal_entity b on b.id = c.buyer_entity_id"
        " where c.id = %s returning id",
        [run.id, edge.version_id, run.period, draft.currency, draft.hold, totals.net, totals.vat, totals.gross,
         now(), edge.contract_id],
    )  # fmt: skip
    InvoiceLine.objects.bulk_create(
        [
            InvoiceLine(
                invoice_id=invoice_id,
                position=position,
                kind=line.kind,
                text=line.text,
                sub_account=line.sub_account,
                sub_account_name=line.sub_account_name,
                service=line.service,
                charge_category=line.charge_category,
                rule_id=line.rule_id,
                quantity=line.quantity,
                unit_of_measure=line.unit_of_measure,
                price=line.price,
                exact=line.exact,
                net=line.net,
                vat_category=line.vat_category,
                vat_rate=line.vat_rate,
                key=dict(line.key),
            )
            for position, line in enumerate(draft.lines, 1)
        ],
        batch_size=500,
    )


def issue_draft(invoice_id: int, issued_on: date | None) -> str:
    """Make a draft final inside the caller's operation: number, snapshot, used versions. Returns the number.

    issued_on: default today in the seller's time zone; the due date counts from it (R92). The number is taken
    last, so that whatever fails before leaves no gap (I16). Raises NotFound if the actor may not issue it,
    DocumentIssued, IssueBlocked for a draft that something holds.
    """
    text = scalar("select invoice_material(%s)", [invoice_id])
    if text is None:
        raise NotFound()
    material = read_material(text)
    draft = material["invoice"]
    if draft["state"] == "issued":
        raise DocumentIssued()
    if draft["hold"]:
        raise IssueBlocked(HOLDS.get(draft["hold"], ""), hint="Settle what holds it, then run the month again.")
    day = issued_on or local_day(now(), material["zone"])
    due = due_on(day, material["contract"]["payment_days"])
    crash_point("issue.before_number")
    [(sequence, previous)] = rows("select * from take_number(%s, %s)", [invoice_id, day.year])
    number = f"{draft['series']}{day.year}-{sequence:05d}"
    snapshot = snapshot_of(material, number=number, issued_on=day, due_on=due, previous_sha256=previous)
    crash_point("issue.inside")
    execute(
        "select issue_invoice(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [invoice_id, day.year, sequence, number, day, due, canonical(snapshot), sha256_of(snapshot), now()],
    )
    return number


def local_day(instant: datetime, zone: str) -> date:
    """The calendar day of an instant in an IANA time zone."""
    return instant.astimezone(ZoneInfo(zone)).date()
