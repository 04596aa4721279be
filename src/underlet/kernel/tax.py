"""VAT of one document: categories, groups, totals, by the arithmetic of EN 16931.

VAT is computed per (category, rate) on the sum of posted lines, never per line (billing.md §6.6). Underlet
determines no tax: sellers say which category and rate apply.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from underlet.kernel.money import EXACT, round_amount, total


class VatCategory(StrEnum):
    """VAT category codes of EN 16931 (UNTDID 5305)."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    OUTSIDE_SCOPE = "O"


EXEMPTION_CODES = {
    VatCategory.REVERSE_CHARGE: "VATEX-EU-AE",
    VatCategory.INTRA_COMMUNITY: "VATEX-EU-IC",
    VatCategory.EXPORT: "VATEX-EU-G",
    VatCategory.OUTSIDE_SCOPE: "VATEX-EU-O",
}
"""BT-121 of the categories that carry no VAT and one fixed reason."""


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """A posted line: BT-131 with its VAT category and rate (BT-151, BT-152)."""

    net: Decimal
    category: VatCategory
    rate: Decimal


@dataclass(frozen=True, slots=True)
class VatGroup:
    """One VAT breakdown (BG-23): base BT-116, tax BT-117."""

    category: VatCategory
    rate: Decimal
    base: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class DocumentTotals:
    """Totals of a document: net BT-109, vat BT-110, gross BT-112; groups in order of category and rate."""

    net: Decimal
    vat: Decimal
    gross: Decimal
    groups: tuple[VatGroup, ...]


def document_totals(lines: Sequence[TaxedLine], currency: str) -> DocumentTotals:
    """Totals of posted lines in one currency. Raises CurrencyUnsupported, ValueError for a line not posted.

    net = Σ lines; per group tax = HALF_UP(base × rate / 100); gross = net + Σ taxes (BR-CO-10, BR-CO-14, BR-S-08).
    Example: 2387.00 at 19 % -> VAT 453.53, gross 2840.53.
    """
    bases: dict[tuple[VatCategory, Decimal], Decimal] = {}
    for line in lines:
        if line.net != round_amount(line.net, currency):
            raise ValueError(f"{line.net} {currency} is not a posted amount")
        key = (line.category, _plain(line.rate))
        bases[key] = EXACT.add(bases.get(key, Decimal(0)), line.net)
    groups = tuple(
        VatGroup(category, rate, round_amount(base, currency), _tax(base, rate, currency))
        for (category, rate), base in sorted(bases.items())
    )
    net = round_amount(total([group.base for group in groups]), currency)
    vat = round_amount(total([group.tax for group in groups]), currency)
    return DocumentTotals(net, vat, round_amount(EXACT.add(net, vat), currency), groups)


def _plain(rate: Decimal) -> Decimal:
    """19.0 and 19.00 as 19; but 20 stays 20, which `normalize` alone would write 2E+1."""
    return Decimal(format(rate.normalize(EXACT), "f"))


def _tax(base: Decimal, rate: Decimal, currency: str) -> Decimal:
    return round_amount(EXACT.multiply(base, EXACT.multiply(rate, Decimal("0.01"))), currency)
