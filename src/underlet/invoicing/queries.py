"""Reads of the invoicing context: invoices of edges that the reader is party to; drafts are the seller's only."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from underlet.contracts.queries import shows_raw_cost, visible_contracts
from underlet.foundation.actor import Actor, can
from underlet.foundation.listing import BY_ID, Order, sorted_page
from underlet.foundation.registry import Subject, query
from underlet.foundation.settings import settings
from underlet.foundation.types import FileAnswer, NoInput, Page
from underlet.invoicing.documents.archive import pdf_of
from underlet.invoicing.models import Invoice, InvoiceDocument, InvoiceLine
from underlet.invoicing.types import (
    ExplainLine,
    InvoiceLineView,
    InvoiceRow,
    InvoiceView,
    LineExplanation,
    ListInvoices,
    VatGroupView,
)
from underlet.kernel.errors import NotFound, WrongState
from underlet.kernel.money import round_amount
from underlet.kernel.period import Month
from underlet.kernel.permission import FIGURES, Permission
from underlet.kernel.sentence import Sentence, Value
from underlet.kernel.tax import TaxedLine, VatCategory, document_totals
from underlet.organization.masks import mask_of_edge, reads_raw, shown_of
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, in_group
from underlet.organization.scope import InEdge, IsParty, deals_of
from underlet.rating.queries import explain_line, visible_runs
from underlet.rating.types import LineKey


def visible_invoices(actor: Actor) -> QuerySet[Invoice]:
    """Invoices that the actor is party to (first belt): issued ones of both sides, drafts of the seller's only."""
    if not settings().query_scoping:
        return Invoice.objects.all()
    return Invoice.objects.filter(
        IsParty(actor), Q(InEdge(actor, "seller")) | Q(InEdge(actor, "buyer"), state="issued")
    )


def open_drafts(actor: Actor, unit: Unit) -> QuerySet[Invoice]:
    """The drafts of a seller that wait to be issued."""
    return visible_invoices(actor).filter(seller_id=unit.id, state="draft")


def find_invoice(actor: Actor, public_id: UUID) -> Invoice | None:
    """The visible invoice with this public id."""
    return (
        visible_invoices(actor)
        .annotate(mask=mask_of_edge(actor), keeps=InEdge(actor, "seller", FIGURES))
        .filter(public_id=public_id)
        .first()
    )


INVOICE = Subject(
    "invoice",
    find_invoice,
    lambda row: row.buyer_id,
    lambda row: row.hierarchy_id,
    or_unit_id=lambda row: row.seller_id,
    shown=shown_of,
)
OWN_INVOICE = Subject(
    "invoice", find_invoice, lambda row: row.seller_id, lambda row: row.hierarchy_id, shown=shown_of
)


_ORDERS = {
    "created": BY_ID,
    "number": Order("number", str, is_nullable=True),
    "buyer": Order("buyer_key", str),
    "seller": Order("seller_key", str),
    "month": Order("period", date),
    "net": Order("net", Decimal),
    "total": Order("gross", Decimal),
    "issued": Order("issued_on", date, is_nullable=True),
    "due": Order("due_on", date, is_nullable=True),
}


@query("invoice.list", needs=Permission.PRICES, subject=UNIT)
def list_invoices(actor: Actor, unit: Unit, data: ListInvoices) -> Page[InvoiceRow]:
    """List the invoices of a unit and below it, newest first by default: what it buys, and what it sells."""
    # The hierarchy is implied, and leads the indexes that give the rows in their order.
    found = visible_invoices(actor).filter(deals_of(unit), hierarchy_id=unit.hierarchy_id)
    if data.side == "sold":
        found = found.filter(seller_id=unit.id)
    elif data.side == "bought":
        found = found.filter(buyer_id=unit.id)
    found = found.filter(in_group(actor, data.group, "buyer_id"))
    if data.state:
        found = found.filter(state=data.state)
    if data.period:
        found = found.filter(period=Month.parse(data.period).start)
    if data.q:
        found = found.filter(
            Q(number__icontains=data.q) | Q(seller_name__icontains=data.q) | Q(buyer_name__icontains=data.q)
        )
    found = found.annotate(seller_key=Lower("seller_name"), buyer_key=Lower("buyer_name"))
    page = sorted_page(found, data, data.sort, _ORDERS)
    return Page(rows_of(page.items, unit), page.next)


def priced_versions(invoices: QuerySet[Invoice]) -> dict[tuple[int, str], set[int]]:
    """The contract versions whose priced lines some invoices hold, by run and currency."""
    lines = InvoiceLine.objects.filter(invoice__in=invoices, kind="usage")
    found: dict[tuple[int, str], set[int]] = defaultdict(set)
    for run_id, currency, version_id in lines.values_list(
        "invoice__run_id", "invoice__currency", "key__version_id"
    ).distinct():
        found[run_id, currency].add(int(version_id))
    return found


def rows_of(invoices: Sequence[Invoice], unit: Unit | None = None) -> tuple[InvoiceRow, ...]:
    """List rows of invoices already found visible; one more query, whatever their number."""
    ids = [invoice.id for invoice in invoices]
    rendered = set(InvoiceDocument.objects.filter(invoice_id__in=ids).values_list("invoice_id", flat=True))
    return tuple(
        InvoiceRow(
            invoice.public_id,
            invoice.number,
            invoice.state,
            invoice.hold,
            _side(invoice, unit),
            invoice.seller_name,
            invoice.buyer_name,
            f"{invoice.period:%Y-%m}",
            invoice.currency,
            *_amounts(invoice),
            invoice.issued_on,
            invoice.due_on,
            invoice.id in rendered,
        )
        for invoice in invoices
    )


def _side(invoice: Invoice, unit: Unit | None) -> str:
    if unit is None:
        return ""
    return "bought" if invoice.buyer_id == unit.id else "sold" if invoice.seller_id == unit.id else "below"


def _amounts(invoice: Invoice) -> tuple[Decimal, Decimal, Decimal]:
    """Net, VAT and gross at the currency's own number of decimals."""
    net, vat, gross = (
        round_amount(value, invoice.currency) for value in (invoice.net, invoice.vat, invoice.gross)
    )
    return net, vat, gross


@query("invoice.show", needs=Permission.PRICES, subject=INVOICE)
def show_invoice(actor: Actor, invoice: Invoice, data: NoInput) -> InvoiceView:
    """Show an invoice with its lines and VAT groups (R86); a draft to its seller only."""
    lines = list(invoice.lines.order_by("position"))
    [row] = rows_of([invoice])
    taxed = [
        TaxedLine(round_amount(line.net, invoice.currency), VatCategory(line.vat_category), line.vat_rate)
        for line in lines
    ]
    may_issue = can(Permission.INVOICE_ISSUE, invoice.seller_id)
    # Both lie on the far side of a policy: the contract is the edge's own, the run the root's.
    contract = visible_contracts(actor).filter(id=invoice.contract_id).values_list("public_id", flat=True).first()
    run_id = visible_runs(actor).filter(id=invoice.run_id).values_list("public_id", flat=True).first()
    return InvoiceView(
        row.id,
        row.number,
        row.state,
        row.hold,
        row.seller,
        row.buyer,
        contract,
        run_id if may_issue else None,
        row.period,
        row.currency,
        row.net,
        row.vat,
        row.gross,
        row.issued_on,
        row.due_on,
        row.has_pdf,
        may_issue and invoice.state == "draft" and not invoice.hold,
        tuple(line_view(line, invoice.currency) for line in lines),
        tuple(
            VatGroupView(group.category, group.rate, group.base, group.tax)
            for group in document_totals(taxed, invoice.currency).groups
        ),
    )


def line_view(line: InvoiceLine, currency: str) -> InvoiceLineView:
    """A line as both parties see it: never its key, its rule or the exact price."""
    return InvoiceLineView(
        line.position,
        line.kind,
        line.text,
        line.sub_account,
        line.sub_account_name,
        line.service,
        line.charge_category,
        line.quantity,
        line.unit_of_measure,
        line.price,
        round_amount(line.net, currency),
        line.vat_category,
        line.vat_rate,
    )


@query("invoice.explain", needs=Permission.PRICES, subject=INVOICE)
def explain_invoice_line(actor: Actor, invoice: Invoice, data: ExplainLine) -> LineExplanation:
    """Explain one line: price rule, base, factors, usage and source files, in the reader's view only (B2)."""
    line = invoice.lines.filter(position=data.line).first()
    if line is None:
        raise NotFound()
    view = line_view(line, invoice.currency)
    if line.kind == "fee":
        return LineExplanation(view, invoice.currency, _fee_text(line.key, invoice.currency), None)
    key = dict(line.key)
    version_id = int(key.pop("version_id"))
    to_seller = _acts_for_seller(actor, invoice)
    mask: str | None = getattr(invoice, "mask", None)
    shows_raw = reads_raw(invoice.buyer_id, mask) and shows_raw_cost(invoice.buyer_id)
    usage = explain_line(
        actor, invoice.run_id, version_id, LineKey(**key), to_seller=to_seller, shows_raw=shows_raw
    )
    return LineExplanation(view, invoice.currency, "", usage)


def _acts_for_seller(actor: Actor, invoice: Invoice) -> bool:
    return Invoice.objects.filter(InEdge(actor, "seller", FIGURES), id=invoice.id).exists()


def _fee_text(key: dict[str, str], currency: str) -> Sentence:
    fee: dict[str, Value] = {"label": key["label"], "price": Decimal(key["monthly"]), "currency": currency}
    if key["days"] == key["of_days"]:
        return Sentence("{label}: {price} {currency} a month, the whole month", **fee)
    start, end = date.fromisoformat(key["starts_on"]), date.fromisoformat(key["ends_on"])
    return Sentence(
        "{label}: {price} {currency} a month × {days} of {all_days} days ({start} up to, not including, {end})",
        days=int(key["days"]), all_days=int(key["of_days"]), start=start, end=end, **fee,
    )  # fmt: skip


@query("invoice.pdf", needs=Permission.PRICES, subject=INVOICE)
def show_pdf(actor: Actor, invoice: Invoice, data: NoInput) -> FileAnswer:
    """Get the PDF of an issued invoice.

    A document that is not rendered yet, or was deleted, is made from the frozen snapshot: the same bytes.
    Raises WrongState for a draft.
    """
    if invoice.state != "issued" or invoice.snapshot is None:
        raise WrongState("A draft has no PDF.", hint="Issue it first.")
    stored = InvoiceDocument.objects.filter(invoice=invoice, kind="pdf").values_list("sha256", flat=True).first()
    name = f"{invoice.seller_name} {invoice.number}.pdf".replace("/", "-")
    return FileAnswer(name, "application/pdf", pdf_of(invoice.snapshot, stored), inline=True)
