"""Money: exact decimals, ISO 4217 exponents, one way of rounding.

Amounts are `Decimal` in currency units (12.34 means twelve euros and thirty-four cents). Prices stay exact;
the only rounding of an amount is `round_amount`, on the invoice line (billing.md §6). Raises instead of
guessing: an unknown currency, a non-finite number and a lost digit are refusals or bugs, never a default.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, localcontext

from underlet.kernel.errors import CurrencyUnsupported
from underlet.kernel.sentence import Sentence

PRECISION = 250
"""Digits of every money computation. The longest product is an amount (22 digits), a multiplier (15) and nine
exchange rates (18 each): 199 digits. Python's 28 lose digits (billing.md §13), and 60 lose them from the second
exchange rate on, so that the sum of prices would not be the price of the sum.
"""

EXACT = Context(prec=PRECISION, rounding=ROUND_HALF_UP)

_ZERO_DECIMALS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
_THREE_DECIMALS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_TWO_DECIMALS = frozenset(
    (
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
        "CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL "
        "HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP "
        "MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD "
        "SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS "
        "VED VES WST XCD YER ZAR ZMW ZWG"
    ).split()
)


def exponent(currency: str) -> int:
    """Decimals of the currency's minor unit (EUR 2, JPY 0, KWD 3), by ISO 4217.

    Raises CurrencyUnsupported for anything that is not an ISO 4217 code in upper case.
    """
    if currency in _TWO_DECIMALS:
        return 2
    if currency in _ZERO_DECIMALS:
        return 0
    if currency in _THREE_DECIMALS:
        return 3
    raise CurrencyUnsupported(Sentence("“{currency}” is not a currency of ISO 4217.", currency=currency))


def currencies() -> list[str]:
    """All supported ISO 4217 codes, sorted."""
    return sorted(_TWO_DECIMALS | _ZERO_DECIMALS | _THREE_DECIMALS)


def half_up(value: Decimal, decimals: int) -> Decimal:
    """Round half up, away from zero, to `decimals` places; never returns a negative zero.

    Source: billing.md §4 (HALF_UP₁₂) and §6. Example: −0.125 at 2 -> −0.13.
    """
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=EXACT)
    return rounded if rounded else abs(rounded)


def round_amount(value: Decimal, currency: str) -> Decimal:
    """The posted amount of an exact one: half up to the currency's minor unit (billing.md §6.2)."""
    return half_up(value, exponent(currency))


def multiply(*factors: Decimal) -> Decimal:
    """The exact product."""
    product = Decimal(1)
    for factor in factors:
        product = EXACT.multiply(product, factor)
    return product


def total(amounts: Sequence[Decimal]) -> Decimal:
    """The exact sum; 0 for none."""
    result = Decimal(0)
    for amount in amounts:
        result = EXACT.add(result, amount)
    return result


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency. Amounts of different currencies never meet in a sum."""

    amount: Decimal
    currency: str

    def posted(self) -> "Money":
        """This amount rounded half up to its minor unit."""
        return Money(round_amount(self.amount, self.currency), self.currency)


def split_amount(amount: Decimal, weights: Sequence[Decimal], decimals: int) -> list[Decimal]:
    """Split a posted amount into parts that add up to it exactly (largest remainder).

    amount: a multiple of 10^-decimals. weights: n >= 1, none negative; all zero counts as all equal.
    Returns n amounts in the order of the weights; the remainder goes to the largest fractions, ties to the
    lower index. Source: billing.md §6.5. Example: 10.00 by [1, 1, 1] -> 3.34, 3.33, 3.33.
    """
    if not weights:
        raise ValueError("split_amount needs at least one weight")
    if any(weight < 0 for weight in weights):
        raise ValueError("weights are not negative")
    with localcontext(EXACT):
        unit = Decimal(1).scaleb(-decimals)
        shares = list(weights) if any(weights) else [Decimal(1)] * len(weights)
        whole = sum(shares, Decimal(0))
        exact = [abs(amount) * share / whole for share in shares]
        parts = [value.quantize(unit, rounding=ROUND_DOWN) for value in exact]
        missing = int((abs(amount) - sum(parts, Decimal(0))) / unit)
        by_fraction = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
        for index in by_fraction[:missing]:
            parts[index] += unit
        sign = -1 if amount < 0 else 1
        return [part * sign if part else abs(part) for part in parts]
