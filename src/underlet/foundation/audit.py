"""The audit trail: one entry per state change, in the same transaction, insert-only by database privilege (S9).

An entry waits for the others of its hierarchy (ADR-0034), so it is written last: by `run` itself, and by work that
keeps many of them, after all its other rows.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute
from underlet.foundation.registry import Operation
from underlet.foundation.types import Input, to_json

Change = tuple[int, Mapping[str, Any], Mapping[str, Any]]
"""Id of a unit, its fields before and after."""

_SECRET = re.compile("secret|password|passphrase|private_key|authorization", re.IGNORECASE)
_KEPT_BACK = "•••"


def _without_secrets(value: Any, secrets: frozenset[str] = frozenset()) -> Any:
    """Plain data without the fields that are secrets, and in which nothing stands below a name that tells of one."""
    if isinstance(value, dict):
        return {
            name: _KEPT_BACK if item and _SECRET.search(name) else _without_secrets(item)
            for name, item in value.items()
            if name not in secrets
        }
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


def record(
    entry: Operation, actor: Actor, subject: Any, data: Input, before: Mapping[str, Any], body: Any
) -> None:
    """Write the entry of one operation: who, what, on which subject, the input, fields before, the result."""
    # What is one's own may lie in no unit (0).
    unit_id = (entry.subject.unit_id(subject) or None) if entry.subject else None
    hierarchy_id = (entry.subject.hierarchy_id(subject) or None) if entry.subject else None
    subject_id = str(getattr(subject, "public_id", "")) or None
    parts = [_without_secrets(part, entry.secrets) for part in (to_json(data), dict(before), body)]
    _write(actor.id, entry.name, hierarchy_id, unit_id, subject_id, *parts)


def record_as(
    actor_id: int, name: str, hierarchy_id: int, unit_id: int, subject_id: UUID, *parts: Mapping[str, Any]
) -> None:
    """Write the entry of what happens before there is an actor, as somebody signs in; by the person whom it is about.

    name: as those of operations. parts: what was said, what was before, what is after; none holds a secret.
    """
    _write(actor_id, name, hierarchy_id, unit_id, str(subject_id), *parts)


def _write(
    actor_id: int, name: str, hierarchy_id: int | None, unit_id: int | None, subject_id: str | None, *parts: Any
) -> None:
    execute(
        "insert into audit_entry(hierarchy_id, unit_id, actor_id, operation, subject_id, input, before, after, at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [hierarchy_id, unit_id, actor_id, name, subject_id, *map(json.dumps, parts), now()],
    )


def record_many(
    actor: Actor,
    operation: str,
    hierarchy_id: int,
    units: Sequence[Change],
) -> None:
    """Write an entry for each unit that one operation changed, in one statement. The last that a transaction writes."""
    changes = [
        {"unit_id": unit_id, "before": dict(before), "after": dict(after)} for unit_id, before, after in units
    ]
    execute(
        "insert into audit_entry (hierarchy_id, unit_id, actor_id, operation, subject_id, input, before, after, at)"
        " select %s, x.unit_id, %s, %s, u.public_id, '{}', x.before, x.after, %s"
        " from jsonb_to_recordset(%s) x (unit_id bigint, before jsonb, after jsonb) join unit u on u.id = x.unit_id",
        [hierarchy_id, actor.id, operation, now(), json.dumps(to_json(changes))],
    )
