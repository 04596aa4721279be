"""Every fault that an input type can have is said in a sentence of ours, which pages translate."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from underlet.foundation.faults import FAULTS, FORMS
from underlet.foundation.operations import validate
from underlet.foundation.registry import OPERATIONS, QUERIES
from underlet.kernel.errors import InvalidInput
from underlet.kernel.sentence import Sentence
from underlet.project import wiring

wiring.load()

INPUTS = sorted({one.input for one in (*OPERATIONS.values(), *QUERIES.values())}, key=lambda one: one.__name__)
LIMITS = {
    "gt": "greater_than", "ge": "greater_than_equal", "lt": "less_than", "le": "less_than_equal",
    "pattern": "string_pattern_mismatch",
}  # fmt: skip
"""What a constraint's breach is called."""
TYPES = {
    "str": {"string_type", "string_unicode"},
    "int": {"int_type", "int_parsing", "int_parsing_size", "int_from_float"},
    "decimal": {"decimal_type", "decimal_parsing", "finite_number"},
    "bool": {"bool_type", "bool_parsing"},
    "date": {"date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"},
    "datetime": {
        "datetime_type",
        "datetime_parsing",
        "datetime_from_date_parsing",
        "datetime_object_invalid",
        "timezone_aware",
    },
    "uuid": {"uuid_type", "uuid_parsing"},
    "enum": {"enum"},
    "literal": {"literal_error"},
    "tuple": {"tuple_type"},
    "list": {"list_type"},
    "union": set(),
    "dict": {"dict_type"},
    "model": {"model_type"},
    "model-fields": {"missing", "extra_forbidden"},
    "function-before": {"value_error"},
    "function-after": {"finite_number"},
    "default": set(),
    "nullable": set(),
    "model-field": set(),
    "definitions": set(),
    "definition-ref": set(),
}
"""By kind of schema: the faults that it can find."""


def _schemas(schema: Any) -> Iterator[dict[str, Any]]:
    """Every part of a core schema that checks something."""
    if isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            yield schema
        for name, part in schema.items():
            if name not in ("metadata", "serialization", "default", "expected", "members", "config", "function"):
                yield from _schemas(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            yield from _schemas(part)


def _faults(schema: dict[str, Any]) -> set[str]:
    kind = schema["type"]
    # A limit that pydantic checks by a function stands in the metadata of its JSON schema.
    limits = schema | schema.get("metadata", {}).get("pydantic_js_updates", {})
    found = TYPES[kind] | {fault for name, fault in LIMITS.items() if limits.get(name) is not None}
    for name, fault in (("min_length", "too_short"), ("max_length", "too_long")):
        if schema.get(name) is not None:
            found = found | {f"string_{fault}" if kind == "str" else fault}
    return found


@pytest.mark.parametrize("model", INPUTS, ids=lambda one: one.__name__)
def test_every_fault_has_a_sentence(model: type[BaseModel]) -> None:
    """A new kind of field fails here until it has words; so does a pattern without a hint what to write."""
    for schema in _schemas(model.__pydantic_core_schema__):
        assert _faults(schema) <= FAULTS.keys() | {"value_error"}
        assert schema.get("pattern") is None or schema["pattern"] in FORMS


CONTRACT = {"buyer": "00000000-0000-0000-0000-000000000001", "starts_on": "2026-04-01", "currency": "EUR"}
VERBS = "Choose one of these: 'adjust', 'margin', 'unit', 'pass_through', 'remove'."
NUMBER = "This is not a clear number. Write it without thousands separators, for example 12.5."
RULE = {"verb": "adjust", "percent": "5"}


@pytest.mark.parametrize(
    ("change", "path", "said"),
    [
        ({"currency": "euro"}, "currency", "Write the currency as three capital letters: EUR."),
        ({"starts_on": "1 April"}, "starts_on", "This is not a date. Write it as year, month and day: 2026-04-01."),
        ({"buyer": "acme"}, "buyer", "This is not an id."),
        ({"extra": 1}, "extra", "There is no such field."),
        ({"rules": []}, "rules", "This is needed."),
        ({"rules": [{"verb": "guess"}]}, "rules.0.verb", VERBS),
        ({"rules": [RULE | {"percent": "1001"}]}, "rules.0.percent", "This must be 1,000 or less."),
        ({"rules": [RULE | {"percent": "five"}]}, "rules.0.percent", NUMBER),
        ({"rules": [RULE | {"label": "x" * 121}]}, "rules.0.label", "At most 120 characters are allowed."),
        ({"vat_rate": 0.25}, "vat_rate", 'Send decimals as strings, for example "0.025".'),
        ({"payment_days": "soon"}, "payment_days", "Write a whole number."),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_its_limit(change: dict[str, Any], path: str, said: str) -> None:
    """The gaps are filled from what pydantic knows; the sentence keeps its template."""
    with pytest.raises(InvalidInput) as refused:
        validate(OPERATIONS["contract.create"].input, CONTRACT | {"rules": [RULE]} | change)
    assert refused.value.fields == {path: said}
    assert isinstance(refused.value.fields[path], Sentence)
