"""Invoices: list, document, explanation of a line, PDF, issuing one."""

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from underlet.interfaces.web import lists
from underlet.interfaces.web.answers import file_answer
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field
from underlet.interfaces.web.frame import Link
from underlet.interfaces.web.list_page import list_page, picked
from underlet.interfaces.web.visit import Visit
from underlet.invoicing.types import MOST_ISSUED, InvoiceView


@page("u/invoices", tab="invoices", uses=("invoice.list", "group.choices"))
def invoices(visit: Visit) -> HttpResponseBase:
    """Invoices bought and sold, newest first, by side, state, month and text (R86)."""
    may_issue = visit.may("invoice.issue_many")
    return list_page(
        visit, lists.INVOICES, "pages/invoices.html", _("Invoices"),
        can_pick=lambda row: may_issue and row.state == "draft" and not row.hold and row.side != "bought",
    )  # fmt: skip


@page("u/issue-invoices", tab="invoices", uses=("invoice.issue_many", "invoice.show"), writes=True)
def invoices_issue(visit: Visit) -> HttpResponse:
    """Issue the drafts selected in the list, all or none, after a last look at their amounts (R86)."""
    chosen = picked(visit, MOST_ISSUED)
    rows = [visit.ask("invoice.show", id_) for id_ in chosen]
    if not rows:
        return visit.to("invoices", _("Select at least one row."))
    form = visit.form()
    if visit.is_posted:
        data = {**form.filled(), "invoices": list(chosen)}
        data.pop("row", None)
        outcome, form = visit.attempt(form, "invoice.issue_many", visit.here, data)
        if outcome is not None:
            count = outcome.body["issued_count"]
            said = ngettext("{n} invoice was issued.", "{n} invoices were issued.", count).format(n=count)
            return visit.to("invoices", said)
    fields = (Field("issued_on", _("Document date"), "date", hint=_("Empty: today, in each seller's time zone")),)
    title = ngettext("Issue {n} draft", "Issue {n} drafts", len(rows)).format(n=len(rows))
    return visit.page(
        "pages/invoices_issue.html", title, status=form.status, form=form, fields=fields, rows=rows, chosen=chosen,
        submit=_("Issue"), back=visit.address("invoices"),
    )  # fmt: skip


def _title(view: InvoiceView) -> str:
    return (
        _("Invoice {number}").format(number=view.number)
        if view.number
        else _("Draft for {buyer}").format(buyer=view.buyer)
    )


@page(
    "u/invoices/<str:invoice>",
    tab="invoices",
    uses=("invoice.show", "invoice.issue", "invoice.pdf", "invoice.explain"),
)
def invoice(visit: Visit, invoice: str) -> HttpResponse:
    """An invoice with lines, VAT groups and totals."""
    view = visit.ask("invoice.show", invoice)
    has_quantities = any(line.quantity is not None for line in view.lines)
    return visit.page(
        "pages/invoice.html",
        _title(view),
        view=view,
        has_quantities=has_quantities,
        who=visit.may("access.of_unit"),
    )


@page("u/invoices/<str:invoice>/pdf", tab="invoices", uses=("invoice.pdf",))
def invoice_pdf(visit: Visit, invoice: str) -> HttpResponseBase:
    """The PDF of an issued invoice, in a tab."""
    return file_answer(visit.ask("invoice.pdf", invoice))


@page("u/invoices/<str:invoice>/lines/<int:line>", tab="invoices", uses=("invoice.explain", "invoice.show"))
def invoice_line(visit: Visit, invoice: str, line: int) -> HttpResponse:
    """Why a line is what it is: rule, base, factors, usage, source files; in the reader's view only (B2)."""
    view = visit.ask("invoice.show", invoice)
    found = visit.ask("invoice.explain", invoice, {"line": line})
    way = (Link(_title(view), visit.address("invoice", invoice=invoice)),)
    return visit.page("pages/invoice_line.html", _("Line {n}").format(n=line), view=view, found=found, way=way)


@page("u/invoices/<str:invoice>/issue", tab="invoices", uses=("invoice.issue", "invoice.show"), writes=True)
def invoice_issue(visit: Visit, invoice: str) -> HttpResponse:
    """Issue one draft, after a last look."""
    view = visit.ask("invoice.show", invoice)
    form = visit.form()
    back = visit.address("invoice", invoice=invoice)
    if visit.is_posted:
        outcome, form = visit.attempt(form, "invoice.issue", invoice, form.filled())
        if outcome is not None:
            return visit.to_address(back, _("The invoice was issued."))
    fields = (Field("issued_on", _("Document date"), "date", hint=_("Empty: today, in the seller's time zone")),)
    return visit.page(
        "pages/confirm.html", _("Issue the invoice to {buyer}").format(buyer=view.buyer), status=form.status,
        form=form, fields=fields, submit=_("Issue"), back=back, way=(Link(_title(view), back),),
        text=_("It gets the seller's next number and never changes again."),
    )  # fmt: skip
