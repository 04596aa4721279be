"""Texts that a document can print: whatever people typed, nothing that could stop the compiler."""

import unicodedata
from collections.abc import Callable
from typing import Any

from underlet.invoicing.documents.fonts import covered

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_DROPPED = frozenset("\ufeff\u200b\u2028\u2029")


def printable(text: str) -> str:
    """NFC without control characters; private-use characters and non-characters become U+FFFD.

    Both are forbidden in PDF/A even where a font has a glyph for them.
    """
    return "".join(
        _REPLACEMENT if _is_forbidden(sign) else sign
        for sign in unicodedata.normalize("NFC", " ".join(text.splitlines()))
        if sign not in _DROPPED and unicodedata.category(sign) not in ("Cc", "Cf")
    )


def _is_forbidden(sign: str) -> bool:
    code = ord(sign)
    return unicodedata.category(sign) in ("Co", "Cs", "Cn") or code & 0xFFFE == 0xFFFE


def only_covered(text: str) -> str:
    """What the text font itself can print, everything else as U+FFFD: the second try of a document that failed."""
    return "".join(
        sign if ord(sign) in covered() and not unicodedata.combining(sign) else _REPLACEMENT for sign in text
    )


def on_texts(data: Any, change: Callable[[str], str]) -> Any:
    """The same JSON-like data with every text changed; keys stay."""
    if isinstance(data, str):
        return change(data)
    if isinstance(data, dict):
        return {name: on_texts(item, change) for name, item in data.items()}
    if isinstance(data, list):
        return [on_texts(item, change) for item in data]
    return data
