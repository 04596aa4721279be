"""What is told apart in answers: ids inside, how two of them differ, and which refusals only the database made."""

import json
import logging
import re
from collections.abc import Collection

from tests.leaks.calls import Answer


class _SecondBelt(logging.Handler):
    """Hears which operations the policies forbade although the operation's own checks had let them through."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.forbade: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if message.startswith("the database forbade"):
            self.forbade.append(message)


_SECOND_BELT = _SecondBelt()
logging.getLogger("underlet.foundation.operations").addHandler(_SECOND_BELT)


def forbidden_by_database() -> list[str]:
    """What only the second belt refused since this was last asked."""
    found, _SECOND_BELT.forbade = _SECOND_BELT.forbade, []
    return found


_OF_THE_TRAIL = {"audit_entry", "audit_head", "idempotency_key"}
_MUST_CHANGE = {"create", "remove", "delete", "discard", "cancel", "clear"}
"""Verbs that change something whenever they succeed; others may find everything as it should be."""
MAY_CHANGE_NOTHING = {
    "grant.create": "who has the role already keeps it as it is",
    "user.remove": "of somebody who comes to the unit by roles from elsewhere there is nothing to take there",
}
"""Entries of these verbs that may succeed without a change all the same."""


def nothing_done(name: str, answer: Answer, changed: Collection[str]) -> bool:
    """Whether it is said to be done though no row changed, in tables other than the trail's: a policy hid it."""
    is_done = answer.status < 300 and name.split(".")[1] in _MUST_CHANGE
    return is_done and name not in MAY_CHANGE_NOTHING and not set(changed) - _OF_THE_TRAIL


def holds_id(value: object) -> bool:
    """Whether an id is somewhere in it."""
    return bool(re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", json.dumps(value, default=str)))


def refusal(answer: Answer) -> str:
    """What it says, of a refusal alone: a write that succeeds makes a new id."""
    return answer.text if answer.status >= 400 else ""


def difference(one: Answer, two: Answer) -> str:
    """Where two answers differ, for people."""
    if one.status != two.status or one.headers != two.headers:
        return f"{one.status} {one.text[:200]} / {two.status} {two.text[:200]}"
    at = next((i for i, (a, b) in enumerate(zip(one.text, two.text, strict=False)) if a != b), 0)
    return f"…{one.text[max(0, at - 80) : at + 80]} / …{two.text[max(0, at - 80) : at + 80]}"
