"""Numbers and dates as a locale writes them. Values arrive final: nothing here rounds (documents.md §11)."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

_NBSP = "\N{NO-BREAK SPACE}"


def amount(value: Decimal, locale: str) -> str:
    """An amount with the decimals it has: 2387.00 -> "2,387.00", "2.387,00" or "2 387,00"."""
    return _decimal(value, _places(value), locale)


def money(value: Decimal, currency: str, locale: str) -> str:
    """An amount with its ISO 4217 code, which no reader can mistake."""
    return f"{amount(value, locale)}{_NBSP}{currency}"


def quantity(value: Decimal, locale: str) -> str:
    """A quantity or unit price with all digits it needs, no trailing zeros: 5000 -> "5,000", 0.0250 -> "0.025"."""
    plain = value.normalize()
    return _decimal(plain, _places(plain), locale)


def percent(value: Decimal, locale: str) -> str:
    """A rate in percent: 19.00 -> "19%" or "19 %"."""
    gap = "" if locale.startswith("en") else _NBSP
    return f"{quantity(value, locale)}{gap}%"


def day(value: date, locale: str) -> str:
    """A calendar day in words: "30 April 2026", "30. April 2026", "30 april 2026"."""
    return str(format_date(value, format="long", locale=locale))


def month(value: date, locale: str) -> str:
    """A month in words: "April 2026"."""
    return str(format_date(value, format="LLLL yyyy", locale=locale))


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _decimal(value: Decimal, places: int, locale: str) -> str:
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return str(format_decimal(value, format=pattern, locale=locale))
