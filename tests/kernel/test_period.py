"""Periods: months, half-open day ranges, proration, due dates (billing.md §8)."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import oracle
from underlet.kernel.errors import InvalidInput
from underlet.kernel.period import DayRange, Month, cut, due_on, prorate

MONTHS = st.builds(Month, st.integers(1990, 2040), st.integers(1, 12))
DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))


@st.composite
def ranges(draw: st.DrawFn) -> DayRange:
    """A range of days, open-ended now and then."""
    start = draw(DAYS)
    length = draw(st.one_of(st.none(), st.integers(1, 800)))
    return DayRange(start, None if length is None else start + timedelta(length))


@given(MONTHS)
def test_months_tile_time(month: Month) -> None:
    """I15, M6: a month ends where the next begins; every day lies in exactly one; text reads back."""
    assert month.end == month.next().start
    assert month.next().previous() == month
    assert month.previous().next() == month
    assert month.days == (month.end - month.start).days
    assert Month.of(month.start) == Month.of(month.end - timedelta(1)) == month
    assert Month.parse(str(month)) == month
    assert month < month.next()


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-4", "26-04", "0000-01", "2026-04\n", "2026/04", "", "٢٠٢٦-٠٤-"]
)
def test_other_text_is_no_month(text: str) -> None:
    """Only year and month as 2026-04 are read."""
    with pytest.raises(InvalidInput):
        Month.parse(text)


@pytest.mark.parametrize(("text", "days"), [("2024-02", 29), ("2100-02", 28), ("2026-04", 30), ("2026-12", 31)])
def test_days_of_a_month(text: str, days: int) -> None:
    """Leap years count."""
    assert Month.parse(text).days == days


@pytest.mark.parametrize("end", [date(2026, 4, 1), date(2026, 3, 31)])
def test_a_range_is_never_empty(end: date) -> None:
    """The end is the first day that no longer counts, so it lies after the start."""
    with pytest.raises(InvalidInput):
        DayRange(date(2026, 4, 1), end)


@given(ranges(), ranges(), DAYS)
def test_overlap_holds_exactly_the_common_days(one: DayRange, other: DayRange, day: date) -> None:
    """A day lies in the overlap if and only if it lies in both; the order does not matter."""
    both = one.overlap(other)
    assert (both is not None and day in both) == (day in one and day in other)
    assert both == other.overlap(one)


def test_half_open() -> None:
    """The start counts, the end does not; an open range has no number of days."""
    april = DayRange(date(2026, 4, 1), date(2026, 5, 1))
    assert date(2026, 4, 1) in april
    assert date(2026, 5, 1) not in april
    assert april.days == 30
    with pytest.raises(ValueError, match="open"):
        _ = DayRange(date(2026, 4, 1)).days


@given(MONTHS, st.lists(DAYS, max_size=5), st.lists(st.integers(-5, 40), max_size=6))
def test_cuts_tile_the_whole(month: Month, far: list[date], near: list[int]) -> None:
    """I15: parts follow each other without gap or overlap and make up the whole, wherever the cuts fall."""
    parts = cut(month.range, [*far, *(month.start + timedelta(days) for days in near)])
    assert parts[0].start == month.start
    assert parts[-1].end == month.end
    assert all(first.end == second.start for first, second in pairwise(parts))
    assert sum(part.days for part in parts) == month.days


def test_an_open_range_is_not_cut() -> None:
    """Only a closed range can be tiled."""
    with pytest.raises(ValueError, match="closed"):
        cut(DayRange(date(2026, 4, 1)), [])


@pytest.mark.parametrize(
    ("amount", "used", "period", "decimals", "expected"),
    [
        ("300.00", 20, 30, 2, "200.00"),
        ("800", 15, 30, 2, "400.00"),
        ("100", 1, 3, 2, "33.33"),
        ("100", 2, 3, 2, "66.67"),
        ("0.25", 1, 2, 2, "0.13"),  # a tie
        ("-0.25", 1, 2, 2, "-0.13"),
        ("-0.001", 1, 30, 2, "0.00"),
        ("100", 0, 30, 2, "0.00"),
        ("12.345", 30, 30, 2, "12.35"),
        ("1001", 1, 2, 0, "501"),
    ],
)
def test_prorate(amount: str, used: int, period: int, decimals: int, expected: str) -> None:
    """billing.md §11: 300 × 20/30 = 200.00, 800 × 15/30 = 400.00; half up, away from zero."""
    assert str(prorate(Decimal(amount), used, period, decimals)) == expected


@given(st.decimals(-(10**9), 10**9, places=9), MONTHS, st.integers(0, 31), st.integers(0, 3))
def test_prorate_agrees_with_fractions(amount: Decimal, month: Month, used: int, decimals: int) -> None:
    """One rational, rounded once, as the oracle does it; two parts miss the month by a unit at most."""
    used = min(used, month.days)
    part = prorate(amount, used, month.days, decimals)
    rest = prorate(amount, month.days - used, month.days, decimals)
    assert Fraction(part) == oracle.fee(str(amount), "1", used, month.days, decimals)
    assert abs(Fraction(part) + Fraction(rest) - Fraction(amount)) <= Fraction(1, 10**decimals)


@pytest.mark.parametrize(
    ("issued", "days", "due"), [("2026-05-04", 30, "2026-06-03"), ("2024-02-28", 1, "2024-02-29")]
)
def test_due_date(issued: str, days: int, due: str) -> None:
    """R92: days from the invoice date to payment."""
    assert due_on(date.fromisoformat(issued), days) == date.fromisoformat(due)
