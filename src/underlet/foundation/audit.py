"""The audit trail: one entry per state change, in the same transaction, insert-only by database privilege (S9)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute
from underlet.foundation.registry import Operation
from underlet.foundation.types import Input, to_json


def record(
    entry: Operation, actor: Actor, subject: Any, data: Input, before: Mapping[str, Any], body: Any
) -> None:
    """Write the entry of one operation: who, what, on which subject, the input, fields before, the result."""
    about_unit = None if entry.own else entry.subject
    unit_id = about_unit.unit_id(subject) if about_unit else None
    hierarchy_id = about_unit.hierarchy_id(subject) if about_unit else None
    execute(
        "insert into audit_entry(hierarchy_id, unit_id, actor_id, operation, subject_id, input, before, after, at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            hierarchy_id,
            unit_id,
            actor.id,
            entry.name,
            str(getattr(subject, "public_id", "")) or None,
            json.dumps({name: value for name, value in to_json(data).items() if name not in entry.secrets}),
            json.dumps(dict(before)),
            json.dumps(body),
            now(),
        ],
    )


def record_many(
    actor: Actor,
    operation: str,
    hierarchy_id: int,
    units: Sequence[tuple[int, Mapping[str, Any], Mapping[str, Any]]],
) -> None:
    """Write an entry for each unit that one operation changed, in one statement. units: id, fields before and after."""
    changes = [
        {"unit_id": unit_id, "before": dict(before), "after": dict(after)} for unit_id, before, after in units
    ]
    execute(
        "insert into audit_entry (hierarchy_id, unit_id, actor_id, operation, subject_id, input, before, after, at)"
        " select %s, x.unit_id, %s, %s, u.public_id, '{}', x.before, x.after, %s"
        " from jsonb_to_recordset(%s) x (unit_id bigint, before jsonb, after jsonb) join unit u on u.id = x.unit_id",
        [hierarchy_id, actor.id, operation, now(), json.dumps(to_json(changes))],
    )
