"""The numbers of a chain: the factor of a verb, the exchange factor of an edge, and how factors compose.

Every price is `amount × 10^scale × m × F(j..k)` (billing.md §4). m has 12 decimals and is below 1,000, so that
SQL can multiply it as DECIMAL(15,12) without losing a digit (rating-engine.md §3). This is the one place that
computes factors; engines take the numbers from here and only multiply.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from underlet.kernel.errors import ExchangeRateMissing, InvalidInput
from underlet.kernel.money import EXACT, half_up, multiply
from underlet.kernel.pricing.types import (
    Adjust,
    Base,
    Margin,
    Metric,
    OnMissingBase,
    Outcome,
    PassThrough,
    PriceRule,
    Remove,
    Terms,
    UnitPrice,
)
from underlet.kernel.sentence import Sentence

FACTOR_DECIMALS = 12
FACTOR_LIMIT = Decimal(1000)
"""Factors and multipliers stay below it: DECIMAL(15,12)."""

RATE_DECIMALS = 10
RATE_LIMIT = Decimal(10) ** 8
"""Exchange rates stay below it: DECIMAL(18,10)."""

SCALES = (0, 3, 6)
"""Powers of ten that a quantity may carry, so that unit prices up to 10⁹ fit m (bases Q, Q3, Q6)."""

PricingVerb = Adjust | Margin | UnitPrice | PassThrough


def factor_of(verb: PricingVerb) -> Decimal:
    """The factor f of a verb over its base, at most 12 decimals; of a unit price the price itself.

    Examples: adjust −8 -> 0.92; margin 30 -> 1.428571428571; unit 0.025 -> 0.025. Source: billing.md §4.
    """
    match verb:
        case Adjust(percent=percent):
            return EXACT.add(1, EXACT.scaleb(percent, -2))
        case Margin(percent=percent):
            return half_up(EXACT.divide(100, EXACT.subtract(100, percent)), FACTOR_DECIMALS)
        case UnitPrice(price=price):
            return price
        case PassThrough():
            return Decimal(1)


def base_of(verb: PricingVerb) -> Base:
    """What the verb multiplies; of a provider's metric passed through, see `compose`."""
    match verb:
        case Adjust(base=base) | Margin(base=base):
            return base
        case UnitPrice():
            return Base.QUANTITY
        case PassThrough():
            return Base.SELLER_COST


@dataclass(frozen=True, slots=True)
class Multiple:
    """How an edge prices: the amount of `base` × 10^scale × m × F(j..k), k being the edge.

    m: HALF_UP₁₂, below 1,000. j: the first edge whose exchange factor enters, k + 1 for none. scale: 0, 3 or 6,
    above 0 only over quantity.
    """

    base: Metric | Base
    m: Decimal
    j: int
    scale: int = 0


def provider_cost(metric: Metric) -> Multiple:
    """Edge 0: what the provider charges the root, once, in the provider's currency."""
    return Multiple(metric, Decimal(1), 1)


Dropped = Literal[Outcome.REMOVED, Outcome.HELD]


def compose(
    above: Multiple, rule: PriceRule, edge: int, *, has_list: bool, has_quantity: bool
) -> Multiple | Dropped:
    """How edge k prices a group that its rule matched, given how the edge above does; or that it does not.

    above: `provider_cost` for edge 1. edge: k, from 1. Raises InvalidInput when m would reach 1,000.
    Source: the composition table of billing.md §4; scales: docs/algorithms/chain.md.
    """
    verb = rule.verb
    if isinstance(verb, Remove):
        return Outcome.REMOVED
    if isinstance(verb, PassThrough) and verb.metric is not None:
        return provider_cost(verb.metric)
    base, factor = base_of(verb), factor_of(verb)
    if (base is Base.LIST and not has_list) or (base is Base.QUANTITY and not has_quantity):
        match rule.on_missing_base:
            case OnMissingBase.HOLD:
                return Outcome.HELD
            case OnMissingBase.REMOVE:
                return Outcome.REMOVED
            case OnMissingBase.SELLER_COST:
                return above
    match base:
        case Base.SELLER_COST:
            return _fit(above.base, multiply(above.m, factor), above.j, above.scale)
        case Base.LIST:
            return _fit(Base.LIST, factor, 1, 0)
        case Base.QUANTITY:
            return _fit(Base.QUANTITY, factor, edge + 1, 0)


def _fit(base: Metric | Base, m: Decimal, j: int, scale: int) -> Multiple:
    """m rounded to 12 decimals at the smallest scale, from the given one up, that keeps it below 1,000."""
    allowed = [one for one in SCALES if one >= scale] if base is Base.QUANTITY else [0]
    for one in allowed:
        rounded = half_up(EXACT.scaleb(m, scale - one), FACTOR_DECIMALS)
        if rounded < FACTOR_LIMIT:
            return Multiple(base, rounded, j, one)
    raise InvalidInput(
        "The factors of this chain multiply to 1,000 or more.",
        hint="Lower a mark-up, or price with a unit price in a contract of the chain.",
    )


def fx_factor(terms: Terms, currency_above: str) -> Decimal:
    """xₖ: units of this edge's currency for one unit of the currency above; 1 when they are equal.

    Raises ExchangeRateMissing. Source: billing.md §6.8.
    """
    if terms.currency == currency_above:
        return Decimal(1)
    rate = terms.rates.get(currency_above)
    if rate is None:
        raise ExchangeRateMissing(
            Sentence("There is no exchange rate from {above} to {own}.", above=currency_above, own=terms.currency)
        )
    return rate


def fx_product(path: Sequence[Terms], provider_currency: str, first: int, last: int) -> Decimal:
    """F(first..last), edges counted from 1: the exact product of their exchange factors; 1 if first > last.

    Raises ExchangeRateMissing, only for an edge inside the range.
    """
    above = [provider_currency, *(terms.currency for terms in path)]
    return multiply(*(fx_factor(path[edge - 1], above[edge - 1]) for edge in range(first, last + 1)))
