"""One search over units, sub-accounts and invoices."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from underlet.interfaces.web.bind import page
from underlet.interfaces.web.visit import Visit

_SHOWN = 8


@page("u/search", uses=("unit.list", "sub_account.list", "invoice.list"))
def search(visit: Visit) -> HttpResponse:
    """The first hits of each kind below the context unit, with the way to all of them."""
    q = visit.request.GET.get("q", "").strip()
    raw = {"q": q, "limit": _SHOWN}
    found = {
        kind: visit.ask(name, visit.here, raw)
        for kind, name in (
            ("units", "unit.list"),
            ("sub_accounts", "sub_account.list"),
            ("invoices", "invoice.list"),
        )
        if q and visit.may(name)
    }
    is_empty = bool(q) and not any(hits.items for hits in found.values())
    return visit.page("pages/search.html", _("Search"), q=q, is_empty=is_empty, **found)
