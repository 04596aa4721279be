"""A month in which raw cost is disclosed down to a customer: the worked example with other terms and four metrics.

Birch pays 92 % of list; beta pays what is billed, and its four metrics are four different amounts.
"""

from typing import Any

from tests.rating.worked import PERIOD, Example, charge
from underlet.access.queries import actor_by_email
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import execute
from underlet.foundation.database.transactions import writing
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.reporting.types import CostView

METRICS = {"BilledCost": "300.00", "EffectiveCost": "315.00", "ContractedCost": "310.00"}
CHARGES = (
    charge("A2", "Compute", "Usage", "04-20", "1", "350.00", "0", **METRICS),
    charge("A2", "Storage", "Usage", "04-21", "10", "16.00", "8.00"),
    charge("A2", "Market", "Purchase", "04-22", "1", "0.00", "4.00"),
    charge("A2", "Compute", "Tax", "04-25", "1", "0.00", "57.00"),
)
"""Of beta's; the tax is removed by Root."""
OWNERS = (("A2", "beta", "2026-04-16", None),)
RAW: dict[str, Any] = {"rules": [{"verb": "pass_through"}], "metric": "billed", "disclose_raw_cost": True}
SET: dict[str, Any] = {
    "rules": [{"verb": "adjust", "base": "list", "percent": "-2", "on_missing_base": "seller_cost"}],
    "metric": "effective", "disclose_raw_cost": False,
}  # fmt: skip


def become(actor: Actor, unit: str, price_type: str) -> None:
    """Give a customer another price type, as the application's role."""
    with writing(actor):
        execute("update unit set price_type = %s where public_id = %s", [price_type, unit])


def month(*, to_birch: dict[str, Any] | None = None, to_beta: dict[str, Any] = RAW) -> Example:
    """The month, its contracts K1 and K4 made; not billed yet."""
    changes = {"K1": {"disclose_raw_cost": True} if to_birch is None else to_birch, "K4": to_beta}
    return Example.make(CHARGES, ("K1", "K4"), OWNERS, changes)


def issue(example: Example) -> Example:
    """Bill the month and issue every invoice."""
    example.bill()
    run("invoice.issue_run", example.cast.ada, str(example.current().public_id), {"issued_on": "2026-05-04"})
    return example


def raw_month() -> Example:
    """The month issued, beta raw cost only."""
    example = month()
    become(example.cast.people["ben"], example.cast.units["beta"], "raw_cost_only")
    return issue(example)


def costs(example: Example, who: str, unit: str, **asked: str) -> CostView:
    """What somebody sees of a unit's costs."""
    view: CostView = ask(
        "cost.show", example.cast.people[who], example.cast.units[unit], {"period": PERIOD, **asked}
    )
    return view


def shown(view: CostView) -> dict[str, dict[str, str]]:
    """The amounts of every row by name and metric, as plain text."""
    return {
        row.name: {metric.value: format(amount.normalize(), "f") for metric, amount in row.amounts.items()}
        for row in view.rows
    }


def member_of(example: Example, unit: str, email: str, role: str = "customer_administrator") -> Actor:
    """A person whose only grant lies on a unit."""
    run("user.invite", example.cast.ada, unit, {"email": email, "name": "Own", "role": role})
    found = actor_by_email(email)
    assert found is not None
    return found
