"""What is wrong with a field of an input, in words: one sentence per kind of fault that pydantic finds.

The gaps of a sentence are what pydantic says about the fault (`ctx`). A test walks all input types and fails for a
kind that is missing here.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from pydantic_core import ErrorDetails

from underlet.kernel.sentence import Sentence, Value

_NUMBER = Sentence("This is not a clear number. Write it without thousands separators, for example {example}.")
_WHOLE = Sentence("Write a whole number.")
_DAY = Sentence("This is not a date. Write it as year, month and day: 2026-04-01.")
_MOMENT = Sentence("This is not a moment. Write it with its offset from UTC: 2026-04-01T12:00:00Z.")
_EMAIL = Sentence("Write an e-mail address like ada@example.com.")
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MONTH = Sentence("Write the month as year and month: 2026-04.")
_TEXT = Sentence("Write this as text.")
_LIST = Sentence("Give a list.")
_OBJECT = Sentence("Give an object with named fields.")
_CHOICE = Sentence("Choose one of these: {expected}.")
_ID = Sentence("This is not an id.")

FAULTS: Mapping[str, Sentence] = MappingProxyType(
    {
        "missing": Sentence("This is needed."),
        "extra_forbidden": Sentence("There is no such field."),
        "string_type": _TEXT,
        "string_too_short": Sentence("At least {min_length} characters are needed."),
        "string_too_long": Sentence("At most {max_length} characters are allowed."),
        "string_pattern_mismatch": Sentence("This does not have the form that is needed."),
        "string_unicode": Sentence("This text holds characters that are not allowed."),
        "too_short": Sentence("At least {min_length} entries are needed."),
        "too_long": Sentence("At most {max_length} entries are allowed."),
        "greater_than": Sentence("This must be more than {gt}."),
        "greater_than_equal": Sentence("This must be {ge} or more."),
        "less_than": Sentence("This must be less than {lt}."),
        "less_than_equal": Sentence("This must be {le} or less."),
        "decimal_type": _NUMBER,
        "decimal_parsing": _NUMBER,
        "finite_number": _NUMBER,
        "int_type": _WHOLE,
        "int_parsing": _WHOLE,
        "int_parsing_size": _WHOLE,
        "int_from_float": _WHOLE,
        "bool_type": Sentence("Answer true or false."),
        "bool_parsing": Sentence("Answer true or false."),
        "date_type": _DAY,
        "date_parsing": _DAY,
        "date_from_datetime_parsing": _DAY,
        "date_from_datetime_inexact": _DAY,
        "datetime_type": _MOMENT,
        "datetime_parsing": _MOMENT,
        "datetime_from_date_parsing": _MOMENT,
        "datetime_object_invalid": _MOMENT,
        "timezone_aware": _MOMENT,
        "enum": _CHOICE,
        "literal_error": _CHOICE,
        "uuid_type": _ID,
        "uuid_parsing": _ID,
        "tuple_type": _LIST,
        "list_type": _LIST,
        "dict_type": _OBJECT,
        "model_type": _OBJECT,
    }
)
"""By pydantic's name of the fault; a check of our own (`value_error`) says what is wrong itself."""

FORMS: Mapping[str, Sentence] = MappingProxyType(
    {
        r"^\d{4}-(0[1-9]|1[0-2])$": _MONTH,
        r"^(\d{4}-(0[1-9]|1[0-2]))?$": _MONTH,
        r"^[A-Z]{3}$": Sentence("Write the currency as three capital letters: EUR."),
        r"^([A-Z]{2})?$": Sentence("Write the country as two capital letters: SE."),
        r"^([0-9]{4}|[A-Z]{2})?$": Sentence("Write the kind as four digits or two capital letters: 0088, EM."),
        r"^(https?://[!-~]+)?$": Sentence("Write the address as it stands in a browser: https://…"),
        r"^(#[0-9a-fA-F]{6})?$": Sentence("Write the colour as six hex digits: #0f766e."),
        r"^[0-9a-f]{64}$": Sentence("Write the SHA-256 as 64 hex digits."),
        r"^([0-9a-f]{64})?$": Sentence("Write the SHA-256 as 64 hex digits."),
        r"^[^@\s]+@[^@\s]+\.[^@\s]+$": _EMAIL,
        r"^([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+)?$": _EMAIL,
        rf"^({_LABEL}(\.{_LABEL})*)?$": Sentence("Write a host name like portal.example.com."),
    }
)
"""By the pattern that a text must match, what to write instead."""


def fault_of(problem: ErrorDetails) -> str:
    """A fault in words; pydantic's own, in English, for a kind that the table lacks."""
    context = problem.get("ctx", {})
    if problem["type"] == "value_error":
        return str(context["error"])
    if context.get("min_length") == 1:
        return FAULTS["missing"]
    known = FORMS.get(str(context.get("pattern"))) or FAULTS.get(problem["type"])
    if known is None:
        return problem["msg"]
    if "{" not in known.template:
        return known
    return Sentence(
        known.template, example=Decimal("12.5"), **{name: _value(one) for name, one in context.items()}
    )


def _value(one: Any) -> Value:
    """A limit as an exact number; whatever else pydantic says as text."""
    if isinstance(one, int | float | Decimal):
        return Decimal(str(one)).normalize()
    return str(one).replace(" or ", ", ")
