"""Sentences for people, written in English, that can still be said in another language.

Whoever refuses, finds or reports something writes one English template and hands over its values. Programs, the API
and the command line read the English text; a page takes the template to its catalogue and formats the values in
the reader's language. Templates are literals, so that they can be collected for translation.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

Value = str | int | Decimal | date
"""What a gap takes: a name or another sentence, a count, a number with the decimals it is shown with, a day."""


class Sentence(str):
    """The English text of a template: `Sentence("At most {limit} bytes.", limit=2000)` is "At most 2,000 bytes."

    template: as written. values: of its gaps, not formatted yet; a value may be a sentence itself.
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, Value]

    def __new__(cls, template: str, /, **values: Value) -> "Sentence":
        gaps = {name: _english(value) for name, value in values.items()}
        made = super().__new__(cls, template.format(**gaps) if values else template)
        made.template, made.values = template, values
        return made


def as_sentence(text: str) -> Sentence:
    """A text as a sentence, which a literal without values is."""
    return text if isinstance(text, Sentence) else Sentence(text)


def about(name: str, text: str) -> Sentence:
    """What is said of one thing among several: "Acme: it is assigned already." name: as people gave it."""
    return Sentence("{name}: {text}", name=name, text=as_sentence(text))


def packed(value: Any) -> Any:
    """JSON data in which sentences keep their template and values, for rows and pipes; `unpacked` reads it."""
    if isinstance(value, Sentence):
        return {"template": value.template, "values": {name: _tagged(one) for name, one in value.values.items()}}
    if isinstance(value, Mapping):
        return {name: packed(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [packed(one) for one in value]
    return value


def unpacked(value: Any) -> Any:
    """What was packed, with its sentences."""
    if isinstance(value, list):
        return [unpacked(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"template", "values"}:
        return Sentence(value["template"], **{name: _untagged(one) for name, one in value["values"].items()})
    return {name: unpacked(one) for name, one in value.items()}


def _english(value: Value) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Decimal):
        return f"{value:,f}"
    return str(value)


def _tagged(value: Value) -> Any:
    if isinstance(value, Decimal):
        return {"number": format(value, "f")}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return packed(value)


def _untagged(value: Any) -> Value:
    match value:
        case {"number": text}:
            return Decimal(text)
        case {"day": text}:
            return date.fromisoformat(text)
    found: Value = unpacked(value)
    return found
