"""`underlet rate` and `underlet issue`: one object with --json, exit code 1 when refused."""

import json
from typing import Any

from click.testing import CliRunner

from tests.rating.worked import Example
from underlet.interfaces.cli.main import build


def _underlet(*words: str) -> tuple[int, Any]:
    answer = CliRunner().invoke(build(), [*words, "--json"])
    return answer.exit_code, json.loads(answer.stdout)


def test_month_at_the_command_line(database: None) -> None:
    """R86: rate drafts the month, issue numbers and prints it; a month once issued is closed (I16)."""
    Example.make()
    ada = ("--as", "ada@example.com")
    code, body = _underlet("issue", "2026-04", *ada)
    assert (code, body["error"]["code"]) == (1, "wrong_state")
    code, body = _underlet("rate", "2026-04", *ada)
    assert (code, body["state"], body["is_current"]) == (0, "done", True)
    code, body = _underlet("issue", "2026-04", "--issued-on", "2026-05-04", *ada)
    assert (code, body["issued_count"], body["held_count"]) == (0, 4, 0)
    assert [row["number"] for row in body["issued"]] == ["2026-00001"]
    code, body = _underlet("rate", "2026-04", *ada)
    assert (code, body["error"]["code"]) == (1, "period_closed")
    code, body = _underlet("rate", "2026-13", *ada)
    assert (code, body["error"]["code"]) == (1, "invalid_input")
