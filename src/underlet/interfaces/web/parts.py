"""Small things that several pages show: figures, tasks, steps, words for months."""

from dataclasses import dataclass
from decimal import Decimal

from babel.dates import format_date
from django.utils.formats import date_format
from django.utils.translation import get_language

from underlet.kernel.period import Month


@dataclass(frozen=True, slots=True)
class Figure:
    """A headline figure: an amount in a currency, or a text. tone: "", warn or bad."""

    label: str
    amount: Decimal | None = None
    currency: str = ""
    note: str = ""
    icon: str = ""
    href: str = ""
    text: str = "–"
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits, and where to do it. tone: good, warn, bad or ""."""

    label: str
    href: str = ""
    tone: str = ""
    icon: str = "circle-dot"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the set-up checklist (P22)."""

    label: str
    text: str
    href: str
    is_done: bool


def month_words(period: str) -> str:
    """ "2026-04" -> "April 2026", in the reader's language."""
    return date_format(Month.parse(period).start, "F Y")


def short_month(period: str) -> str:
    """ "2026-04" -> "Apr", in the reader's language; January names its year."""
    start = Month.parse(period).start
    return format_date(start, "LLL yy" if start.month == 1 else "LLL", locale=get_language() or "en")
