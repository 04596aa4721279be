"""The books of one billing party: in which currency it reports, and how other currencies convert into it.

The root reports in its hierarchy's currency and converts by its own monthly rates; any other party reports in the
currency it buys in and converts what it sells back by the rate of that contract (billing.md §6.8, §6.9).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from underlet.contracts.queries import visible_contracts, visible_versions
from underlet.foundation.actor import Actor
from underlet.kernel.money import EXACT, multiply, round_amount
from underlet.organization.models import Unit
from underlet.organization.queries import reporting_currency
from underlet.rating.queries import visible_rates


@dataclass(frozen=True, slots=True)
class Books:
    """currency: what the party reports in. monthly: (first of month, foreign) -> `currency` for one of it.

    by_version: contract version -> units of that contract's currency for one of `currency`.
    """

    currency: str
    monthly: Mapping[tuple[date, str], Decimal] = field(default_factory=dict)
    by_version: Mapping[int, Decimal] = field(default_factory=dict)

    def convert(
        self, amount: Decimal, currency: str, period: date, version_id: int | None = None
    ) -> Decimal | None:
        """The amount, rounded half up in the party's currency; None when there is no rate for it."""
        if currency == self.currency:
            return round_amount(amount, currency)
        rate = self.monthly.get((period, currency))
        if rate is not None:
            return round_amount(multiply(amount, rate), self.currency)
        inverse = self.by_version.get(version_id or 0)
        return None if inverse is None else round_amount(EXACT.divide(amount, inverse), self.currency)


def books_of(actor: Actor, unit: Unit) -> Books:
    """The books of a unit, as far as the actor may read the rates."""
    if unit.parent_id is None:
        rates = visible_rates(actor).filter(unit=unit).values_list("period", "currency", "rate")
        return Books(reporting_currency(unit), {(period, currency): rate for period, currency, rate in rates})
    bought = visible_contracts(actor).filter(buyer_id=unit.id).order_by("-starts_on").first()
    if bought is None:
        return Books(reporting_currency(unit))
    newest = visible_versions(actor).filter(contract=bought).order_by("-number")[0]
    sold = visible_versions(actor).filter(contract__seller_id=unit.id).exclude(currency=newest.currency)
    inverse = {
        version_id: Decimal(rates[newest.currency])
        for version_id, rates in sold.values_list("id", "rates")
        if newest.currency in rates
    }
    return Books(newest.currency, by_version=inverse)
