"""D5: what a write would change. Every operation is let through to its last statement, looked at, and undone.

Who may change which row is said below, table by table, in terms of the specification; a table that is not there fails.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from django.db import transaction

from tests.leaks.detectors import Leak
from tests.leaks.knowledge import is_operator, person_of
from tests.leaks.specification import Specification
from tests.leaks.worlds import (
    ACCOUNT_EDIT,
    BILLING_RUN,
    BRAND_EDIT,
    CONTRACT_EDIT,
    ENVIRONMENT_EDIT,
    GROUP_EDIT,
    IMPORT,
    INVOICE_ISSUE,
    ROLE_EDIT,
    SIGN_IN_EDIT,
    TOKEN_EDIT,
    UNIT_EDIT,
    USER_EDIT,
    VIEW_AS,
    Row,
)
from underlet.foundation import limits, operations
from underlet.foundation.actor import Actor
from underlet.foundation.database import transactions
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.database.transactions import system

OUTSIDE = "^(django_|auth_|procrastinate|account_email|mfa_|usersessions_|socialaccount_)"
"""Tables of sign-in, migrations and the queue."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A row before and after; None: it was not there, or is not any more."""

    table: str
    before: Row | None
    after: Row | None


@dataclass
class Rehearsal:
    """The tables as they are, and what the last write would have made of them."""

    tables: dict[str, list[Row]]
    digests: dict[str, tuple[Any, int]]
    changed: list[Changed] = field(default_factory=list)

    @contextmanager
    def writing(self, actor: Actor) -> Iterator[None]:
        """In the place of `operations.writing`: the same transaction, undone at its end."""
        with transactions.writing(actor):
            yield
            execute("set constraints all immediate")
            execute("select set_config('role', 'underlet_system', true)")
            self.changed = self._look()
            transaction.set_rollback(True)

    def _look(self) -> list[Changed]:
        found = []
        for table, digest in _digests().items():
            if digest == self.digests.get(table):
                continue
            old, new = self.tables.get(table, []), _rows_of(table)
            before = {_key_of(table, row): row for row in old}
            after = {_key_of(table, row): row for row in new}
            for key in before.keys() | after.keys():
                if before.get(key) != after.get(key):
                    found.append(Changed(table, before.get(key), after.get(key)))
        return found


@contextmanager
def rehearsing() -> Iterator[Rehearsal]:
    """No write of an operation stays; refusals are not counted against anybody."""
    with system():
        names = list(_digests())
        rehearsal = Rehearsal({name: _rows_of(name) for name in names}, _digests())
    door: Any = operations  # what it imported is what is replaced
    kept = door.writing, limits._count
    door.writing, limits._count = rehearsal.writing, lambda *_: None
    try:
        yield rehearsal
    finally:
        door.writing, limits._count = kept


_statement = ""
_keys: dict[str, tuple[str, ...]] = {}


def _digests() -> dict[str, tuple[Any, int]]:
    global _statement
    if not _statement:
        found = rows(
            "select c.relname, array(select a.attname::text from pg_index i, unnest(i.indkey) k join pg_attribute a"
            "  on a.attnum = k where a.attrelid = c.oid and i.indrelid = c.oid and i.indisprimary)"
            " from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname !~ %s",
            [OUTSIDE],
        )
        _keys.update({name: tuple(columns) for name, columns in found})
        _statement = " union all ".join(
            f"select '{name}', sum(hashtextextended(t::text, 0)), count(*) from \"{name}\" t" for name in _keys
        )
    return {name: (digest, count) for name, digest, count in rows(cast(Any, _statement))}


def _rows_of(table: str) -> list[Row]:
    found = scalar(cast(Any, f"select coalesce(jsonb_agg(to_jsonb(t)), '[]') from \"{table}\" t"))
    return list(json.loads(found) if isinstance(found, str) else found)


def _key_of(table: str, row: Row) -> tuple[str, ...]:
    """Its primary key; a table without one: all of it."""
    return tuple(str(row[name]) for name in _keys[table] or sorted(row))


# --- who may change what -------------------------------------------------------------------------


class Judge:
    """Whether what one actor changed is theirs to change."""

    def __init__(self, specification: Specification, actor: int) -> None:
        self.specification, self.actor = specification, actor
        self.changed: list[Changed] = []

    def leaks(self, changed: list[Changed], call: str) -> list[Leak]:
        """What was changed and is not the actor's to change."""
        self.changed = changed
        found = []
        for one in changed:
            rule = WRITABLE.get(one.table)
            if rule is None:
                raise AssertionError(f"tests/leaks/rehearsal.py, WRITABLE: say who may change rows of {one.table}")
            if not all(rule(self, row, one) for row in (one.before, one.after) if row is not None):
                found.append(
                    Leak("D5", f"{one.table}: {_brief(one)}", self.specification.world.seed, self.actor, call)
                )
        return found

    def place(self, unit: int | None) -> int | None:
        """The unit, or where a new one was put."""
        seen = set()
        while unit is not None and unit not in self.specification.above and unit not in seen:
            seen.add(unit)
            new = [
                one.after for one in self.changed if one.table == "unit" and one.after and one.after["id"] == unit
            ]
            unit = new[0]["parent_id"] if new else None
        return unit

    def can(self, bits: int, unit: int | None) -> bool:
        return self.specification.can(self.actor, bits, self.place(unit)) or self._founded(bits, unit)

    def _founded(self, bits: int, unit: int | None) -> bool:
        """Whether the unit is new and in a group that the actor looks after, as account managers make them (R51)."""
        groups = {
            one.after["group_id"]
            for one in self.changed
            if one.table == "group_member" and one.after and one.before is None and one.after["unit_id"] == unit
        }
        world = self.specification.world
        return unit not in self.specification.above and any(
            grant["group_id"] in groups
            and grant["perms"] & bits == bits
            and not grant["suspended_at"]
            and grant["user_id"] == person_of(self.specification, self.actor)
            for grant in world.rows["access_grant"]
        )

    def is_operator(self) -> bool:
        return is_operator(self.specification, self.actor)

    def removes(self, unit: int) -> bool:
        """Whether the unit goes, which somebody may remove, and all that hangs on it with it."""
        return self.can(UNIT_EDIT, unit) and any(
            one.table == "unit" and one.after is None and one.before and one.before["id"] == unit
            for one in self.changed
        )

    def held(self, unit: int | None) -> int:
        place = self.place(unit)
        held = self.specification.held(self.actor, place) if place is not None else 0
        return -1 if self._founded(UNIT_EDIT, unit) else held  # its group's roles come with it


def _brief(one: Changed) -> str:
    if one.before and one.after:
        names = [name for name in one.after if one.before.get(name) != one.after[name]]
        return f"{one.before.get('id')}: " + ", ".join(
            f"{n} {one.before.get(n)!r} → {one.after[n]!r}" for n in names
        )
    return f"{'new' if one.after else 'gone'} {one.after or one.before}"


_DERIVED = {"anc", "depth", "parent_depth", "parent_active", "entity_id", "is_active"}
Rule = Callable[[Judge, Row, Changed], bool]


def _names(one: Changed) -> set[str]:
    if one.before is None or one.after is None:
        return {"*"}
    return {name for name in one.after if one.before.get(name) != one.after[name]}


def _unit(judge: Judge, row: Row, one: Changed) -> bool:
    if judge.is_operator() and (_names(one) <= {"name_released_at"} or row["parent_id"] is None):
        return True
    if _names(one) <= {"anchors", "facets"}:  # follows the customers that refer to it
        return judge.can(UNIT_EDIT, row["id"]) or any(
            other.table == "unit" and other.before and other.before["anchor_id"] == row["id"]
            for other in judge.changed
        )
    if _names(one) <= _DERIVED:  # what lies below a unit that moved or got another legal entity
        return any(
            other.table == "unit"
            and other.before
            and other.before["id"] in judge.specification.above.get(row["id"], ())
            and judge.can(UNIT_EDIT, other.before["id"])
            for other in judge.changed
        )
    if row is one.after and one.before is None:
        return judge.can(UNIT_EDIT, row["parent_id"]) or judge.can(UNIT_EDIT, row["id"])
    may = judge.can(UNIT_EDIT, row["id"])
    if one.before is None or one.after is None or one.before["parent_id"] == one.after["parent_id"]:
        return may
    within = judge.specification.move_within(judge.actor, row["id"])
    stays = within is None or within in judge.specification.above[one.after["parent_id"]]
    return may and stays and judge.can(UNIT_EDIT, row["parent_id"])


def _entity(judge: Judge, row: Row, one: Changed) -> bool:
    if judge.is_operator() and one.before is None:
        return True
    after = [other.after for other in judge.changed if other.table == "unit" and other.after]
    now = [unit for unit in (*judge.specification.world.rows["unit"], *after) if unit["entity_id"] == row["id"]]
    return any(judge.can(UNIT_EDIT, unit["id"]) for unit in now)


def _grant(judge: Judge, row: Row, one: Changed) -> bool:
    if judge.removes(row["unit_id"]) or (judge.is_operator() and one.before is None and row["role"] == "owner"):
        return True
    held = judge.held(row["unit_id"])
    return bool(held & USER_EDIT) and (row is one.before or row["perms"] & ~held == 0)


def _person(judge: Judge, row: Row, one: Changed) -> bool:
    if _names(one) <= {"scope_until"}:
        return True
    if one.before is None:
        return not row["is_operator"] and any(
            one.perms & USER_EDIT for one in judge.specification.reaches(judge.actor)
        )
    return bool(row["id"] == judge.actor) and _names(one) <= {"language", "theme", "scope_until"}


def _key(judge: Judge, row: Row, one: Changed) -> bool:
    if row["id"] == judge.actor and _names(one) <= {"last_used_at", "last_used_from"}:
        return True
    return row["user_id"] == judge.actor or judge.removes(row["unit_id"]) or judge.can(TOKEN_EDIT, row["unit_id"])


def _scope(judge: Judge, row: Row, one: Changed) -> bool:
    """Follows from grants: nobody gains more than who acts holds there, least of all themselves, where a unit left a
    limit as little as where it stayed (P2).
    """
    if row is one.before or judge.is_operator():
        return True
    same = [
        other.before
        for other in judge.changed
        if other.table == "user_scope"
        and other.before
        and other.before["actor_id"] == row["actor_id"]
        and other.before["unit_id"] == row["unit_id"]
        and other.before["subtree"] == row["subtree"]
    ]
    kept = one.before["perms"] if one.before else 0
    for other in same:
        kept |= other["perms"]
    if person_of(judge.specification, judge.actor) == row["actor_id"] and row["perms"] & ~kept:
        return bool(row["perms"] & ~judge.held(row["unit_id"]) == 0)
    return bool(row["perms"] & ~(kept | judge.held(row["unit_id"])) == 0) or not judge.specification.world.has(
        "app_user", row["actor_id"]
    )


def _holding(bits: int, column: str = "unit_id") -> Rule:
    return lambda judge, row, one: judge.can(bits, row[column]) or judge.removes(row[column])


def _own(judge: Judge, row: Row, one: Changed) -> bool:
    return bool(row["actor_id"] == judge.actor)


def _own_on_unit(judge: Judge, row: Row, one: Changed) -> bool:
    return row["actor_id"] == judge.actor and judge.can(UNIT_EDIT, row["unit_id"])


def _assignment(judge: Judge, row: Row, one: Changed) -> bool:
    sub = judge.specification.world.get("sub_account", row["sub_account_id"])
    gives = one.before is not None or judge.can(2, row["unit_id"])
    return judge.can(ACCOUNT_EDIT, sub["unit_id"]) and gives


def _contract(judge: Judge, row: Row, one: Changed) -> bool:
    """Who sells; or who moves the buyer, which ends its contract and drafts the next (billing.md §8)."""
    moves = any(
        other.table == "unit"
        and other.before
        and judge.can(UNIT_EDIT, other.before["id"])
        and other.before["id"] in judge.specification.above.get(row["buyer_id"], ())
        for other in judge.changed
    )
    entity = judge.specification.acts(judge.actor, row["seller_id"], row["seller_entity_id"], CONTRACT_EDIT)
    return entity or moves


def _version(judge: Judge, row: Row, one: Changed) -> bool:
    contract = _row(judge, "contract", row["contract_id"])
    if _names(one) <= {"used_at", "used_through"}:
        return judge.can(INVOICE_ISSUE, contract["seller_id"])
    return _contract(judge, contract, one)


def _row(judge: Judge, table: str, id_: int) -> Row:
    world = judge.specification.world
    if world.has(table, id_):
        return world.get(table, id_)
    return next(
        row
        for one in judge.changed
        if one.table == table
        for row in (one.after, one.before)
        if row and row["id"] == id_
    )


def _term(judge: Judge, row: Row, one: Changed) -> bool:
    return _version(judge, _row(judge, "contract_version", row["version_id"]), one)


def _of_invoice(judge: Judge, row: Row, one: Changed) -> bool:
    return judge.can(INVOICE_ISSUE, _row(judge, "invoice", row["invoice_id"])["seller_id"])


def _finding(judge: Judge, row: Row, one: Changed) -> bool:
    return _own_on_unit(judge, _row(judge, "structure_import", row["import_id"]), one)


def _follows(judge: Judge, row: Row, one: Changed) -> bool:
    return True


WRITABLE: dict[str, Rule] = {
    "hierarchy": lambda judge, row, one: judge.is_operator() and one.before is None,
    "legal_entity": _entity,
    "unit": _unit,
    "app_user": _person,
    "access_grant": _grant,
    "api_token": _key,
    "role": _holding(ROLE_EDIT),
    "unit_ceiling": _holding(ROLE_EDIT),
    "unit_group": _holding(GROUP_EDIT),
    "group_member": lambda judge, row, one: (
        judge.can(GROUP_EDIT, _row(judge, "unit_group", row["group_id"])["unit_id"])
        or judge.removes(row["unit_id"])
        or judge.can(UNIT_EDIT, row["unit_id"])
    ),
    "assignment": _assignment,
    "contract": _contract,
    "contract_version": _version,
    "price_rule": _term,
    "recurring_fee": _term,
    "usage_import": _holding(IMPORT),
    "exchange_rate": _holding(BILLING_RUN),
    "billing_run": _holding(BILLING_RUN),
    "invoice": _holding(INVOICE_ISSUE, "seller_id"),
    "invoice_line": _of_invoice,
    "invoice_document": _of_invoice,
    "invoice_counter": _holding(INVOICE_ISSUE, "seller_id"),
    "brand": _holding(BRAND_EDIT),
    "environment": _holding(ENVIRONMENT_EDIT),
    "provisioning_hook": _holding(ENVIRONMENT_EDIT),
    "scheduled_move": _holding(UNIT_EDIT),
    "structure_import": _own_on_unit,
    "structure_finding": _finding,
    "audit_entry": _own,
    "job": _own,
    "upload": _own,
    "idempotency_key": _own,
    "reserved_name": lambda judge, row, one: judge.is_operator(),
    "identity_provider": _holding(SIGN_IN_EDIT),
    "sign_in_policy": _holding(SIGN_IN_EDIT),
    "directory": _holding(USER_EDIT),
    "directory_user": _holding(USER_EDIT),
    "directory_group": _holding(USER_EDIT),
    "directory_member": _holding(USER_EDIT),
    "directory_mapping": _holding(USER_EDIT),
    "acting_session": lambda judge, row, one: (
        row["viewer_id"] == judge.actor and judge.can(VIEW_AS, row["unit_id"])
    ),
    "audit_head": lambda judge, row, one: any(other.table == "audit_entry" for other in judge.changed),
    "user_scope": _scope,
    "unit_closure": _follows,
    "unit_version": _follows,
    "removed_unit": _follows,
    "environment_event": _follows,
}
"""Who may change a row. What follows by triggers from other rows is judged by these."""
