"""VAT of a document: per category and rate, on the sum of posted lines (billing.md §6.6)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import oracle
from underlet.kernel.errors import CurrencyUnsupported
from underlet.kernel.money import exponent
from underlet.kernel.tax import DocumentTotals, TaxedLine, VatCategory, document_totals


def totals(*lines: tuple[str, str, str], currency: str = "EUR") -> DocumentTotals:
    """Totals of (net, category, rate)."""
    taxed = [TaxedLine(Decimal(net), VatCategory(category), Decimal(rate)) for net, category, rate in lines]
    return document_totals(taxed, currency)


def figures(made: DocumentTotals) -> tuple[str, str, str]:
    """Net, VAT and gross as text."""
    return str(made.net), str(made.vat), str(made.gross)


@pytest.mark.parametrize(
    ("lines", "category", "rate", "expected"),
    [
        (["1692.80", "99.98", "592.48", "-26.56"], "AE", "0", ("2358.70", "0.00", "2358.70")),
        (["1760.51", "103.98", "308.09", "43.45"], "S", "19", ("2216.03", "421.05", "2637.08")),
        (["1840.00", "125.00", "322.00", "200.00", "-100.00"], "S", "19", ("2387.00", "453.53", "2840.53")),
        (["315.56", "84.44"], "S", "19", ("400.00", "76.00", "476.00")),
        (["0.13", "0.13", "0.13", "0.13", "0.25"], "S", "19", ("0.77", "0.15", "0.92")),
    ],
)
def test_golden_documents(lines: list[str], category: str, rate: str, expected: tuple[str, str, str]) -> None:
    """I4: the invoices of billing.md §11, K1 to K4, and the second golden (VAT per line would give 0.13)."""
    assert figures(totals(*((net, category, rate) for net in lines))) == expected


@pytest.mark.parametrize(("net", "vat"), [("8.49", "1.61"), ("10.00", "1.90")])
def test_golden_corrections(net: str, vat: str) -> None:
    """I13: the restatement of billing.md §11 if issued alone."""
    assert str(totals((net, "S", "19")).vat) == vat


def test_groups_are_kept_apart_and_in_order() -> None:
    """One breakdown per category and rate (BG-23); 19 and 19.0 are one rate."""
    made = totals(("10.00", "S", "19.0"), ("5.00", "Z", "0"), ("1.00", "S", "7"), ("2.00", "S", "19"))
    assert str(totals(("1.00", "S", "20.00")).groups[0].rate) == "20"  # never 2E+1
    assert [(group.category, str(group.rate), str(group.base), str(group.tax)) for group in made.groups] == [
        (VatCategory.STANDARD, "7", "1.00", "0.07"),
        (VatCategory.STANDARD, "19", "12.00", "2.28"),
        (VatCategory.ZERO, "0", "5.00", "0.00"),
    ]
    assert figures(made) == ("18.00", "2.35", "20.35")


@pytest.mark.parametrize(
    ("net", "rate", "currency", "expected"),
    [
        ("5", "10", "JPY", ("5", "1", "6")),  # 0.5 yen, half up
        ("1.005", "10", "KWD", ("1.005", "0.101", "1.106")),
        ("-0.05", "10", "EUR", ("-0.05", "-0.01", "-0.06")),  # −0.005, away from zero
        ("-0.01", "10", "EUR", ("-0.01", "0.00", "-0.01")),  # never −0.00
    ],
)
def test_minor_units_and_signs(net: str, rate: str, currency: str, expected: tuple[str, str, str]) -> None:
    """Tax is rounded in the document's minor unit, away from zero."""
    assert figures(totals((net, "S", rate), currency=currency)) == expected


def test_an_empty_document_is_zero() -> None:
    """No lines, no groups, 0.00."""
    made = totals()
    assert (figures(made), made.groups) == (("0.00", "0.00", "0.00"), ())


def test_lines_must_be_posted() -> None:
    """A line with hidden decimals is a bug of the caller: it would change the total on paper."""
    with pytest.raises(ValueError, match="posted"):
        totals(("0.125", "S", "19"))
    with pytest.raises(CurrencyUnsupported):
        totals(("1.00", "S", "19"), currency="EURO")


LINES = st.lists(
    st.tuples(
        st.integers(-(10**8), 10**8),
        st.sampled_from(["S", "Z", "AE"]),
        st.sampled_from(["0", "7", "19", "25", "5.5"]),
    ),
    max_size=20,
)


@given(LINES, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_totals_agree_with_the_oracle(lines: list[tuple[int, str, str]], currency: str) -> None:
    """I4, M2, BR-CO-10, BR-CO-14, BR-S-08: net is the sum of lines, gross is net plus the taxes of the groups."""
    decimals = exponent(currency)
    made = document_totals(
        [TaxedLine(Decimal(units).scaleb(-decimals), VatCategory(c), Decimal(rate)) for units, c, rate in lines],
        currency,
    )
    expected = oracle.invoice([(c, rate, Fraction(units, 10**decimals)) for units, c, rate in lines], decimals)
    assert (Fraction(made.net), Fraction(made.vat), Fraction(made.gross)) == expected
    assert sum(group.base for group in made.groups) == made.net
    assert sum(group.tax for group in made.groups) == made.vat
    assert all(-amount.as_tuple().exponent == decimals for amount in (made.net, made.vat, made.gross))  # type: ignore[operator]
    assert not any(str(amount).startswith("-0.00") and not amount for amount in (made.net, made.vat, made.gross))
