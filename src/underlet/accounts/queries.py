"""Reads of the accounts context."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

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
from underlet.foundation.database.sql import rows
from underlet.foundation.registry import Subject, query
from underlet.foundation.settings import settings
from underlet.foundation.types import NoInput, Page, decode_cursor, page_of
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.naming import name_key
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT
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
    return SubAccount.objects.filter(Q(InScope(actor, "unit__anc", "unit_id")) | Q(Exists(owned)))


def find_sub_account(actor: Actor, public_id: UUID) -> SubAccount | None:
    """The visible sub-account with this public id."""
    return visible_sub_accounts(actor).select_related("account").filter(public_id=public_id).first()


def _lock(row: SubAccount) -> None:
    rows("select 1 from sub_account where id = %s for update", [row.id])


def find_assignment(actor: Actor, public_id: UUID) -> Assignment | None:
    """The visible assignment with this public id."""
    return visible_assignments(actor).select_related("sub_account").filter(public_id=public_id).first()


SUB_ACCOUNT = Subject(
    "sub_account", find_sub_account, lambda row: row.unit_id, lambda row: row.hierarchy_id, _lock
)
ASSIGNMENT = Subject(
    "assignment", find_assignment, lambda row: row.sub_account.unit_id, lambda row: row.hierarchy_id
)


def sub_account_rows(actor: Actor, found: Sequence[SubAccount]) -> list[SubAccountRow]:
    """List rows with the owners that the actor may see; one more query, whatever their number."""
    history: dict[int, list[AssignmentRow]] = {}
    owners: dict[int, UnitLink] = {}
    day = today()
    assignments = visible_assignments(actor).filter(sub_account__in=[row.id for row in found])
    for row in assignments.select_related("unit").order_by("-starts_on"):
        link = UnitLink(row.unit.public_id, UnitKind(row.unit.kind), row.unit.name)
        history.setdefault(row.sub_account_id, []).append(
            AssignmentRow(row.public_id, link, row.starts_on, row.ends_on)
        )
        if row.starts_on <= day and (row.ends_on is None or day < row.ends_on):
            owners[row.sub_account_id] = link
    return [
        SubAccountRow(
            row.public_id,
            row.account.provider,
            row.account.external_id,
            row.external_id,
            row.name,
            row.first_on,
            row.last_on,
            owners.get(row.id),
            tuple(history.get(row.id, ())),
        )
        for row in found
    ]


def _below(actor: Actor, unit: Unit) -> QuerySet[SubAccount]:
    """Visible sub-accounts that belong to the unit's subtree, by account or by an owner."""
    owned = visible_assignments(actor).filter(sub_account_id=OuterRef("id"), unit__anc__contains=[unit.id])
    return visible_sub_accounts(actor).filter(Q(unit__anc__contains=[unit.id]) | Q(Exists(owned)))


@query("sub_account.list", subject=UNIT)
def list_sub_accounts(actor: Actor, unit: Unit, data: ListSubAccounts) -> Page[SubAccountRow]:
    """List the sub-accounts of a unit and below it, with their owners, by name (R66, R67, P24)."""
    found = _below(actor, unit).select_related("account").order_by("name_key", "id")
    if data.q:
        found = found.filter(Q(name_key__contains=name_key(data.q)) | Q(external_id__icontains=data.q))
    if data.state:
        day = today()
        now_owned = Assignment.objects.filter(
            Q(ends_on=None) | Q(ends_on__gt=day), sub_account_id=OuterRef("id"), starts_on__lte=day
        )
        found = found.filter(Exists(now_owned) if data.state == "assigned" else ~Exists(now_owned))
    after = decode_cursor(data.after, str, int)
    if after:
        found = found.filter(Q(name_key__gt=after[0]) | Q(name_key=after[0], id__gt=after[1]))
    page = page_of(list(found[: data.limit + 1]), data.limit, lambda row: (row.name_key, row.id))
    return Page(tuple(sub_account_rows(actor, page.items)), page.next)


@query("sub_account.show", subject=SUB_ACCOUNT)
def show_sub_account(actor: Actor, row: SubAccount, data: NoInput) -> SubAccountRow:
    """Show a sub-account and the history of its owners."""
    return sub_account_rows(actor, [row])[0]


@query("account.list", subject=UNIT)
def list_accounts(actor: Actor, unit: Unit, data: ListAccounts) -> Page[AccountRow]:
    """List the cloud accounts that feed a unit and below it (R63)."""
    counts = dict(_below(actor, unit).values_list("account_id").annotate(Count("id")).order_by())
    found = Account.objects.filter(Q(id__in=counts) | Q(InScope(actor, "unit__anc", "unit_id"), unit=unit))
    after = decode_cursor(data.after, int)
    found = found.order_by("id")
    if after:
        found = found.filter(id__gt=after[0])
    page = page_of(list(found[: data.limit + 1]), data.limit, lambda row: (row.id,))
    items = tuple(
        AccountRow(row.public_id, row.provider, row.external_id, row.name, row.currency, counts.get(row.id, 0))
        for row in page.items
    )
    return Page(items, page.next)


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
