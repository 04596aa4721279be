"""Recurring items of a contract: what a monthly fee costs in one month (step 5 of the pipeline, billing.md §5).

An item is a line of its edge and never enters the next seller's cost. It is prorated by calendar day over the
days on which it, its contract version and the month all hold. Source: billing.md §8 and §9.
"""

from dataclasses import dataclass
from decimal import Decimal

from underlet.kernel.money import exponent, multiply
from underlet.kernel.period import DayRange, Month, prorate


@dataclass(frozen=True, slots=True)
class FeeLine:
    """A fee on an invoice. days: the days it counts for; of_days: days of the month. posted: in minor units.

    `posted` is the line's only amount: an item has no unrounded one, and steps that build on items (percentage
    fees) take it as posted.
    """

    days: DayRange
    of_days: int
    posted: Decimal


def fee_line(
    price: Decimal, quantity: Decimal, fee_days: DayRange, version_days: DayRange, month: Month, currency: str
) -> FeeLine | None:
    """The line of a monthly fee, or None when it counts on no day of the month.

    price: for one whole month and one piece, in `currency`. posted = HALF_UP(quantity × price × days / days of the
    month) as one rational, half up to the currency's minor unit. Raises CurrencyUnsupported.
    Example: 300.00 × 1 from 2026-04-11 on, April -> 20 of 30 days, 200.00.
    """
    contract_days = fee_days.overlap(version_days)
    days = contract_days.overlap(month.range) if contract_days else None
    if days is None:
        return None
    amount = prorate(multiply(price, quantity), days.days, month.days, exponent(currency))
    return FeeLine(days, month.days, amount)
