"""Writes that higher contexts call inside their own operation."""

from collections.abc import Sequence

from underlet.accounts.types import SeenSubAccount
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute
from underlet.kernel.naming import name_key
from underlet.organization.models import Unit


def register_accounts(unit: Unit, seen: Sequence[SeenSubAccount]) -> int:
    """Make sure that every account and sub-account of a billing file exists below the unit that it bills.

    Idempotent; names follow the newest file, the days seen only widen. Returns how many sub-accounts are new.
    """
    moment = now()
    accounts: dict[tuple[str, str], SeenSubAccount] = {}
    for row in seen:
        accounts.setdefault((row.provider, row.billing_account), row)
    for row in accounts.values():
        execute(
            "insert into account (hierarchy_id, unit_id, provider, external_id, name, currency, created_at)"
            " values (%s, %s, %s, %s, %s, %s, %s) on conflict (hierarchy_id, provider, external_id) do nothing",
            [unit.hierarchy_id, unit.id, row.provider, row.billing_account, row.billing_account_name,
             row.currency, moment],
        )  # fmt: skip
    return sum(_register(unit, row) for row in seen if row.sub_account)


def _register(unit: Unit, row: SeenSubAccount) -> int:
    changed = execute(
        "update sub_account s set name = case when %s = '' then s.name else %s end,"
        " name_key = case when %s = '' then s.name_key else %s end,"
        " first_on = least(first_on, %s), last_on = greatest(last_on, %s)"
        " from account a where a.id = s.account_id and a.hierarchy_id = %s and a.provider = %s"
        " and a.external_id = %s and s.external_id = %s",
        [row.name, row.name, row.name, name_key(row.name or row.sub_account), row.first_on, row.last_on,
         unit.hierarchy_id, row.provider, row.billing_account, row.sub_account],
    )  # fmt: skip
    if changed:
        return 0
    return execute(
        "insert into sub_account (hierarchy_id, account_id, unit_id, external_id, name, name_key, first_on, last_on,"
        " created_at) select %s, a.id, %s, %s, %s, %s, %s, %s, %s from account a"
        " where a.hierarchy_id = %s and a.provider = %s and a.external_id = %s on conflict do nothing",
        [unit.hierarchy_id, unit.id, row.sub_account, row.name, name_key(row.name or row.sub_account),
         row.first_on, row.last_on, now(), unit.hierarchy_id, row.provider, row.billing_account],
    )  # fmt: skip
