"""Sentences that come from below the pages, said in the reader's language (interface.md §12).

Refusals, findings, price rules and the like are written in English (`kernel/sentence.py`); the catalogue holds their
templates beside the pages' own texts. Numbers and dates among their values are formatted as everywhere on the pages.
"""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext

from underlet.kernel.sentence import Sentence, Value

DAYS = {"en": "d MMM y", "de": "d. MMM y", "sv": "d MMM y"}
"""By language: the form of a date."""


def said(text: str) -> str:
    """A sentence in the reader's language; a text without a translation, such as a name, as it is."""
    if not text:
        return ""
    if not isinstance(text, Sentence):
        return gettext(text)
    words = gettext(text.template)
    return words.format(**{name: _value(one) for name, one in text.values.items()}) if text.values else words


def day_words(value: date) -> str:
    """A date: 5 Jun 2026."""
    language = get_language() or "en"
    return format_date(value, DAYS.get(language, DAYS["en"]), locale=language)


def digits(value: Decimal | int, decimals: int = 0) -> str:
    """A number with so many decimals, its digits grouped."""
    return number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True)


def decimals_of(value: Decimal) -> int:
    """How many decimals a number is written with."""
    part = value.as_tuple().exponent
    return -part if isinstance(part, int) and part < 0 else 0


def exact(value: Decimal | int) -> str:
    """A number with every digit it has, without trailing zeros."""
    number = Decimal(value).normalize()
    return digits(number, decimals_of(number))


def _value(value: Value) -> str:
    if isinstance(value, Sentence):
        return said(value)
    if isinstance(value, int | Decimal):
        return digits(value, decimals_of(Decimal(value)))
    return day_words(value) if isinstance(value, date) else str(value)
