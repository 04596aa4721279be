"""Sentences: English for programs, templates for pages, unchanged by rows and pipes."""

import copy
import json
import pickle
from datetime import date
from decimal import Decimal

import pytest

from underlet.kernel.sentence import Sentence, packed, unpacked

WHOLE = Sentence(
    "{who}: {count} lines of {price} since {day}.",
    who=Sentence("Contract of {buyer}", buyer="acme {x}"),
    count=12_345,
    price=Decimal("1234.50"),
    day=date(2026, 4, 1),
)
ENGLISH = "Contract of acme {x}: 12,345 lines of 1,234.50 since 2026-04-01."


def test_reads_as_english_text() -> None:
    """The API and the command line see an ordinary text; braces in a name are no gaps."""
    assert WHOLE == ENGLISH
    assert json.dumps(WHOLE) == json.dumps(ENGLISH)
    assert f"{WHOLE}" == str(WHOLE) == ENGLISH


def test_a_text_without_values_may_hold_braces() -> None:
    """A sentence without values is its own template."""
    assert Sentence('Send {"a": 1}.') == 'Send {"a": 1}.'


@pytest.mark.parametrize(
    "there_and_back",
    [
        lambda value: unpacked(json.loads(json.dumps(packed(value)))),
        copy.deepcopy,
        lambda value: pickle.loads(pickle.dumps(value)),
    ],
    ids=["packed", "copied", "pickled"],
)
def test_keeps_template_and_values(there_and_back) -> None:  # type: ignore[no-untyped-def]
    """Rows hold the template, so that a page says it in the language of whoever reads it later."""
    [found] = there_and_back({"found": [WHOLE]})["found"]
    assert (found, found.template, found.values) == (ENGLISH, WHOLE.template, WHOLE.values)
    assert found.values["who"].template == "Contract of {buyer}"


def test_other_data_is_packed_as_it_is() -> None:
    """Plain JSON passes through unchanged."""
    data = {"detail": "text", "n": 3, "none": None, "list": [1, {"a": "b"}]}
    assert unpacked(packed(data)) == data
