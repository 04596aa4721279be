"""Violated constraints become refusals, by name, in one table: the database decides, Python words it."""

from collections.abc import Callable

from django.db import IntegrityError, OperationalError, ProgrammingError

from underlet.kernel import errors
from underlet.kernel.errors import Refusal

_REFUSALS: dict[str, Callable[[], Refusal]] = {
    "unit_depth": errors.DepthExceeded,
    "unit_no_cycle": errors.MoveIntoOwnSubtree,
    "unit_parent_kind": errors.ParentMustBeOrganization,
    "unit_name_in_hierarchy": errors.NameUnavailable,
    "unit_customer_name": errors.NameUnavailable,
    "brand_host_name": errors.NameUnavailable,
    "unit_name_form": errors.NamePattern,
    "unit_name_frozen": errors.NameFrozen,
    "unit_price_type_frozen": errors.PriceTypeFrozen,
    "environment_change": errors.WrongState,
    "environment_of_active": errors.WrongState,
    "unit_anchor_chosen": errors.Forbidden,
    "unit_anchor_active": errors.CustomerOrganizationInactive,
    "unit_anchor_permanent": errors.CustomerOrganizationPermanent,
    "unit_anchor_in_use": errors.CustomerOrganizationInUse,
    "grant_ceiling": errors.GrantExceedsCeiling,
    "last_owner": errors.LastOwner,
    "group_member_subtree": errors.MemberOutsideSubtree,
    "group_member_rule": lambda: errors.WrongState("The members of this group follow its rule."),
    "unit_group_unit_id_name_key_key": errors.NameTaken,
    "directory_user_name": errors.EntryTaken,
    "directory_user_person": errors.EntryTaken,
    "directory_group_name": errors.EntryTaken,
    "grant_role": errors.WrongState,
    "access_grant_role_id_fkey": errors.RoleInUse,
    "role_unit_id_name_key_key": errors.NameTaken,
    "account_of_billed": errors.CustomerOrganizationAcceptsNoAccounts,
    "assignment_of_billed": errors.CustomerOrganizationAcceptsNoAccounts,
    "contract_of_billed": errors.CustomerOrganizationNotBilled,
    "assignment_overlap": errors.AssignmentOverlap,
    "contract_overlap": errors.ContractOverlap,
    "contract_version_used": errors.VersionUsed,
    "scheduled_move_pending": errors.MoveAlreadyScheduled,
    "contract_succeeds": errors.WrongState,
    "unit_parent_active": errors.WrongState.of_another,
    "unit_life": errors.WrongState,
    "unit_promoted": errors.WrongState,
    "environment_of_customer": errors.UnitInUse,
    "unit_archived": lambda: errors.WrongState.of("archived"),
    "unit_restore_anchor": errors.WrongState.of_another,
    "unit_archive_anchor": errors.UnitInUse,
    "unit_archive_assignment": errors.UnitInUse,
    "unit_archive_contract": errors.UnitInUse,
    "unit_archive_environment": errors.UnitInUse,
    "unit_name_reserved": errors.NameUnavailable,
    "contract_life": errors.WrongState.of_another,
    "assignment_life": errors.WrongState.of_another,
    "price_type_from_above": errors.Forbidden,
    "raw_cost_altered": errors.RawCostAltered,
    "raw_cost_not_disclosed": errors.RawCostNotDisclosed,
}


def refusal_of(error: IntegrityError) -> Refusal | None:
    """The refusal of a violated constraint; None means the violation is a bug."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if getattr(diagnosis, "message_primary", "").startswith('update or delete on table "unit"'):
        return errors.UnitInUse()
    name = getattr(diagnosis, "constraint_name", None)
    refusal = _REFUSALS.get(name or "")
    return refusal() if refusal else None


_NOT_ALLOWED = "42501"


def forbidden_of(error: ProgrammingError) -> Refusal | None:
    """The refusal of a row that a policy does not let the actor write, though the operation's own permission did: it is
    asked in one unit, and a role on that unit alone reaches no further. None for any other error.
    """
    diagnosis = getattr(error.__cause__, "diag", None)
    is_policy = "row-level security policy" in (getattr(diagnosis, "message_primary", None) or "")
    is_refused = getattr(error.__cause__, "sqlstate", "") == _NOT_ALLOWED
    return errors.Forbidden() if is_refused and is_policy else None


_DEADLOCK = "40P01"
_TOO_LONG = {"55P03", "57014", _DEADLOCK}  # a lock was not given, a statement took too long


def is_deadlock(error: OperationalError) -> bool:
    """Whether the database chose this transaction to end a deadlock."""
    return getattr(error.__cause__, "sqlstate", "") == _DEADLOCK


def busy_of(error: OperationalError) -> Refusal | None:
    """The refusal of what others' work held up; None means that it is something else."""
    return errors.Busy() if getattr(error.__cause__, "sqlstate", "") in _TOO_LONG else None
