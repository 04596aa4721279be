"""What is told apart in answers: ids inside, how two of them differ, and which refusals only the database made."""

import json
import logging
import re

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
