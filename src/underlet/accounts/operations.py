"""Writes of the accounts context."""

from datetime import date

from underlet.accounts.models import Assignment, SubAccount
from underlet.accounts.queries import (
    ASSIGNMENT,
    SUB_ACCOUNT,
    find_sub_account,
    sub_account_rows,
    sub_accounts_below,
    told,
)
from underlet.accounts.types import Assigned, AssignSubAccount, AssignSubAccounts, EndAssignment, SubAccountRow
from underlet.foundation.actor import Actor, require
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute
from underlet.foundation.registry import operation
from underlet.foundation.types import NoInput
from underlet.kernel.errors import (
    AssignmentOverlap,
    CustomerOrganizationAcceptsNoAccounts,
    InvalidInput,
    WrongState,
)
from underlet.kernel.period import DayRange
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import Sentence, about
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, find_unit


def _check_free(row: SubAccount, days: DayRange) -> None:
    for other in Assignment.objects.filter(sub_account=row).order_by("starts_on"):
        if DayRange(other.starts_on, other.ends_on).overlap(days):
            raise AssignmentOverlap(_taken(other.starts_on, other.ends_on))


def _taken(start: date, end: date | None) -> Sentence:
    if end is None:
        return Sentence("This sub-account is already assigned from {start} on.", start=start)
    return Sentence("This sub-account is already assigned from {start} to {end}.", start=start, end=end)


def _target(actor: Actor, hierarchy_id: int, data: AssignSubAccount) -> Unit:
    unit = find_unit(actor, data.unit)
    if unit is None or unit.hierarchy_id != hierarchy_id:
        raise InvalidInput(fields={"unit": "Choose a unit of this hierarchy."})
    if unit.state != "active":
        raise InvalidInput(fields={"unit": WrongState.of(unit.state).detail})
    require(Permission.ACCOUNT_EDIT, unit.id)
    if unit.anchors:
        raise CustomerOrganizationAcceptsNoAccounts()
    return unit


def _refreshed(actor: Actor, row: SubAccount) -> SubAccountRow:
    found = find_sub_account(actor, row.public_id)
    assert found is not None
    return sub_account_rows(actor, [found])[0]


@operation("sub_account.assign", needs=Permission.ACCOUNT_EDIT, subject=SUB_ACCOUNT, idempotency="natural")
def assign_sub_account(actor: Actor, row: SubAccount, data: AssignSubAccount) -> SubAccountRow:
    """Assign a sub-account to a unit over UTC days (R66); one owner a day.

    Raises AssignmentOverlap, CustomerOrganizationAcceptsNoAccounts (R79), InvalidInput for a unit of another hierarchy
    or an end before the start.
    """
    _assign(row, _target(actor, row.hierarchy_id, data), DayRange(data.starts_on, data.ends_on))
    return _refreshed(actor, row)


def _assign(row: SubAccount, unit: Unit, days: DayRange) -> None:
    _check_free(row, days)
    execute(
        "insert into assignment (hierarchy_id, sub_account_id, unit_id, starts_on, ends_on, created_at)"
        " values (%s, %s, %s, %s, %s, %s)",
        [row.hierarchy_id, row.id, unit.id, days.start, days.end, now()],
    )


@operation("sub_account.assign_many", needs=Permission.ACCOUNT_EDIT, subject=UNIT)
def assign_sub_accounts(actor: Actor, unit: Unit, data: AssignSubAccounts) -> Assigned:
    """Assign several sub-accounts of a unit or below it to one owner over the same UTC days: all or none (R66).

    The right is asked for each of them, as for one. Raises InvalidInput and AssignmentOverlap that name which one, and
    CustomerOrganizationAcceptsNoAccounts (R79).
    """
    owner = _target(actor, unit.hierarchy_id, data)
    days = DayRange(data.starts_on, data.ends_on)
    ids = list(dict.fromkeys(data.sub_accounts))
    found = {row.public_id: row for row in sub_accounts_below(actor, unit).filter(public_id__in=ids)}
    unknown = {
        f"sub_accounts.{position}": "There is no such sub-account here."
        for position, id_ in enumerate(data.sub_accounts)
        if id_ not in found
    }
    if unknown:
        raise InvalidInput(fields=unknown)
    for billed in {row.unit_id for row in found.values()}:
        require(Permission.ACCOUNT_EDIT, billed)
    for id_ in sorted(ids, key=lambda one: found[one].id):
        _assign_one(found[id_], owner, days, data.sub_accounts.index(id_))
    fresh = {row.public_id: row for row in told(actor, sub_accounts_below(actor, unit)).filter(public_id__in=ids)}
    return Assigned(tuple(sub_account_rows(actor, [fresh[id_] for id_ in ids])))


def _assign_one(row: SubAccount, owner: Unit, days: DayRange, position: int) -> None:
    try:
        _assign(row, owner, days)
    except AssignmentOverlap as refusal:
        which = about(row.name or row.external_id, refusal.detail)
        raise AssignmentOverlap(which, hint=refusal.hint, fields={f"sub_accounts.{position}": which}) from None


@operation("assignment.end", needs=Permission.ACCOUNT_EDIT, subject=ASSIGNMENT, audit=("ends_on",))
def end_assignment(actor: Actor, row: Assignment, data: EndAssignment) -> SubAccountRow:
    """End an assignment on a UTC day; the days before keep their owner."""
    _check_end(row.starts_on, data.ends_on)
    if row.ends_on is not None and data.ends_on > row.ends_on:
        _check_free(row.sub_account, DayRange(row.ends_on, data.ends_on))
    row.ends_on = data.ends_on
    row.save(update_fields=["ends_on"])
    return _refreshed(actor, row.sub_account)


@operation("assignment.remove", needs=Permission.ACCOUNT_EDIT, subject=ASSIGNMENT, audit=("starts_on", "ends_on"))
def remove_assignment(actor: Actor, row: Assignment, data: NoInput) -> SubAccountRow:
    """Take an assignment back as if it had never been; its cost returns to the root, unassigned."""
    sub_account = row.sub_account
    row.delete()
    return _refreshed(actor, sub_account)


def _check_end(starts_on: date, ends_on: date) -> None:
    if ends_on <= starts_on:
        raise InvalidInput(fields={"ends_on": "The end must be after the start; remove the assignment instead."})
