"""Reads of the accounts context."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Lower

from underlet.accounts.models import Account, Assignment, SubAccount
from underlet.accounts.types import (
    AccountRow,
    AssignmentRow,
    ListAccounts,
    ListSubAccounts,
    Ownership,
    SubAccountRow,
)
from underlet.foundation.actor import Actor
from underlet.foundation.clock import today
from underlet.foundation.listing import BY_ID, Order, sorted_page
from underlet.foundation.registry import Subject, query
from underlet.foundation.settings import settings
from underlet.foundation.types import NoInput, Page
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.naming import name_key
from underlet.kernel.period import DayRange
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, in_group, visible_units
from underlet.organization.scope import InScope
from underlet.organization.types import UnitLink


def visible_assignments(actor: Actor) -> QuerySet[Assignment]:
    """Assignments to units in the actor's scope (first belt)."""
    if not settings().query_scoping:
        return Assignment.objects.all()
    return Assignment.objects.filter(InScope(actor, "unit__anc", "unit_id"))


def visible_sub_accounts(actor: Actor) -> QuerySet[SubAccount]:
    """Sub-accounts whose account's unit, or an owner, is in the actor's scope (first belt)."""
    if not settings().query_scoping:
        return SubAccount.objects.all()
    owned = visible_assignments(actor).filter(sub_account_id=OuterRef("id"))
    return SubAccount.objects.filter(_in_visible_unit(actor) | Q(Exists(owned)))


def _in_visible_unit(actor: Actor, **conditions: object) -> Q:
    """Rows whose `unit` is visible. No join: an owner sees the sub-account and not the unit that the provider bills."""
    return Q(Exists(visible_units(actor).filter(id=OuterRef("unit_id"), **conditions)))


def told(actor: Actor, found: QuerySet[SubAccount]) -> QuerySet[SubAccount]:
    """Sub-accounts as `sub_account_rows` takes them: with whether the actor sees the unit that the provider bills."""
    return found.select_related("account").annotate(is_whole=_sees_unit(actor))


def _sees_unit(actor: Actor) -> Exists:
    return Exists(visible_units(actor).filter(id=OuterRef("unit_id")))


def find_sub_account(actor: Actor, public_id: UUID) -> SubAccount | None:
    """The visible sub-account with this public id."""
    return told(actor, visible_sub_accounts(actor)).filter(public_id=public_id).first()


def find_assignment(actor: Actor, public_id: UUID) -> Assignment | None:
    """The visible assignment with this public id."""
    return visible_assignments(actor).select_related("sub_account").filter(public_id=public_id).first()


# Nothing to lock: that a day has one owner is an exclusion constraint, whoever comes first.
SUB_ACCOUNT = Subject("sub_account", find_sub_account, lambda row: row.unit_id, lambda row: row.hierarchy_id)
ASSIGNMENT = Subject(
    "assignment", find_assignment, lambda row: row.sub_account.unit_id, lambda row: row.hierarchy_id
)


def sub_account_rows(actor: Actor, found: Sequence[SubAccount]) -> list[SubAccountRow]:
    """List rows with the owners that the actor may see; one more query, whatever their number. found: as `told`."""
    history: dict[int, list[AssignmentRow]] = {}
    assignments = visible_assignments(actor).filter(sub_account__in=[row.id for row in found])
    for row in assignments.select_related("unit").order_by("-starts_on"):
        link = UnitLink(row.unit.public_id, UnitKind(row.unit.kind), row.unit.name)
        history.setdefault(row.sub_account_id, []).append(
            AssignmentRow(row.public_id, link, row.starts_on, row.ends_on)
        )
    return [_row(row, history.get(row.id, [])) for row in found]


def _row(row: Any, owned: Sequence[AssignmentRow]) -> SubAccountRow:
    """One list row. An owner who does not see the unit that the provider bills learns its own days only."""
    day, is_whole = today(), row.is_whole
    first_on, last_on = row.first_on, row.last_on
    if not is_whole:
        first_on = max(first_on, min(one.starts_on for one in owned))
        if all(one.ends_on for one in owned):
            last_on = min(last_on, max(one.ends_on for one in owned if one.ends_on) - timedelta(days=1))
    return SubAccountRow(
        row.public_id,
        row.account.provider,
        row.account.external_id if is_whole else "",
        row.external_id,
        row.name,
        first_on,
        last_on,
        next((one.unit for one in owned if day in DayRange(one.starts_on, one.ends_on)), None),
        tuple(owned),
    )


def sub_accounts_below(actor: Actor, unit: Unit) -> QuerySet[SubAccount]:
    """Visible sub-accounts that belong to the unit's subtree, by account or by an owner."""
    # The hierarchy is implied, and leads the indexes that give the rows in their order.
    found = visible_sub_accounts(actor).filter(hierarchy_id=unit.hierarchy_id)
    if unit.parent_id is None:
        return found  # whatever is in its hierarchy is below the root
    owned = visible_assignments(actor).filter(sub_account_id=OuterRef("id"), unit__anc__contains=[unit.id])
    return found.filter(_in_visible_unit(actor, anc__contains=[unit.id]) | Q(Exists(owned)))


_SUB_ACCOUNT_ORDERS = {"name": Order("name_key", str), "id": Order("external_id", str)}
_ACCOUNT_ORDERS = {
    "created": BY_ID,
    "name": Order("name_key", str),
    "id": Order("id_key", str),
    "provider": Order("provider_key", str),
}


@query("sub_account.list", subject=UNIT)
def list_sub_accounts(actor: Actor, unit: Unit, data: ListSubAccounts) -> Page[SubAccountRow]:
    """List the sub-accounts of a unit and below it, with their owners, by name (R66, R67, P24)."""
    found = sub_accounts_below(actor, unit)
    if data.q:
        billed = Q(account__external_id__icontains=data.q) | Q(account__name__icontains=data.q)
        own = Q(name_key__contains=name_key(data.q)) | Q(external_id__icontains=data.q)
        found = found.filter(own | billed & _in_visible_unit(actor))  # others do not know the account (R18, A3)
    if data.state:
        owned = Exists(_owned_today(actor))
        found = found.filter(owned if data.state == "assigned" else ~owned)
    if data.group is not None:
        found = found.filter(Exists(_owned_today(actor).filter(in_group(actor, data.group, "unit_id"))))
    page = sorted_page(told(actor, found), data, data.sort, _SUB_ACCOUNT_ORDERS)
    return Page(tuple(sub_account_rows(actor, page.items)), page.next)


def unassigned(actor: Actor, unit: Unit) -> QuerySet[SubAccount]:
    """Sub-accounts of the unit and below that nobody owns today (P24)."""
    return sub_accounts_below(actor, unit).filter(~Exists(_owned_today(actor)))


def _owned_today(actor: Actor) -> QuerySet[Assignment]:
    day = today()
    return visible_assignments(actor).filter(
        Q(ends_on=None) | Q(ends_on__gt=day), sub_account_id=OuterRef("id"), starts_on__lte=day
    )


# Who owns it on some day sees it, and not the unit that the provider bills: finding it is the permission.
@query("sub_account.show", subject=SUB_ACCOUNT, own=True)
def show_sub_account(actor: Actor, row: SubAccount, data: NoInput) -> SubAccountRow:
    """Show a sub-account and the history of its owners."""
    return sub_account_rows(actor, [row])[0]


@query("account.list", subject=UNIT)
def list_accounts(actor: Actor, unit: Unit, data: ListAccounts) -> Page[AccountRow]:
    """List the cloud accounts that feed a unit and below it (R63)."""
    counts = dict(sub_accounts_below(actor, unit).values_list("account_id").annotate(Count("id")).order_by())
    found = Account.objects.filter(Q(id__in=counts) | _in_visible_unit(actor, anc__contains=[unit.id]))
    # The payer's texts sort and are found as they are shown: for those who do not see its unit, not at all.
    is_whole = Q(is_whole=True)
    found = found.annotate(
        is_whole=_sees_unit(actor),
        provider_key=Lower("provider"),
        id_key=Case(When(is_whole, then=Lower("external_id")), default=Value("", TextField())),
        name_key=Case(
            When(is_whole & ~Q(name=""), then=Lower("name")),
            When(is_whole, then=Lower("external_id")),
            default=Value("", TextField()),
        ),
    )
    if data.q:
        text = name_key(data.q)
        found = found.filter(
            Q(name_key__contains=text) | Q(id_key__contains=text) | Q(provider_key__contains=text)
        )
    page = sorted_page(found, data, data.sort, _ACCOUNT_ORDERS)
    return Page(tuple(_account_row(row, counts.get(row.id, 0)) for row in page.items), page.next)


def _account_row(row: Any, count: int) -> AccountRow:
    external_id, name = (row.external_id, row.name) if row.is_whole else ("", "")
    return AccountRow(row.public_id, row.provider, external_id, name, row.currency, count)


def ownership_in(hierarchy_id: int, first: date, last: date) -> list[Ownership]:
    """Every ownership of a hierarchy that touches the days `[first, last)`; for billing runs, as the system."""
    found = (
        Assignment.objects.filter(
            Q(ends_on=None) | Q(ends_on__gt=first), hierarchy_id=hierarchy_id, starts_on__lt=last
        )
        .order_by("id")
        .values_list(
            "sub_account__account__provider",
            "sub_account__account__external_id",
            "sub_account__external_id",
            "unit_id",
            "starts_on",
            "ends_on",
        )
    )
    return [Ownership(*row) for row in found]


def sub_account_names(hierarchy_id: int) -> dict[tuple[str, str, str], str]:
    """Names of a hierarchy's sub-accounts by (provider, account, sub-account); for billing runs, as the system."""
    found = SubAccount.objects.filter(hierarchy_id=hierarchy_id).values_list(
        "account__provider", "account__external_id", "external_id", "name"
    )
    return {(provider, account, sub): name for provider, account, sub, name in found}
