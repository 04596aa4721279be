"""Contracts: who buys from whom at which prices; making, revising, accepting, discarding and ending them."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from underlet.contracts.types import ContractView
from underlet.foundation.clock import today
from underlet.interfaces.web import lists, words
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.contract_form import blank_terms, edited, payload, rows_of, terms_of, tidy
from underlet.interfaces.web.forms import Field, Form
from underlet.interfaces.web.frame import Link
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.views.units import unit_choices
from underlet.interfaces.web.visit import Visit
from underlet.kernel.period import Month


@page("u/contracts", tab="contracts", uses=("contract.list", "group.choices"))
def contracts(visit: Visit) -> HttpResponseBase:
    """Contracts bought and sold, newest first unless sorted otherwise."""
    may_add = visit.may("contract.create") and visit.unit.kind == "organization"
    return list_page(visit, lists.CONTRACTS, "pages/contracts.html", _("Contracts"), may_add=may_add)


@page("u/contracts/new", tab="contracts", uses=("contract.create", "unit.list"), writes=True)
def contract_create(visit: Visit) -> HttpResponse:
    """Make a contract by which the context unit sells to a unit below it (R84, R85)."""
    initial = {
        "starts_on": Month.of(today()).start,
        "buyer": visit.request.GET.get("buyer", ""),
        **blank_terms("EUR"),
    }
    form, is_sent = _terms_form(visit, initial)
    if is_sent:
        outcome, form = visit.attempt(form, "contract.create", visit.here, payload(form.values))
        if outcome is not None:
            return visit.to("contract", _("The contract was made."), contract=outcome.body["id"])
    buyers = unit_choices(visit, visit.here, without=(visit.unit.id,))
    return _terms_page(
        visit, _("New contract"), form, buyers=buyers, lead=_("{name} sells").format(name=visit.unit.name),
        back=visit.address("contracts"), submit=_("Make the contract"),
    )  # fmt: skip


def _title(view: ContractView) -> str:
    return _("{seller} to {buyer}").format(seller=view.seller, buyer=view.buyer)


@page(
    "u/contracts/<str:contract>", tab="contracts",
    uses=("contract.show", "contract.revise", "contract.end", "contract.accept", "contract.discard"),
)  # fmt: skip
def contract(visit: Visit, contract: str) -> HttpResponse:
    """A contract with its versions: price rules in order as sentences, fees, terms (R88, R89)."""
    view = visit.ask("contract.show", contract)
    return visit.page("pages/contract.html", _title(view), view=view, who=visit.may("access.of_unit"))


def _terms_form(visit: Visit, initial: Mapping[str, Any]) -> tuple[Form, bool]:
    """The form of terms, and whether it is to be sent on (no row button was pressed)."""
    form = visit.form(initial)
    do = form.values.get("do", "")
    if do:
        return Form(edited(form.values, do)), False
    return Form(tidy(form.values), key=form.key), visit.is_posted


def _terms_page(visit: Visit, title: str, form: Form, **context: Any) -> HttpResponse:
    metric_hint = (
        _("What counts as your own cost")
        if visit.unit.is_root
        else _(
            "What passing through passes on: effective is your own cost, any other needs raw cost disclosed to you"
        )
    )
    return visit.page(
        "pages/contract_form.html", title, status=form.status, form=form, words=words, metric_hint=metric_hint,
        rules=[rows_of(rule, "conditions") for rule in rows_of(form.values, "rules")],
        fees=rows_of(form.values, "fees"), rates=rows_of(form.values, "rates"), **context,
    )  # fmt: skip


@page(
    "u/contracts/<str:contract>/revise",
    tab="contracts",
    uses=("contract.revise", "contract.show"),
    writes=True,
)
def contract_revise(visit: Visit, contract: str) -> HttpResponse:
    """Agree new terms from a day on; the version before keeps its days (P27)."""
    view = visit.ask("contract.show", contract)
    starts_on = view.starts_on if view.state == "draft" else Month.of(today()).end
    form, is_sent = _terms_form(visit, {"starts_on": starts_on, **terms_of(view.versions[0])})
    back = visit.address("contract", contract=contract)
    if is_sent:
        outcome, form = visit.attempt(form, "contract.revise", contract, payload(form.values))
        if outcome is not None:
            return visit.to_address(back, _("The new terms are agreed."))
    return _terms_page(
        visit, _("New terms"), form, lead=_title(view), back=back, submit=_("Save the new terms"),
        way=(Link(_title(view), back),),
    )  # fmt: skip


def _confirmed(visit: Visit, contract: str, name: str, said: str, **context: Any) -> HttpResponse:
    """Ask, then do something with a contract."""
    view = visit.ask("contract.show", contract)
    form = visit.form(context.pop("initial", None))
    back = visit.address("contract", contract=contract)
    if visit.is_posted:
        outcome, form = visit.attempt(form, name, contract, form.filled())
        if outcome is not None:
            return visit.to("contracts", said) if name == "contract.discard" else visit.to_address(back, said)
    way = (Link(_title(view), back),)
    return visit.page("pages/confirm.html", status=form.status, form=form, back=back, way=way, **context)


@page(
    "u/contracts/<str:contract>/accept",
    tab="contracts",
    uses=("contract.accept", "contract.show"),
    writes=True,
)
def contract_accept(visit: Visit, contract: str) -> HttpResponse:
    """Put a draft in force from its first day."""
    return _confirmed(
        visit, contract, "contract.accept", _("The contract is in force."), title=_("Accept the draft"),
        text=_("It bills from its first day on."), submit=_("Accept"),
    )  # fmt: skip


@page(
    "u/contracts/<str:contract>/discard",
    tab="contracts",
    uses=("contract.discard", "contract.show"),
    writes=True,
)
def contract_discard(visit: Visit, contract: str) -> HttpResponse:
    """Throw a draft away."""
    return _confirmed(
        visit, contract, "contract.discard", _("The draft is gone."), title=_("Discard the draft"), danger=True,
        text=_("A draft never billed anything; it is removed for good."), submit=_("Discard"),
    )  # fmt: skip


@page("u/contracts/<str:contract>/end", tab="contracts", uses=("contract.end", "contract.show"), writes=True)
def contract_end(visit: Visit, contract: str) -> HttpResponse:
    """End a contract on a day; the days before stay as they are."""
    fields = (Field("ends_on", _("First day that no longer counts"), "date", required=True, focus=True),)
    return _confirmed(
        visit, contract, "contract.end", _("The contract ends."), title=_("End the contract"), fields=fields,
        initial={"ends_on": Month.of(today()).end}, submit=_("End"), danger=True,
        text=_("The days before are billed as agreed; afterwards this buyer needs another contract."),
    )  # fmt: skip
