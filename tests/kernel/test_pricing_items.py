"""Recurring fees: proration by day, half up, against an exact fraction."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import oracle
from underlet.kernel.errors import CurrencyUnsupported
from underlet.kernel.money import exponent
from underlet.kernel.period import DayRange, Month, cut
from underlet.kernel.pricing.items import fee_line

APRIL = Month(2026, 4)
ALWAYS = DayRange(date(1980, 1, 1))


def posted(
    price: str, quantity: str, days: DayRange, *, month: Month = APRIL, currency: str = "EUR"
) -> Decimal | None:
    """The posted amount of a fee whose version is always in force."""
    line = fee_line(Decimal(price), Decimal(quantity), days, ALWAYS, month, currency)
    return line.posted if line else None


def test_worked_example() -> None:
    """billing.md §11, K3: 300.00 from 04-11, daily: 20 of 30 days, 200.00."""
    line = fee_line(Decimal(300), Decimal(1), DayRange(date(2026, 4, 11)), ALWAYS, APRIL, "EUR")
    assert line is not None
    assert (line.days, line.of_days, line.posted) == (
        DayRange(date(2026, 4, 11), date(2026, 5, 1)),
        30,
        Decimal("200.00"),
    )


@pytest.mark.parametrize(
    ("price", "quantity", "start", "end", "currency", "expected"),
    [
        ("100", "1", (2026, 4, 1), (2026, 5, 1), "EUR", "100.00"),
        ("100", "3", (2026, 4, 30), None, "EUR", "10.00"),
        ("100", "1", (2026, 4, 1), (2026, 4, 11), "EUR", "33.33"),
        ("0.01", "1", (2026, 4, 1), (2026, 4, 16), "EUR", "0.01"),  # a tie: 0.005
        ("0.01", "-1", (2026, 4, 1), (2026, 4, 16), "EUR", "-0.01"),  # away from zero
        ("0.01", "1", (2026, 4, 1), (2026, 4, 15), "EUR", "0.00"),
        ("1", "1", (2026, 4, 1), (2026, 4, 16), "JPY", "1"),
        ("0.001", "1", (2026, 4, 1), (2026, 4, 16), "KWD", "0.001"),
        ("19.90", "2.5", (2026, 4, 1), None, "EUR", "49.75"),
    ],
)
def test_amounts(
    price: str,
    quantity: str,
    start: tuple[int, int, int],
    end: tuple[int, int, int] | None,
    currency: str,
    expected: str,
) -> None:
    """One rational, rounded once, half up, to the minor unit; nothing is rounded per day or per piece."""
    assert (
        str(posted(price, quantity, DayRange(date(*start), date(*end) if end else None), currency=currency))
        == expected
    )


def test_no_day_no_line() -> None:
    """A fee that starts later, ended before, or lies outside its version makes no line."""
    assert posted("9", "1", DayRange(date(2026, 5, 1))) is None
    assert posted("9", "1", DayRange(date(2026, 1, 1), date(2026, 4, 1))) is None
    version = DayRange(date(2026, 4, 10), date(2026, 4, 20))
    assert fee_line(Decimal(9), Decimal(1), DayRange(date(2026, 4, 20)), version, APRIL, "EUR") is None
    line = fee_line(Decimal(9), Decimal(1), DayRange(date(2026, 4, 19)), version, APRIL, "EUR")
    assert line is not None
    assert (line.days.days, line.posted) == (1, Decimal("0.30"))


def test_unknown_currency_is_refused() -> None:
    """A currency without a known minor unit is never guessed."""
    with pytest.raises(CurrencyUnsupported):
        posted("9", "1", ALWAYS, currency="XXX")


@given(
    price=st.decimals(0, 10**6, places=6),
    quantity=st.decimals(-1000, 1000, places=3),
    month=st.builds(Month, st.integers(1990, 2040), st.integers(1, 12)),
    cuts=st.lists(st.integers(1, 30), max_size=4),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_parts_of_a_month(price: Decimal, quantity: Decimal, month: Month, cuts: list[int], currency: str) -> None:
    """M7, I15: parts tile the month; each is the oracle's; their sum is off by half a unit each at most."""
    parts = cut(month.range, [month.start + timedelta(days) for days in cuts])
    lines = [fee_line(price, quantity, part, ALWAYS, month, currency) for part in parts]
    decimals = exponent(currency)
    amounts = []
    for part, line in zip(parts, lines, strict=True):
        assert line is not None
        assert line.days == part
        assert Fraction(line.posted) == oracle.fee(str(price), str(quantity), part.days, month.days, decimals)
        amounts.append(Fraction(line.posted))
    assert sum(line.days.days for line in lines if line) == month.days
    whole = Fraction(price) * Fraction(quantity)
    assert abs(sum(amounts) - whole) <= Fraction(len(parts), 2 * 10**decimals)
