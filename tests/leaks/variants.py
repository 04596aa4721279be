"""D3: the same world with other hidden facts, for one reader: changed, added, dropped. Its answers must be equal.

What is hidden is decided by `knowledge.RULES`, table by table, so a table that is not in it fails; what can be added is
said below for every table of it.
"""

import random
from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from tests.leaks.knowledge import FIELDS, RULES, may_know
from tests.leaks.specification import Specification
from tests.leaks.worlds import CHANGED_AT, Mark, Row, World
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system

NEVER_ADDED = {
    "hierarchy": "a third one would need a root and its people; units are added instead",
    "group_member": "comes with its group",
    "unit_ceiling": "one for a unit; changing it changes what people hold",
    "contract_version": "comes with its contract",
    "price_rule": "comes with its version",
    "recurring_fee": "comes with its version",
    "usage_snapshot": "comes with its import",
    "usage_file": "comes with its import",
    "usage_total": "comes with its import",
    "provider_cost": "comes with its run",
    "charge_line": "comes with its run",
    "charge_cost": "comes with its line",
    "invoice": "one for a contract and month",
    "invoice_line": "would not add up",
    "invoice_document": "one for an invoice",
    "invoice_counter": "one for a seller",
    "brand": "one for a unit",
    "environment": "one for a customer",
    "provisioning_hook": "one for a unit",
    "scheduled_move": "one for a unit",
    "structure_finding": "comes with its import",
    "idempotency_key": "told by its maker's key only",
    "refusal_count": "one for a person",
    "reserved_name": "its neutral answer is on the list of A3",
    "legal_entity": "comes with the unit that owns it",
    "identity_provider": "its button is told to strangers",
    "sign_in_policy": "one for a unit",
    "directory": "one for a unit",
    "directory_user": "one for a person in a unit",
    "directory_group": "comes with its directory",
    "directory_member": "comes with its group",
    "directory_mapping": "comes with its group",
    "acting_session": "its number is an actor's",
    "address_refusal_count": "of networks, not of people",
    "assignment": "days of a sub-account have one owner",
}
"""Tables of which no hidden row is added, and why; their hidden rows are changed and dropped."""

_Values = Callable[[World, Row], Row]
ADDED: dict[str, _Values] = {
    "unit": lambda world, row: {
        "anchor_id": None,
        "anchors": False,
        "is_entity_own": False,
        "price_type": "seller_set_only",
        "state": "active",
        "archived_at": None,
        "entity_id": world.get("unit", row["parent_id"])["entity_id"],
    },
    "app_user": lambda world, row: {},
    "access_grant": lambda world, row: {
        "scope": "unit",
        "group_id": None,
        "acts_for_id": row["unit_id"],
        "role": "sales_agent",
        "role_id": None,
    },
    "api_token": lambda world, row: {"digest": sha256(f"{world.salt} {row['id']}".encode()).hexdigest()},
    "role": lambda world, row: {},
    "unit_group": lambda world, row: {},
    "account": lambda world, row: {},
    "sub_account": lambda world, row: {},
    "contract": lambda world, row: {"state": "draft"},
    "usage_import": lambda world, row: {"state": "rejected"},
    "exchange_rate": lambda world, row: {"currency": "NOK"},
    "billing_run": lambda world, row: {"is_current": False, "state": "failed", "period": date(2026, 3, 1)},
    "structure_import": lambda world, row: {},
    "audit_entry": lambda world, row: {},
    "job": lambda world, row: {},
    "upload": lambda world, row: {},
}
"""How a hidden row of a table is made once more."""


@cache
def references() -> tuple[tuple[str, str, str], ...]:
    """Foreign keys on numbers: table, column, table referred to."""
    with system():
        found = rows(
            "select c.conrelid::regclass::text, a.attname::text, c.confrelid::regclass::text from pg_constraint c"
            " join unnest(c.conkey, c.confkey) k (own, other) on true"
            " join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.own"
            " join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.other"
            " where c.contype = 'f' and b.attname = 'id' and c.connamespace = 'public'::regnamespace"
        )
    return tuple(sorted({(str(one), str(column), str(other)) for one, column, other in found}))


def variant(specification: Specification, actor: int, rng: random.Random) -> World:
    """The world with other facts where the actor may know nothing of it; all that they may know is the same."""
    world = deepcopy(specification.world)
    world.salt = f"for {actor}, {rng.random()}"
    hidden = [
        (table, row)
        for table, some in specification.world.rows.items()
        for row in some
        if not RULES[table](specification, actor, row)
    ]
    _change(world, specification, actor, hidden, rng)
    for table, row in rng.sample(hidden, len(hidden) // 5):
        if row.get("id") and world.has(table, row["id"]):
            _drop(world, {(name, one.get("id")) for name, one in hidden}, table, row["id"])
    for table, row in rng.sample(hidden, len(hidden) // 5):
        if table in ADDED and world.has(table, row["id"]):
            _add(world, table, world.get(table, row["id"]))
        elif table not in NEVER_ADDED and table not in ADDED:
            raise AssertionError(
                f"tests/leaks/variants.py: say how a hidden row of {table} is added, or why never"
            )
    return world


def _change(
    world: World, specification: Specification, actor: int, hidden: list[tuple[str, Row]], rng: random.Random
) -> None:
    """Other texts, numbers, amounts and times in everything hidden, and in hidden fields of what is not."""
    new: dict[str, str] = {}
    for marks, make in ((specification.world.texts, world.text), (specification.world.numbers, world.number)):
        for token, mark in list(marks.items()):
            if len(token) < 64 and not _may_know(specification, actor, mark):
                new[token] = make(mark.table, mark.id, mark.column)
    secret = [value for value, mark in world.amounts.items() if not may_know(specification, actor, mark)]
    turned = dict(zip(secret, secret[1:] + secret[:1], strict=True))
    for table, some in world.rows.items():
        for row in some:
            for column, value in row.items():
                row[column] = _replaced(value, new, turned)
            if (
                ("created_at" in row)
                and table != "unit"
                and any(one is table and row.get("id") == r.get("id") for one, r in hidden)
            ):
                row["created_at"] += timedelta(minutes=rng.randint(1, 60))
    for past in world.past.values():
        for column, value in past.items():
            past[column] = _replaced(value, new, turned)
    for unit in world.gone:
        for column, value in unit.items():
            unit[column] = _replaced(value, new, turned)


def _may_know(specification: Specification, actor: int, mark: Mark) -> bool:
    """Texts of a visible row stay, but for fields that are hidden by a rule of their own."""
    if (mark.table, mark.column) in _KEPT:
        return True
    return may_know(specification, actor, mark)


_KEPT = {
    ("api_token", "secret"),
    ("app_user", "password"),
    ("upload", "content"),
    ("brand", "logo_sha256"),
    ("invoice_document", "content"),
}
"""Fields that are keys to the world, or contents of files."""


def _replaced(value: Any, texts: dict[str, str], amounts: dict[int, int]) -> Any:
    if isinstance(value, str):
        if "zq" in value or value in texts:
            for old, new in texts.items():
                if old in value:
                    value = value.replace(old, new)
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return amounts.get(value, value)
    if isinstance(value, dict):
        return {name: _replaced(one, texts, amounts) for name, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, texts, amounts) for one in value]
    return value


def _drop(world: World, hidden: set[tuple[str, Any]], table: str, id_: int) -> None:
    """Take a hidden row out with all that stands on it, if that is hidden, too."""
    gone: dict[tuple[str, int], Row] = {}
    loose: list[tuple[str, Row]] = []
    todo = [(table, id_)]
    while todo:
        one = todo.pop()
        if one in gone:
            continue
        if one not in hidden or one[0] in _STAYS or one in world.past:
            return
        if one[0] == "invoice_line" and ("invoice", world.get(*one)["invoice_id"]) not in gone:
            return  # its invoice would not add up
        gone[one] = world.get(*one)
        for other, column, target in references():
            if target == one[0]:
                for row in world.rows.get(other, ()):
                    if row.get(column) == one[1]:
                        if "id" not in row:
                            loose.append((other, row))
                        else:
                            todo.append((other, row["id"]))
        if one[0] == "unit" and any(unit["parent_id"] == one[1] for unit in world.gone):
            return
    for other, row in loose:
        if row in world.rows[other]:
            world.rows[other].remove(row)
    for name, number in gone:
        world.drop(name, number)


_STAYS = {"hierarchy", "app_user", "unit_ceiling", "legal_entity"}
"""Rows that are not dropped: what they carry is the world's frame."""


def _add(world: World, table: str, like: Row) -> None:
    """A hidden row once more, with its own number, id and texts."""
    if table == "unit" and (not like["parent_id"] or len(like) == 0):
        return
    if table == "access_grant" and any(
        one["user_id"] == like["user_id"] and one["unit_id"] == like["unit_id"] and one["role"] == "sales_agent"
        for one in world.rows[table]
    ):
        return
    if table in ("exchange_rate", "billing_run") and any(
        all(one[name] == value for name, value in ADDED[table](world, like).items())
        and one["hierarchy_id"] == like["hierarchy_id"]
        for one in world.rows[table]
    ):
        return
    id_ = world.next_id(table)
    row = {**like, **ADDED[table](world, like), "id": id_}
    if "public_id" in row:
        row["public_id"] = world.public_id(table, id_)
    old = {
        mark.column: token for token, mark in world.texts.items() if mark == Mark(table, like["id"], mark.column)
    }
    for column, token in old.items():
        fresh = world.text(table, id_, column)
        for name, value in row.items():
            row[name] = _replaced(value, {token: fresh}, {})
    if table == "unit":
        row["created_at"] = CHANGED_AT
    world.rows[table].append(row)
    world.index()


__all__ = ["ADDED", "FIELDS", "NEVER_ADDED", "references", "variant"]
