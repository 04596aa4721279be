"""Billing runs: pricing a month, looking at its checks, issuing its invoices; the month's summary."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from underlet.foundation.clock import today
from underlet.interfaces.web import lists
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field, Form
from underlet.interfaces.web.frame import Link
from underlet.interfaces.web.jobs import followed
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.parts import month_words
from underlet.interfaces.web.visit import Visit
from underlet.kernel.period import Month


@page(
    "u/billing-runs", tab="billing_runs", uses=("billing_run.list", "billing_run.start"), writes=True, at_root=True
)
def billing_runs(visit: Visit) -> HttpResponseBase:
    """The runs, newest first; a form that starts one for a month (R86)."""
    form = visit.form({"period": Month.of(today()).previous()})
    if visit.is_posted:
        outcome, form = visit.attempt(form, "billing_run.start", visit.here, form.filled())
        if outcome is not None:
            return visit.to("billing_run", billing_run=outcome.body["id"])
    return list_page(
        visit, lists.BILLING_RUNS, "pages/billing_runs.html", _("Billing runs"), status=form.status, form=form
    )


@page(
    "u/billing-runs/<str:billing_run>", tab="billing_runs",
    uses=("billing_run.show", "invoice.list", "job.show", "invoice.issue_run"),
)  # fmt: skip
def billing_run(visit: Visit, billing_run: str) -> HttpResponse:
    """A run: progress, its own checks, what a person should look at, provider cost, drafts."""
    run = visit.ask("billing_run.show", billing_run)
    answers = (run.state == "done" and run.is_current) or run.state == "unchanged"
    sees = answers and visit.may("invoice.list")
    drafts = visit.ask("invoice.list", visit.here, {"period": run.period, "state": "draft"}) if sees else None
    may_issue = bool(drafts and drafts.items) and visit.may("invoice.issue_run")
    context: dict[str, Any] = {"run": run, "drafts": drafts, "may_issue": may_issue, **followed(visit, run.job_id)}
    return visit.page("pages/billing_run.html", month_words(run.period), **context)


@page(
    "u/billing-runs/<str:billing_run>/issue", tab="billing_runs",
    uses=("invoice.issue_run", "billing_run.show"), writes=True,
)  # fmt: skip
def billing_run_issue(visit: Visit, billing_run: str) -> HttpResponse:
    """Issue every draft of the run that nothing holds, after a last look."""
    run = visit.ask("billing_run.show", billing_run)
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "invoice.issue_run", billing_run, form.filled())
        if outcome is not None:
            return _issued(visit, outcome.body["issued_count"], run.period)
    return _confirm_issue(visit, form, run.period, visit.address("billing_run", billing_run=billing_run))


@page("u/month", tab="summary", uses=("billing.summary", "home.show", "invoice.issue_month"))
def summary(visit: Visit) -> HttpResponse:
    """What the unit sold and bought in a month, contract by contract; bought + margin = sold (I11)."""
    period = _period(visit)
    view = visit.ask("billing.summary", visit.here, {"period": period}) if period else None
    has_drafts = view is not None and any(row.state == "draft" for row in view.contracts)
    may_issue = has_drafts and visit.may("invoice.issue_month")
    title = month_words(period) if period else _("Month")
    return visit.page("pages/summary.html", title, view=view, period=period, may_issue=may_issue)


def _period(visit: Visit) -> str:
    """The month asked for, else the newest billed one; "" before the first."""
    return visit.request.GET.get("period") or str(visit.ask("home.show", visit.here).period)


@page("u/month/issue", tab="summary", uses=("invoice.issue_month", "home.show"), writes=True)
def month_issue(visit: Visit) -> HttpResponse:
    """Issue every draft by which the unit sells in a month, after a last look."""
    period = _period(visit)
    form = visit.form()
    if visit.is_posted:
        data = {**form.filled(), "period": period}
        outcome, form = visit.attempt(form, "invoice.issue_month", visit.here, data)
        if outcome is not None:
            return _issued(visit, outcome.body["issued_count"], period)
    return _confirm_issue(visit, form, period, f"{visit.address('summary')}?period={period}")


def _issued(visit: Visit, count: int, period: str) -> HttpResponse:
    said = ngettext("{n} invoice was issued.", "{n} invoices were issued.", count).format(n=count)
    return visit.to_address(f"{visit.address('invoices')}?period={period}", said)


def _confirm_issue(visit: Visit, form: Form, period: str, back: str) -> HttpResponse:
    """The last look before a month's drafts become final."""
    fields = (Field("issued_on", _("Document date"), "date", hint=_("Empty: today, in each seller's time zone")),)
    return visit.page(
        "pages/confirm.html", _("Issue the invoices of {month}").format(month=month_words(period)),
        status=form.status, form=form, fields=fields, submit=_("Issue all"), back=back,
        text=_("Each draft that nothing holds gets its seller's next number. Issued invoices never change."),
        way=(Link(month_words(period), back),),
    )  # fmt: skip
