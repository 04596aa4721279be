"""Customers, cloud accounts, sub-accounts and who owns them."""

from datetime import date

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from underlet.accounts.types import MOST_ASSIGNED, SubAccountRow
from underlet.foundation.clock import today
from underlet.interfaces.web import lists
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field
from underlet.interfaces.web.frame import Link
from underlet.interfaces.web.list_page import list_page, picked
from underlet.interfaces.web.views.units import UnitChoices, unit_choices
from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import NotFound
from underlet.kernel.period import Month


@page("u/customers", tab="customers", uses=("unit.list", "group.choices"))
def customers(visit: Visit) -> HttpResponseBase:
    """The customers of the unit and below it, by name (R61, R62)."""
    may_edit = visit.may("unit.update_many")
    return list_page(
        visit, lists.CUSTOMERS, "pages/customers.html", _("Customers"), may_add=visit.may("unit.create"),
        can_pick=lambda row: may_edit and row.parent_id is not None,
    )  # fmt: skip


@page("u/accounts", tab="accounts", uses=("account.list",))
def accounts(visit: Visit) -> HttpResponseBase:
    """The cloud accounts that feed the unit (R63)."""
    return list_page(visit, lists.ACCOUNTS, "pages/accounts.html", _("Accounts"))


@page("u/sub-accounts", tab="sub_accounts", uses=("sub_account.list", "group.choices"))
def sub_accounts(visit: Visit) -> HttpResponseBase:
    """Sub-accounts with today's owner; search and filter by state (R66, R67)."""
    may_edit = visit.may("sub_account.assign_many")
    return list_page(
        visit,
        lists.SUB_ACCOUNTS,
        "pages/sub_accounts.html",
        _("Sub-accounts"),
        may_edit=may_edit,
        can_pick=lambda row: may_edit,
    )


@page(
    "u/assign-sub-accounts", tab="sub_accounts", uses=("sub_account.assign_many", "sub_account.show", "unit.list"),
    writes=True,
)  # fmt: skip
def sub_accounts_assign(visit: Visit) -> HttpResponse:
    """Assign the sub-accounts selected in the list to one unit, after a look at who owns them now (R66)."""
    chosen = picked(visit, MOST_ASSIGNED)
    rows = [visit.ask("sub_account.show", id_) for id_ in chosen]
    if not rows:
        return visit.to("sub_accounts", _("Select at least one row."))
    form = visit.form(_days_asked(visit, Month.of(min(row.first_on for row in rows)).start))
    if visit.is_posted:
        data = {**form.filled(), "sub_accounts": list(chosen)}
        data.pop("row", None)
        outcome, form = visit.attempt(form, "sub_account.assign_many", visit.here, data)
        if outcome is not None:
            count = len(rows)
            said = ngettext("{n} sub-account was assigned.", "{n} sub-accounts were assigned.", count)
            return visit.to("sub_accounts", said.format(n=count))
    owners = unit_choices(visit, visit.unit.path[0].id)
    fields = _assignment_fields(owners)
    title = ngettext("Assign {n} sub-account", "Assign {n} sub-accounts", len(rows)).format(n=len(rows))
    return visit.page(
        "pages/sub_accounts_assign.html", title, status=form.status, form=form, fields=fields, find=owners,
        rows=rows, chosen=chosen, submit=_("Assign"), back=visit.address("sub_accounts"),
    )  # fmt: skip


def _assignment_fields(owners: UnitChoices) -> tuple[Field, ...]:
    """Who owns it, from which day to which."""
    return (
        Field("unit", _("Owner"), "select", choices=owners.choices, source=owners.source, required=True),
        Field("starts_on", _("Days"), required=True, hint=_("Empty: open-ended"), last="ends_on"),
    )


def _days_asked(visit: Visit, starts_on: date) -> dict[str, object]:
    """The days that a link of the range names, else from a day on."""
    asked = visit.request.GET
    return {"starts_on": asked.get("starts_on") or starts_on, "ends_on": asked.get("ends_on")}


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
    form = visit.form(_days_asked(visit, Month.of(row.first_on).start))
    if visit.is_posted:
        outcome, form = visit.attempt(form, "sub_account.assign", sub_account, form.filled())
        if outcome is not None:
            return visit.to("sub_account", _("Assigned."), sub_account=sub_account)
    owners = unit_choices(visit, visit.unit.path[0].id)
    fields = _assignment_fields(owners)
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
