"""Periods: UTC months, half-open day ranges, proration by calendar day.

Usage periods are UTC calendar months; contract, assignment and rule dates are UTC days in `[start, end)`
(billing.md §8). Days are dates, never hours.
"""

import itertools
import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

from underlet.kernel.errors import InvalidInput
from underlet.kernel.money import EXACT, half_up
from underlet.kernel.sentence import Sentence

_MONTH = re.compile(r"\A(\d{4})-(\d{2})\Z")


def end_of_day(day: date) -> datetime:
    """The last moment of a UTC day. Raises OverflowError for the last day there is."""
    return datetime.combine(day + timedelta(days=1), time(), UTC) - timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A UTC calendar month, the period of usage and of a billing run."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read "2026-04". Raises InvalidInput for anything else."""
        match = _MONTH.match(text)
        if match is None or not 1 <= int(match[2]) <= 12 or int(match[1]) < 1:
            raise InvalidInput(
                Sentence("“{text}” is not a month.", text=text), hint="Write it as year and month: 2026-04."
            )
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month that holds the day."""
        return cls(day.year, day.month)

    @property
    def start(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def end(self) -> date:
        """The first day after the month."""
        return self.next().start

    @property
    def days(self) -> int:
        """Number of days."""
        return monthrange(self.year, self.month)[1]

    @property
    def range(self) -> "DayRange":
        """The month as `[start, end)`."""
        return DayRange(self.start, self.end)

    def next(self) -> "Month":
        """The month after this one."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    def previous(self) -> "Month":
        """The month before this one."""
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True)
class DayRange:
    """UTC days in `[start, end)`; `end` None means open-ended. Never empty."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise InvalidInput(
                "The end must be after the start.", hint="The end is the first day that no longer counts."
            )

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def overlap(self, other: "DayRange") -> "DayRange | None":
        """The days in both ranges, or None."""
        start = max(self.start, other.start)
        ends = [end for end in (self.end, other.end) if end is not None]
        end = min(ends) if ends else None
        return None if end is not None and end <= start else DayRange(start, end)

    @property
    def days(self) -> int:
        """Number of days; the range must have an end."""
        if self.end is None:
            raise ValueError("an open range has no number of days")
        return (self.end - self.start).days


def cut(whole: DayRange, cuts: Iterable[date]) -> list[DayRange]:
    """Tile a closed range at the given days; days outside it do not cut. In order, without gap or overlap."""
    if whole.end is None:
        raise ValueError("only a closed range can be cut")
    days = sorted({day for day in cuts if whole.start < day < whole.end} | {whole.start, whole.end})
    return [DayRange(first, last) for first, last in itertools.pairwise(days)]


def prorate(amount: Decimal, days_used: int, days_in_period: int, decimals: int) -> Decimal:
    """A recurring amount for part of a period: HALF_UP(amount × days used / days in period), one rational.

    amount: price × quantity for the whole period, in currency units. Source: billing.md §8 (`daily`).
    Example: 300.00 for 20 of 30 days -> 200.00.
    """
    if days_used == days_in_period:
        return half_up(amount, decimals)
    scaled = Fraction(amount) * Fraction(days_used, days_in_period) * 10**decimals
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    units = whole + (1 if 2 * rest >= scaled.denominator else 0)
    value = EXACT.scaleb(Decimal(units), -decimals)
    return value.copy_negate() if scaled < 0 and units else value


def due_on(issued_on: date, days: int) -> date:
    """The last day to pay: issue date (seller-local) + days (R92)."""
    return issued_on + timedelta(days=days)
