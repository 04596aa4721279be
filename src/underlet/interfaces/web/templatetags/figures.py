"""Figures in the reader's language: amounts, numbers, days.

Figures arrive final: these filters group digits and name the currency. Only `near` shortens, and keeps every digit
in the title.
"""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext

from underlet.foundation.metrics import ABSENT
from underlet.interfaces.web.say import day_words, decimals_of, digits
from underlet.interfaces.web.say import exact as exact_digits
from underlet.kernel.money import exponent, half_up
from underlet.kernel.period import Month

register = template.Library()

NOTHING = "–"


@register.filter
def is_there(value: object) -> bool:
    """Whether there is a figure for this reader: neither unknown nor hidden. What is hidden has no column at all."""
    return value is not None and value is not ABSENT


@register.filter
def is_shown(value: object) -> bool:
    """Whether a figure may be shown to this reader, also where it is not known."""
    return value is not ABSENT


@register.filter
def money(value: Decimal | None, currency: str) -> SafeString | str:
    """A posted amount with its currency, grouped in the reader's language; more digits than usual are kept."""
    if value is None:
        return NOTHING
    decimals = max(exponent(currency), decimals_of(value.normalize()))
    sign = " negative" if value < 0 else ""
    return format_html(
        '<data class="money{}" value="{}">{} <abbr>{}</abbr></data>',
        sign, format(value, "f"), digits(value, decimals), currency,
    )  # fmt: skip


@register.filter
def near(value: Decimal | None, currency: str = "") -> SafeString | str:
    """An exact amount, shown to six decimals with every digit in its title; cents where it has no more."""
    if value is None:
        return NOTHING
    exact = value.normalize()
    shown = half_up(exact, 6).normalize() if decimals_of(exact) > 6 else exact
    least = exponent(currency) if currency else 0
    unit = format_html(" <abbr>{}</abbr>", currency) if currency else ""
    return format_html(
        '<data class="money" value="{}" title="{}">{}{}</data>',
        format(exact, "f"), format(exact, "f"), digits(shown, max(least, decimals_of(shown))), unit,
    )  # fmt: skip


@register.filter
def number(value: Decimal | int | None) -> str:
    """A quantity or factor with every digit it has, without trailing zeros."""
    if value is None:
        return NOTHING
    return exact_digits(value)


@register.filter
def percent(value: Decimal | None) -> str:
    """A percentage as given: 13.3 -> 13.3 %, in the reader's language."""
    if value is None:
        return NOTHING
    text = number(value)
    return f"{text}%" if get_language() == "en" else f"{text}\N{NO-BREAK SPACE}%"


@register.filter
def day(value: date | None) -> SafeString | str:
    """A date: 5 Jun 2026."""
    if value is None:
        return NOTHING
    return format_html('<time class="nowrap" datetime="{}">{}</time>', value.isoformat(), day_words(value))


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A date with time of day."""
    if value is None:
        return NOTHING
    words = f"{day_words(value)}, {date_format(value, 'H:i')}"
    return format_html('<time class="nowrap" datetime="{}">{}</time>', value.isoformat(), words)


@register.filter
def month(value: Month | date | None) -> str:
    """A usage period: April 2026."""
    if value is None:
        return NOTHING
    return date_format(value.start if isinstance(value, Month) else value, "F Y")


@register.filter
def days(start: date, end: date | None) -> SafeString:
    """A half-open range of days, as people say it: from … until … (the last day that counts)."""
    if end is None:
        return format_html("{} {}", pgettext("from a day on", "from"), day(start))
    return format_html("{} – {}", day(start), day(date.fromordinal(end.toordinal() - 1)))


@register.filter
def at_most(count: int, limit: int = 99) -> str:
    """A count that fits a small badge: 99+ for more."""
    return str(count) if count <= limit else f"{limit}+"


@register.filter
def plain_money(value: Decimal, currency: str) -> str:
    """An amount as bare text, for titles of marks."""
    return f"{digits(value, max(exponent(currency), decimals_of(value.normalize())))} {currency}"


@register.filter
def unlocal(value: Decimal | int) -> str:
    """A number as SVG and HTML attributes want it, whatever the reader's language."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


@register.filter
def month_name(period: str) -> str:
    """A usage period as queries give it: "2026-04" -> April 2026."""
    return month(Month.parse(period)) if period else NOTHING
