"""Chains for the benchmark: 1,000 customers under shared resellers, any number of edges, 6 to 8 rules each."""

from datetime import date
from decimal import Decimal

from bench.gen import CUSTOMERS, SUB_ACCOUNTS
from underlet.accounts.types import Ownership
from underlet.contracts.types import EdgeTerms, PathEpoch
from underlet.kernel.period import DayRange
from underlet.kernel.pricing.types import (
    Adjust,
    Base,
    Condition,
    Dimension,
    Margin,
    OnMissingBase,
    Operator,
    PriceRule,
    Remove,
    Terms,
    UnitPrice,
    Verb,
)
from underlet.kernel.tax import VatCategory

YEAR = DayRange(date(2026, 1, 1), date(2027, 1, 1))
_SHARED = (2, 5, 10, 20, 50, 100, 200, 400)
"""Parties on each level above the customers."""


def ownership() -> tuple[Ownership, ...]:
    """Two sub-accounts for each customer; the first hundred change hands on 16 April."""
    middle = date(2026, 4, 16)
    rows = []
    for number in range(SUB_ACCOUNTS):
        customer = 1 + number % CUSTOMERS
        key = ("Example Cloud", "payer-1", f"sub-{number:04d}")
        if number < 100:
            rows.append(Ownership(*key, 1 + (number + 1) % CUSTOMERS, YEAR.start, middle))
            rows.append(Ownership(*key, customer, middle, None))
        else:
            rows.append(Ownership(*key, customer, YEAR.start, None))
    return tuple(rows)


def paths(edges: int) -> dict[int, tuple[PathEpoch, ...]]:
    """Per customer its chain of so many contracts; those above the last are shared."""
    made: dict[tuple[int, int], EdgeTerms] = {}
    found = {}
    for customer in range(1, CUSTOMERS + 1):
        chain = []
        for level in range(edges):
            party = customer if level == edges - 1 else customer % _SHARED[level]
            if (level, party) not in made:
                made[level, party] = _edge(level, party, len(made) + 1)
            chain.append(made[level, party])
        found[customer] = (PathEpoch(YEAR, tuple(chain)),)
    return found


def _edge(level: int, party: int, number: int) -> EdgeTerms:
    percent = Decimal(party % 17 - 5)
    is_compute = Condition(Dimension.SERVICE_CATEGORY, Operator.IN, ("compute",))
    rules: list[tuple[Verb, tuple[Condition, ...]]] = [
        (
            Adjust(Base.LIST, percent),
            (is_compute, Condition(Dimension.REGION, Operator.IN, ("region-1", "region-2"))),
        ),
        (
            Margin(Base.SELLER_COST, Decimal(10 + party % 7)),
            (Condition(Dimension.SERVICE, Operator.GLOB, ("*07",)),),
        ),
        (UnitPrice(Decimal("0.025")), (Condition(Dimension.SERVICE, Operator.IN, ("Service 03", "Service 13")),)),
        (Adjust(Base.LIST, percent - 3), (is_compute,)),
        (
            Adjust(Base.SELLER_COST, percent),
            (Condition(Dimension.SERVICE_CATEGORY, Operator.NOT_IN, ("storage",)),),
        ),
        (Adjust(Base.SELLER_COST, Decimal(4)), ()),
    ]
    if level == 0:
        for category in ("Credit", "Tax"):
            rules.insert(0, (Remove(), (Condition(Dimension.CHARGE_CATEGORY, Operator.IN, (category,)),)))
    terms = Terms(
        f"{level}-{party}",
        "EUR",
        tuple(
            PriceRule(str(position), verb, conditions, OnMissingBase.SELLER_COST)
            for position, (verb, conditions) in enumerate(rules, 1)
        ),
        rates={"USD": Decimal("0.92")},
    )
    return EdgeTerms(terms, number, number, level, level + 1, YEAR, VatCategory.STANDARD, Decimal(19), 30, ())
