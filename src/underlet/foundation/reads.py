"""The one path for reads: `ask(name, actor, address, raw)`, in a read-only transaction as the actor."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import OperationalError

from underlet.foundation import limits
from underlet.foundation.actor import Actor
from underlet.foundation.database.constraints import busy_of
from underlet.foundation.database.transactions import once, reading
from underlet.foundation.operations import validate
from underlet.foundation.registry import QUERIES, Query


def ask(name: str, actor: Actor, address: str | None = None, raw: Mapping[str, Any] | None = None) -> Any:
    """Answer one registered query as the actor.

    address: public id of the subject. raw: filters and cursor as received. Returns the query's frozen result.
    Raises NotFound (hidden or absent), Forbidden, InvalidInput, in this order; Busy when it takes too long.
    """
    try:
        return _ask(QUERIES[name], actor, address, raw or {})
    except OperationalError as error:
        if refusal := busy_of(error):
            raise refusal from error
        raise


def _ask(entry: Query, actor: Actor, address: str | None, raw: Mapping[str, Any]) -> Any:
    with limits.counted(actor), reading(actor):
        if entry.subject is None:
            return entry.function(actor, validate(entry.input, raw))
        # Several queries of one page are about the same unit: it is looked up once (interface.md §14).
        subject = once((entry.subject, actor.id, address), partial(entry.subject.load, actor, address or ""))
        if not entry.own:
            entry.permit(subject)
        return entry.subject.answer(subject, entry.function(actor, subject, validate(entry.input, raw)))
