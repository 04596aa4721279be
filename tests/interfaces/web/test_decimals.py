"""Numbers as people type them are read in one way or refused, never guessed (interface.md §12)."""

from decimal import Decimal

import pytest
from django.utils import translation

from underlet.contracts.types import CreateContract
from underlet.foundation.operations import validate
from underlet.interfaces.web.decimals import read, typed, with_numbers
from underlet.kernel.errors import InvalidInput
from underlet.rating.types import SetExchangeRate

CLEAR = [
    "12",
    "12.5",
    "12,5",
    "0.125",
    "0,125",
    "-3,5",
    "1.234,50",
    "1,234.50",
    "1.234.567",
    "1,234,567.8",
    "1 234,5",
]
VALUES = ["12", "12.5", "12.5", "0.125", "0.125", "-3.5", "1234.50", "1234.50", "1234567", "1234567.8", "1234.5"]


@pytest.mark.parametrize("language", ["en", "de", "sv"])
@pytest.mark.parametrize(("text", "value"), list(zip(CLEAR, VALUES, strict=True)))
def test_a_clear_number_is_read_in_every_language(language: str, text: str, value: str) -> None:
    """Both separators are understood wherever the number can be read in one way only."""
    with translation.override(language):
        assert read(text) == value


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("de", "1,085", "1.085"),
        ("sv", "1,085", "1.085"),
        ("en", "1.085", "1.085"),
        ("sv", "\N{MINUS SIGN}2,5", "-2.5"),
    ],
)
def test_the_languages_own_mark_is_the_decimal_one(language: str, text: str, value: str) -> None:
    """Three decimals are no thousands where the mark is the reader's own."""
    with translation.override(language):
        assert read(text) == value


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "1.234"), ("sv", "1.234"), ("en", "1,234"),
        ("de", "12.34,5,6"), ("de", "1.2.3"), ("de", "1.23,456.7"), ("de", "zwei"),
    ],
)  # fmt: skip
def test_what_could_be_misread_is_refused(language: str, text: str) -> None:
    """The field says what to write; nothing is stored."""
    raw = {"period": "2026-04", "currency": "USD", "rate": text}
    with translation.override(language), pytest.raises(InvalidInput) as refused:
        validate(SetExchangeRate, with_numbers(SetExchangeRate, raw))
    assert refused.value.fields["rate"].startswith("This is not a clear number.")


def test_decimals_are_found_wherever_the_input_has_them() -> None:
    """In rows and rates, and nowhere else: a label keeps its comma."""
    raw = {
        "currency": "EUR", "vat_rate": "7,7", "rates": {"USD": "0,92"},
        "rules": [{"verb": "adjust", "percent": "-2,5", "label": "1,5"}],
        "fees": [{"label": "a, b", "price": "1.234,5", "quantity": "2"}],
    }  # fmt: skip
    with translation.override("de"):
        found = with_numbers(CreateContract, raw)
    assert found == raw | {
        "vat_rate": "7.7", "rates": {"USD": "0.92"},
        "rules": [{"verb": "adjust", "percent": "-2.5", "label": "1,5"}],
        "fees": [{"label": "a, b", "price": "1234.5", "quantity": "2"}],
    }  # fmt: skip


@pytest.mark.parametrize("language", ["en", "de", "sv"])
@pytest.mark.parametrize("value", ["0", "12", "1.085", "1234.567", "-0.25", "1000", "999999.999999"])
def test_what_a_field_shows_is_read_back(language: str, value: str) -> None:
    """A form that is sent as it was shown changes nothing."""
    with translation.override(language):
        assert Decimal(read(typed(Decimal(value)))) == Decimal(value)
