"""Customers, cloud accounts, sub-accounts and who owns them."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from underlet.accounts.types import SubAccountRow
from underlet.foundation.clock import today
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field
from underlet.interfaces.web.frame import Link
from underlet.interfaces.web.views.units import unit_choices
from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import NotFound
from underlet.kernel.period import Month


@page("u/customers", tab="customers", uses=("unit.list",))
def customers(visit: Visit) -> HttpResponse:
    """The customers of the unit and below it, by name (R61, R62)."""
    filters = visit.filters("q")
    found = visit.ask("unit.list", visit.here, {**filters, "kind": "customer"})
    return visit.page(
        "pages/customers.html",
        _("Customers"),
        found=found,
        q=filters.get("q", ""),
        may_add=visit.may("unit.create"),
    )


@page("u/accounts", tab="accounts", uses=("account.list",))
def accounts(visit: Visit) -> HttpResponse:
    """The cloud accounts that feed the unit (R63)."""
    found = visit.ask("account.list", visit.here, visit.filters())
    return visit.page("pages/accounts.html", _("Accounts"), found=found)


@page("u/sub-accounts", tab="sub_accounts", uses=("sub_account.list",))
def sub_accounts(visit: Visit) -> HttpResponse:
    """Sub-accounts with today's owner; search and filter by state (R66, R67)."""
    filters = visit.filters("q", "state")
    found = visit.ask("sub_account.list", visit.here, filters)
    context: dict[str, Any] = {"q": filters.get("q", ""), "state": filters.get("state", "")}
    return visit.page(
        "pages/sub_accounts.html",
        _("Sub-accounts"),
        found=found,
        may_edit=visit.may("sub_account.assign"),
        **context,
    )


def _name(row: SubAccountRow) -> str:
    return row.name or row.external_id


@page("u/sub-accounts/<str:sub_account>", tab="sub_accounts", uses=("sub_account.show",))
def sub_account(visit: Visit, sub_account: str) -> HttpResponse:
    """A sub-account and the history of its owners (R64)."""
    row = visit.ask("sub_account.show", sub_account)
    return visit.page("pages/sub_account.html", _name(row), row=row, may_edit=visit.may("sub_account.assign"))


@page(
    "u/sub-accounts/<str:sub_account>/assign", tab="sub_accounts",
    uses=("sub_account.assign", "sub_account.show", "unit.list"), writes=True,
)  # fmt: skip
def sub_account_assign(visit: Visit, sub_account: str) -> HttpResponse:
    """Assign a sub-account to a unit from a day on (R66)."""
    row = visit.ask("sub_account.show", sub_account)
    form = visit.form({"starts_on": Month.of(row.first_on).start})
    if visit.is_posted:
        outcome, form = visit.attempt(form, "sub_account.assign", sub_account, form.filled())
        if outcome is not None:
            return visit.to("sub_account", _("Assigned."), sub_account=sub_account)
    owners = unit_choices(visit, visit.unit.path[0].id)
    fields = (
        Field("unit", _("Owner"), "select", choices=owners.choices, source=owners.source, required=True),
        Field("starts_on", _("First day"), "date", required=True),
        Field("ends_on", _("First day that no longer counts"), "date", hint=_("Empty: open-ended")),
    )
    return visit.page(
        "pages/form.html", _("Assign {name}").format(name=_name(row)), status=form.status, form=form,
        fields=fields, find=owners, submit=_("Assign"), back=visit.address("sub_account", sub_account=sub_account),
        way=(Link(_name(row), visit.address("sub_account", sub_account=sub_account)),),
    )  # fmt: skip


def _assignment(row: SubAccountRow, assignment: str) -> str:
    """The owner's name of one of a sub-account's assignments. Raises NotFound."""
    found = next((one for one in row.assignments if str(one.id) == assignment), None)
    if found is None:
        raise NotFound()
    return found.unit.name


@page(
    "u/sub-accounts/<str:sub_account>/<str:assignment>/end", tab="sub_accounts",
    uses=("assignment.end", "sub_account.show"), writes=True,
)  # fmt: skip
def assignment_end(visit: Visit, sub_account: str, assignment: str) -> HttpResponse:
    """End an assignment on a day; the days before keep their owner."""
    row = visit.ask("sub_account.show", sub_account)
    owner = _assignment(row, assignment)
    form = visit.form({"ends_on": Month.of(today()).end})
    if visit.is_posted:
        outcome, form = visit.attempt(form, "assignment.end", assignment, form.filled())
        if outcome is not None:
            return visit.to("sub_account", _("Ended."), sub_account=sub_account)
    fields = (Field("ends_on", _("First day that no longer counts"), "date", required=True, focus=True),)
    return visit.page(
        "pages/confirm.html", _("End the ownership of {name}").format(name=owner), status=form.status, form=form,
        fields=fields, text=_("The days before keep their owner; later cost is unassigned."),
        submit=_("End"), back=visit.address("sub_account", sub_account=sub_account),
        way=(Link(_name(row), visit.address("sub_account", sub_account=sub_account)),),
    )  # fmt: skip


@page(
    "u/sub-accounts/<str:sub_account>/<str:assignment>/remove", tab="sub_accounts",
    uses=("assignment.remove", "sub_account.show"), writes=True,
)  # fmt: skip
def assignment_remove(visit: Visit, sub_account: str, assignment: str) -> HttpResponse:
    """Take an assignment back as if it had never been."""
    row = visit.ask("sub_account.show", sub_account)
    owner = _assignment(row, assignment)
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "assignment.remove", assignment)
        if outcome is not None:
            return visit.to("sub_account", _("Taken back."), sub_account=sub_account)
    return visit.page(
        "pages/confirm.html", _("Take back from {name}").format(name=owner), status=form.status, form=form,
        text=_("As if it had never been: the cost of all its days returns to the root, unassigned."),
        submit=_("Take back"), danger=True, back=visit.address("sub_account", sub_account=sub_account),
        way=(Link(_name(row), visit.address("sub_account", sub_account=sub_account)),),
    )  # fmt: skip
