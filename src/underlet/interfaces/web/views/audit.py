"""The audit trail: who did what, as whom, where; each entry; the chain that shows whether it is as it was written."""

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from underlet.interfaces.web import people_lists
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field, Form
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.templatetags.history import operation_name
from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import InvalidInput


@page("u/settings/audit", tab="audit", uses=("audit.list",))
def audit(visit: Visit) -> HttpResponseBase:
    """What was done in the unit and below it, newest first (S9)."""
    asked = visit.request.GET.copy()
    asked.pop("after", None)
    asked["export"] = "json"
    as_json = f"{visit.request.path}?{asked.urlencode()}"
    return list_page(visit, people_lists.AUDIT, "pages/audit.html", _("Audit"), as_json=as_json)


@page("u/settings/audit/chain", tab="audit", uses=("audit.head", "audit.verify"), at_root=True)
def audit_chain(visit: Visit) -> HttpResponse:
    """The head of the chain, to be noted elsewhere, and whether the chain is as it was written (S9)."""
    asked = {name: visit.request.GET.get(name, "").strip() for name in ("head_seq", "head_hash")}
    form, found = Form(dict(asked)), None
    if "check" in visit.request.GET:
        try:
            found = visit.ask("audit.verify", visit.here, {name: text for name, text in asked.items() if text})
        except InvalidInput as refusal:
            form = form.refused(refusal)
    fields = (
        Field("head_seq", _("Number"), mode="numeric", autocomplete="off"),
        Field("head_hash", _("Hash"), autocomplete="off", wide=True),
    )
    return visit.page(
        "pages/audit_chain.html", _("Chain of the audit trail"), status=form.status, form=form, fields=fields,
        head=visit.ask("audit.head", visit.here), found=found, back=visit.address("audit"),
    )  # fmt: skip


@page("u/settings/audit/<str:audit_entry>", tab="audit", uses=("audit.show",))
def audit_entry(visit: Visit, audit_entry: str) -> HttpResponse:
    """One operation that was done: what was sent, and what it changed."""
    found = visit.ask("audit.show", audit_entry)
    return visit.page(
        "pages/audit_entry.html", operation_name(found.entry.operation), found=found, row=found.entry,
        back=visit.address("audit"),
    )  # fmt: skip
