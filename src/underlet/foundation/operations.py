"""The one door for writes: `run(name, actor, address, raw)`.

Order of refusals (ADR-0014): hidden or absent 404, permission 403, used request key (stored answer, or 422),
state 409, payload 422. The function, its audit entry and its jobs commit together or not at all.
"""

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db import IntegrityError, OperationalError, ProgrammingError
from pydantic import ValidationError

from underlet.foundation import audit, idempotency, limits
from underlet.foundation.actor import Actor
from underlet.foundation.database.constraints import busy_of, forbidden_of, is_deadlock, refusal_of
from underlet.foundation.database.transactions import writing
from underlet.foundation.faults import fault_of
from underlet.foundation.registry import OPERATIONS, Operation
from underlet.foundation.types import Input, to_json
from underlet.kernel.errors import Forbidden, InvalidInput, WrongState

log = logging.getLogger(__name__)
MAX_DEPTH = 20
"""How deep an input may be nested; the deepest that exists (a condition of a price rule) is five."""

_SURROGATE = re.compile("[\ud800-\udfff]")

Payload = bytes | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation did. result: as the function returned it, None for a replayed key. body: its JSON form."""

    body: Any
    result: Any = None
    replayed: bool = False


def run(name: str, actor: Actor, address: str | None = None, raw: Payload = b"", *, key: str = "") -> Outcome:
    """Do one registered operation as the actor, in one transaction.

    address: public id of the subject, None for installation operations. raw: the payload as received, JSON
    bytes or a mapping; it is not even parsed before the actor may know that the subject exists. key: the caller's
    request key; the same key with the same payload gives the first answer again (I21).
    Raises a Refusal; nothing is changed then. A deadlock is retried once; what others hold up for too long is Busy.
    """
    entry = OPERATIONS[name]
    if entry.as_oneself and actor.oneself is not None:
        actor = actor.oneself
    try:
        try:
            with limits.counted(actor):
                return _run(entry, actor, address, raw, key)
        except OperationalError as error:
            if not is_deadlock(error):
                raise
            with limits.counted(actor):
                return _run(entry, actor, address, raw, key)
    except OperationalError as error:
        if refusal := busy_of(error):
            raise refusal from error
        raise


def _run(entry: Operation, actor: Actor, address: str | None, raw: Payload, key: str) -> Outcome:
    try:
        with writing(actor):
            subject = entry.subject.load(actor, address or "") if entry.subject else None
            _permit(entry, actor, subject)
            digest = _digest(entry, address, raw)
            stored = idempotency.claim(actor, key, digest) if key else None
            if stored is not None:
                return Outcome(stored.body, replayed=True)
            if entry.subject and entry.subject.lock:
                entry.subject.lock(subject)
                subject = entry.subject.load(actor, address or "")
                _permit(
                    entry, actor, subject
                )  # again: while it waited, a move may have taken the right away (A13)
            if entry.states and getattr(subject, "state", None) not in entry.states:
                raise WrongState.of(getattr(subject, "state", None))
            data = validate(entry.input, _parsed(raw))
            before = _fields(subject, entry.audit)
            arguments = (subject, data) if entry.subject else (data,)
            result = entry.function(actor, *arguments)
            if entry.subject:
                result = entry.subject.answer(subject, result)
            body = to_json(result)
            kept = {name: value for name, value in body.items() if name not in entry.secrets}
            audit.record(entry, actor, subject, data, before, kept)
            if key:
                idempotency.store(actor, key, kept)
    except IntegrityError as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error
    except ProgrammingError as error:
        forbidden = forbidden_of(error)
        if forbidden is None:
            raise
        log.warning("the database forbade what %s let through", entry.name)
        raise forbidden from error
    return Outcome(body, result)


def _permit(entry: Operation, actor: Actor, subject: Any) -> None:
    if entry.own:
        return
    if entry.subject is None:
        if not actor.is_operator:
            raise Forbidden("Only the operator of the installation may do this.")
        return
    entry.permit(subject)


def _digest(entry: Operation, address: str | None, raw: Payload) -> str:
    body = (
        raw.decode("utf-8", "replace") if isinstance(raw, bytes) else json.dumps(raw, sort_keys=True, default=str)
    )
    return hashlib.sha256(json.dumps([entry.name, address, body]).encode()).hexdigest()


def _parsed(raw: Payload) -> Mapping[str, Any]:
    if not isinstance(raw, bytes):
        return raw
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The body is not valid JSON.", fields={"body": "Not JSON."}) from error
    if not isinstance(body, dict):
        raise InvalidInput("The body must be a JSON object.", fields={"body": "Not an object."})
    return body


def _fields(subject: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: to_json(attrgetter(name)(subject)) for name in names}


def validate(model: type[Input], raw: Mapping[str, Any]) -> Input:
    """The typed input of a raw payload. Raises InvalidInput naming each field by its path ("rules.0.percent")."""
    _check_plain(raw)
    try:
        return model.model_validate(dict(raw))
    except ValidationError as error:
        fields = {
            ".".join(str(part) for part in problem["loc"]) or "input": fault_of(problem)
            for problem in error.errors(include_url=False, include_input=False)
        }
        # A list whose items are wrong also counts as too short; only the innermost message helps.
        inner = {path: text for path, text in fields.items() if not any(p.startswith(f"{path}.") for p in fields)}
        raise InvalidInput(fields=inner) from error


def _check_plain(value: Any, path: str = "", depth: int = 0) -> None:
    """Refuse what no field can hold: texts that the database cannot store, nesting beyond MAX_DEPTH (S12)."""
    if depth > MAX_DEPTH:
        raise InvalidInput("The input is nested too deeply.", fields={path.split(".")[0]: "Nested too deeply."})
    if isinstance(value, str):
        if "\0" in value or (not value.isascii() and _SURROGATE.search(value)):
            raise InvalidInput(fields={path: "This text holds characters that are not allowed."})
    elif isinstance(value, Mapping):
        for name, item in value.items():
            _check_plain(name, path or "input", depth)
            _check_plain(item, f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check_plain(item, f"{path}.{index}", depth + 1)
