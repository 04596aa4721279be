"""Money: minor units, the one rounding, exact sums and splits (billing.md §6)."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import oracle
from underlet.kernel.errors import CurrencyUnsupported
from underlet.kernel.money import (
    Money,
    currencies,
    exponent,
    half_up,
    multiply,
    round_amount,
    split_amount,
    total,
)

AMOUNTS = st.decimals(-(10**10), 10**10, places=12)


@pytest.mark.parametrize(
    ("currency", "decimals"), [("EUR", 2), ("USD", 2), ("SEK", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("TND", 3)]
)
def test_minor_units(currency: str, decimals: int) -> None:
    """ISO 4217: two decimals, none for JPY, three for KWD (billing.md §6.7)."""
    assert exponent(currency) == decimals


@pytest.mark.parametrize("code", ["", "eur", "EURO", "XXX", "€", "EU", "DEM"])
def test_unknown_currencies_are_refused(code: str) -> None:
    """A currency without a known minor unit is refused, never taken for one with two decimals."""
    with pytest.raises(CurrencyUnsupported):
        exponent(code)


def test_every_listed_currency_has_one_exponent() -> None:
    """The three lists do not overlap, are sorted and hold codes of three capital letters."""
    codes = currencies()
    assert codes == sorted(set(codes))
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in codes)
    assert {exponent(code) for code in codes} == {0, 2, 3}


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        ("0.125", 2, "0.13"),
        ("-0.125", 2, "-0.13"),
        ("0.135", 2, "0.14"),  # half even would give the same; 0.145 tells them apart
        ("0.145", 2, "0.15"),
        ("0.1249999999999999999999999999999999999999", 2, "0.12"),
        ("-0.004", 2, "0.00"),  # never a negative zero
        ("-0.0", 2, "0.00"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("1.0005", 3, "1.001"),
        ("1E+3", 2, "1000.00"),
    ],
)
def test_half_up_is_away_from_zero(value: str, decimals: int, expected: str) -> None:
    """Second golden of billing.md §11: −0.125 posts −0.13; and −0.00 never appears."""
    assert str(half_up(Decimal(value), decimals)) == expected


@pytest.mark.parametrize(
    ("value", "currency", "expected"),
    [("99.5", "JPY", "100"), ("1.0005", "KWD", "1.001"), ("43.4516368", "EUR", "43.45")],
)
def test_posted_amounts(value: str, currency: str, expected: str) -> None:
    """An amount is posted in its currency's minor unit."""
    assert str(round_amount(Decimal(value), currency)) == expected
    assert Money(Decimal(value), currency).posted() == Money(Decimal(expected), currency)


@given(AMOUNTS, st.integers(0, 12))
def test_half_up_agrees_with_fractions(value: Decimal, decimals: int) -> None:
    """The rounding is the oracle's, is idempotent and symmetric about zero."""
    rounded = half_up(value, decimals)
    assert Fraction(rounded) == oracle.half_up(Fraction(value), decimals)
    assert half_up(rounded, decimals) == rounded
    assert half_up(-value, decimals) == -rounded


@given(st.lists(AMOUNTS, max_size=30))
def test_total_is_exact_in_any_order(amounts: list[Decimal]) -> None:
    """I14: a sum loses no digit and does not depend on the order."""
    assert Fraction(total(amounts)) == sum(map(Fraction, amounts), Fraction(0))
    assert total(amounts) == total(amounts[::-1])


@given(st.lists(st.decimals(-1000, 1000, places=12), max_size=9))
def test_products_are_exact(factors: list[Decimal]) -> None:
    """Nine factors of fifteen digits multiply without losing one."""
    exact = Fraction(1)
    for factor in factors:
        exact *= Fraction(factor)
    assert Fraction(multiply(*factors)) == exact


def test_sixty_digits_would_not_do() -> None:
    """Prices through four exchange rates: at 60 digits the sum of prices is not the price of the sum."""
    rates = [Decimal("1.0834567891"), Decimal("11.4567891237"), Decimal("0.0912345679"), Decimal("0.9187654321")]
    amounts = [Decimal("1234567.890123456789"), Decimal("0.000000000001"), Decimal("-987654.321098765432")]
    factors = [Decimal("1.428571428571"), *rates]
    assert total([multiply(one, *factors) for one in amounts]) == multiply(total(amounts), *factors)
    with localcontext(prec=60, rounding=ROUND_HALF_UP):
        product = factors[0] * factors[1] * factors[2] * factors[3] * factors[4]
        assert sum((one * product for one in amounts), Decimal(0)) != sum(amounts, Decimal(0)) * product


@pytest.mark.parametrize(
    ("amount", "weights", "decimals", "parts"),
    [
        ("10.00", ["1", "1", "1"], 2, ["3.34", "3.33", "3.33"]),
        ("-10.00", ["1", "1", "1"], 2, ["-3.34", "-3.33", "-3.33"]),
        ("0.01", ["1", "1"], 2, ["0.01", "0.00"]),
        ("0.02", ["0", "0", "0"], 2, ["0.01", "0.01", "0.00"]),
        ("100", ["1", "2"], 0, ["33", "67"]),
        ("0.00", ["5", "7"], 2, ["0.00", "0.00"]),
        ("1.000", ["0.333333333333", "0.666666666667"], 3, ["0.333", "0.667"]),
    ],
)
def test_split_amount(amount: str, weights: list[str], decimals: int, parts: list[str]) -> None:
    """Largest remainder; ties go to the lower index (billing.md §6.5)."""
    assert [str(part) for part in split_amount(Decimal(amount), [Decimal(w) for w in weights], decimals)] == parts


@given(
    units=st.integers(-(10**14), 10**14),
    weights=st.lists(st.decimals(0, 10**6, places=12), min_size=1, max_size=20),
    decimals=st.sampled_from([0, 2, 3, 12]),
)
def test_split_laws(units: int, weights: list[Decimal], decimals: int) -> None:
    """I4: parts add up to the whole, each less than a unit from its exact share, of the whole's sign."""
    amount = Decimal(units).scaleb(-decimals)
    parts = split_amount(amount, weights, decimals)
    assert len(parts) == len(weights)
    assert total(parts) == amount
    shares = weights if any(weights) else [Decimal(1)] * len(weights)
    whole = sum(map(Fraction, shares), Fraction(0))
    unit = Fraction(1, 10**decimals)
    for part, share in zip(parts, shares, strict=True):
        assert abs(Fraction(part) - Fraction(amount) * Fraction(share) / whole) < unit
        assert half_up(part, decimals) == part
        assert part == 0 or (part < 0) == (amount < 0)
        assert share or not part
    if len(set(shares)) == 1:
        sizes = [abs(part) for part in parts]
        assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("weights", [[], [Decimal(-1), Decimal(2)]])
def test_split_needs_weights(weights: list[Decimal]) -> None:
    """No weights and negative weights are bugs of the caller."""
    with pytest.raises(ValueError, match="weight"):
        split_amount(Decimal(1), weights, 2)
