"""Request keys: the same key with the same request has one effect and gets the first answer again (I21, M13)."""

import json
from dataclasses import dataclass
from typing import Any

from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, rows
from underlet.kernel.errors import IdempotencyMismatch, InvalidInput
from underlet.kernel.sentence import Sentence

MAX_KEY = 255


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The answer that the first use of a key got."""

    body: Any


def claim(actor: Actor, key: str, digest: str) -> StoredAnswer | None:
    """Take the key for this transaction, or return the stored answer of its first use.

    A second caller waits for the first to commit. Raises IdempotencyMismatch when the key served another
    request, InvalidInput for a key of over 255 characters.
    """
    if len(key) > MAX_KEY:
        raise InvalidInput(Sentence("A request key has at most {limit} characters.", limit=MAX_KEY))
    taken = execute(
        "insert into idempotency_key(actor_id, key, digest, at) values (%s, %s, %s, %s) on conflict do nothing",
        [actor.id, key, digest, now()],
    )
    if taken:
        return None
    [(first_digest, body)] = rows(
        "select digest, body from idempotency_key where actor_id = %s and key = %s", [actor.id, key]
    )
    if first_digest != digest:
        raise IdempotencyMismatch()
    return StoredAnswer(json.loads(body) if isinstance(body, str) else body)


def store(actor: Actor, key: str, body: Any) -> None:
    """Keep the answer beside the key, in the effect's own transaction."""
    execute(
        "update idempotency_key set body = %s where actor_id = %s and key = %s",
        [json.dumps(body), actor.id, key],
    )
