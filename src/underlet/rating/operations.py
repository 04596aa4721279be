"""Writes of the rating context."""

from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import execute
from underlet.foundation.registry import operation
from underlet.kernel.errors import InvalidInput
from underlet.kernel.money import exponent
from underlet.kernel.period import Month
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import Sentence
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT
from underlet.rating.types import ExchangeRateRow, SetExchangeRate


@operation("exchange_rate.set", needs=Permission.BILLING_RUN, subject=UNIT, below=True, idempotency="natural")
def set_exchange_rate(actor: Actor, unit: Unit, data: SetExchangeRate) -> ExchangeRateRow:
    """Set the rate at which the root's books convert a provider currency in one month (billing.md §6.8).

    Setting it again replaces it for later billing runs. Contracts carry their own rates. Raises InvalidInput for a
    unit that is not the root, or the reporting currency itself; CurrencyUnsupported.
    """
    if unit.parent_id is not None:
        raise InvalidInput("Exchange rates belong to the root of a hierarchy.", hint="Choose the root.")
    exponent(data.currency)
    reporting = unit.hierarchy.currency
    if data.currency == reporting:
        raise InvalidInput(
            fields={
                "currency": Sentence(
                    "{currency} is the reporting currency itself; its rate is 1.", currency=reporting
                )
            }
        )
    execute(
        "insert into exchange_rate (hierarchy_id, unit_id, period, currency, rate) values (%s, %s, %s, %s, %s)"
        " on conflict (hierarchy_id, period, currency) do update set rate = excluded.rate",
        [unit.hierarchy_id, unit.id, Month.parse(data.period).start, data.currency, data.rate],
    )
    return ExchangeRateRow(data.period, data.currency, reporting, data.rate)
