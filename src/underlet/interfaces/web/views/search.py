"""One search over units, accounts, sub-accounts and invoices."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _

from underlet.interfaces.web.bind import page
from underlet.interfaces.web.frame import Link
from underlet.interfaces.web.visit import Visit

_SHOWN = 8
_LISTS: dict[str, tuple[str, dict[str, Any]]] = {
    "units": ("unit.list", {"state": "all"}),
    "accounts": ("account.list", {}),
    "sub_accounts": ("sub_account.list", {}),
    "invoices": ("invoice.list", {}),
}
"""Kinds of things found: the query of each, and what it is asked beside the text. Each looks where the reader may."""


@page("u/search", uses=("unit.list", "account.list", "sub_account.list", "invoice.list"))
def search(visit: Visit) -> HttpResponse:
    """The first hits of each kind below the context unit, with the way to all of them and to a wider search (R18)."""
    q = visit.request.GET.get("q", "").strip()
    found = {
        kind: visit.ask(name, visit.here, {"q": q, "limit": _SHOWN, **raw})
        for kind, (name, raw) in _LISTS.items()
        if q and visit.may(name)
    }
    top = visit.unit.path[0]
    is_inner = q and top.id != visit.unit.id
    context: dict[str, Any] = {
        "is_empty": bool(q) and not any(hits.items for hits in found.values()),
        "wider": Link(top.name, f"{visit.address('search', unit=top.id)}?{urlencode({'q': q})}")
        if is_inner
        else None,
    }
    return visit.page("pages/search.html", _("Search"), q=q, **context, **found)
