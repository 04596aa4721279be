"""Who can see this, and why; and what a person sees (B12)."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from underlet.interfaces.web.bind import page
from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import InvalidInput, NotFound


def _who(visit: Visit, name: str, id_: str, what: str, back: str) -> HttpResponse:
    filters = visit.filters("q")
    found = visit.ask(name, id_, filters)
    title = _("Who can see {what}").format(what=what)
    return visit.page("pages/who_can_see.html", title, found=found, q=filters.get("q", ""), back=back)


@page("u/profile/access", tab="profile", uses=("access.of_unit",))
def unit_access(visit: Visit) -> HttpResponse:
    """Who can see the unit, and why (B12)."""
    return _who(visit, "access.of_unit", visit.here, visit.unit.name, visit.address("profile"))


@page("u/contracts/<str:contract>/access", tab="contracts", uses=("access.of_contract", "contract.show"))
def contract_access(visit: Visit, contract: str) -> HttpResponse:
    """Who can see a contract, and why (B12)."""
    view: Any = visit.ask("contract.show", contract)
    what = _("the contract of {seller} with {buyer}").format(seller=view.seller, buyer=view.buyer)
    return _who(visit, "access.of_contract", contract, what, visit.address("contract", contract=contract))


@page("u/invoices/<str:invoice>/access", tab="invoices", uses=("access.of_invoice", "invoice.show"))
def invoice_access(visit: Visit, invoice: str) -> HttpResponse:
    """Who can see an invoice, and why (B12)."""
    view: Any = visit.ask("invoice.show", invoice)
    what = _("the invoice of {seller} to {buyer}").format(seller=view.seller, buyer=view.buyer)
    return _who(visit, "access.of_invoice", invoice, what, visit.address("invoice", invoice=invoice))


@page("u/settings/people/<str:person>/access", tab="users", uses=("access.of_person", "user.show"))
def user_access(visit: Visit, person: str) -> HttpResponse:
    """What a person sees of what the reader administers, and by which roles (B12)."""
    filters = visit.filters("q")
    try:
        row = visit.ask("user.show", visit.here, {"user": person})
    except InvalidInput:
        raise NotFound() from None
    found = visit.ask("access.of_person", visit.here, {"user": person, **filters})
    return visit.page(
        "pages/what_they_see.html", _("What {name} sees").format(name=row.name), person=row, found=found,
        q=filters.get("q", ""), back=visit.address("user_show", person=person),
    )  # fmt: skip
