"""Random chains of contracts and charge groups, as plain dicts for the oracle and as kernel types for the product.

One generator serves both ways of testing: `worlds()` draws through Hypothesis, so failures shrink, and
`seeded_world()` makes thousands of groups quickly from one number. Included on purpose: negative amounts with
either sign of quantity, NULL dimensions, missing list prices and quantities, rules with dates, several
currencies, unit prices of 1,000 and more, amounts on rounding ties.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Any

from hypothesis import strategies as st

from underlet.kernel.period import DayRange
from underlet.kernel.pricing.types import (
    Adjust,
    Base,
    ChargeGroup,
    Condition,
    Dimension,
    Margin,
    Metric,
    OnMissingBase,
    Operator,
    PassThrough,
    PriceRule,
    Remove,
    Terms,
    UnitPrice,
    Verb,
)

MAX_EDGES = 9
FIRST_DAY = date(2026, 3, 30)  # two days before the month and two after: real files have such days
DAYS = 34

CURRENCIES = ("EUR", "USD", "SEK", "JPY", "KWD")

VALUES: dict[str, tuple[str, ...]] = {
    "ProviderName": ("AWS", "Microsoft", "Google Cloud"),
    "BillingAccountId": ("111122223333", "acct-2"),
    "SubAccountId": ("sub-1", "sub-2", "SUB-3", "sub_4"),
    "ServiceName": ("Compute", "Storage", "Förråd", "Virtual Machines", "a*b", "100%"),
    "ServiceCategory": ("Compute", "Databases", "Storage"),
    "SkuId": ("sku-1", "SKU-2", "sku.3"),
    "RegionId": ("eu-north-1", "westeurope"),
    "ChargeCategory": ("Usage", "Purchase", "Tax", "Credit", "Adjustment"),
    "x_charge_kind": ("usage", "refund", "support"),
    "BillingCurrency": ("USD", "EUR"),
}
"""Every dimension a condition may test, with the values that groups take (or NULL)."""

PATTERNS = ("*", "comp*", "*MACHINES", "s?b-*", "?torage", "sku*", "eu-*-1", "*a*", "f?rr?d", "zzz*")


def terms_of(contract: dict[str, Any]) -> Terms:
    """The kernel's form of a contract dict."""
    rates = {currency: Decimal(rate) for currency, rate in contract["rates"].items()}
    rules = tuple(rule_of(rule) for rule in contract["rules"])
    return Terms(contract["id"], contract["currency"], rules, Metric(contract["metric"]), rates)


def rule_of(rule: dict[str, Any]) -> PriceRule:
    """The kernel's form of a rule dict."""
    conditions = tuple(
        Condition(Dimension(one["dimension"]), Operator(one["operator"]), tuple(one["values"]))
        for one in rule["conditions"]
    )
    valid = None
    if rule["starts_on"] is not None or rule["ends_on"] is not None:
        start = date.fromisoformat(rule["starts_on"]) if rule["starts_on"] else date.min
        valid = DayRange(start, date.fromisoformat(rule["ends_on"]) if rule["ends_on"] else None)
    return PriceRule(rule["id"], _verb_of(rule), conditions, OnMissingBase(rule["on_missing_base"]), valid)


def _verb_of(rule: dict[str, Any]) -> Verb:
    match rule["verb"]:
        case "adjust":
            return Adjust(Base(rule["base"]), Decimal(rule["percent"]))
        case "margin":
            return Margin(Base(rule["base"]), Decimal(rule["percent"]))
        case "unit":
            return UnitPrice(Decimal(rule["price"]))
        case "pass_through":
            return PassThrough(Metric(rule["metric"]) if rule.get("metric") else None)
        case _:
            return Remove()


def group_of(charge: dict[str, Any]) -> ChargeGroup:
    """The kernel's form of a charge dict."""
    numbers = ("billed", "effective", "contracted", "direct", "list_cost", "quantity")
    return ChargeGroup(
        day=date.fromisoformat(charge["day"]),
        currency=charge["currency"],
        dimensions={Dimension(name): value for name, value in charge["dimensions"].items()},
        has_list=charge["has_list"],
        has_quantity=charge["has_quantity"],
        **{name: Decimal(charge[name]) for name in numbers},
    )


@dataclass(frozen=True)
class World:
    """A chain of contracts, root's first, and charges that run along it."""

    contracts: list[dict[str, Any]]
    charges: list[dict[str, Any]]

    @cached_property
    def terms(self) -> tuple[Terms, ...]:
        """The contracts as kernel types."""
        return tuple(terms_of(contract) for contract in self.contracts)

    @cached_property
    def groups(self) -> tuple[ChargeGroup, ...]:
        """The charges as kernel types."""
        return tuple(group_of(charge) for charge in self.charges)


def decimal_text(random: Random, whole_digits: int, decimals: int) -> str:
    """A positive decimal of at most so many digits before and decimals after the point, often short or a tie."""
    if random.random() < 0.3:
        return random.choice(("0.125", "0.005", "0.000000000001"[: decimals + 2], "1", "2.5", "99.99"))
    unscaled = random.randint(1, 10 ** random.randint(1, whole_digits + decimals) - 1)
    return format(Decimal(unscaled).scaleb(-decimals), "f")


def unit_price(random: Random, scale: int) -> str:
    """A price from 10^scale up, below 10^(scale + 3), with the 12 − scale decimals it may have at most.

    At scale 6 below 2 × 10⁶, to leave room for the mark-ups of eight more edges.
    """
    largest = 2 * 10**12 if scale == 6 else 10**15 - 1
    return format(Decimal(random.randint(10**12, largest)).scaleb(scale - 12), "f")


def random_case(random: Random, text: str) -> str:
    """The text as given, or in upper or lower case."""
    return random.choice((text, text.upper(), text.lower()))


def random_condition(random: Random) -> dict[str, Any]:
    """A test of one dimension, with values that groups really have, in any case."""
    dimension = random.choice(tuple(VALUES))
    operator = random.choice(("in", "in", "in", "not_in", "glob"))
    pool = PATTERNS if operator == "glob" else VALUES[dimension]
    values = [random_case(random, random.choice(pool)) for _ in range(random.randint(1, 3))]
    return {"dimension": dimension, "operator": operator, "values": values}


def random_rule(random: Random, identity: str, *, default: bool = False) -> dict[str, Any]:
    """A valid rule; factors stay between 0.4 and 1.82, so that nine of them never reach a multiplier of 1,000."""
    verb = random.choice(("adjust", "adjust", "adjust", "margin", "margin", "unit", "pass_through", "remove"))
    if verb == "remove" and random.random() < (0.9 if default else 0.4):
        verb = "adjust"  # or few charges would reach a deep edge
    rule: dict[str, Any] = {
        "id": identity,
        "verb": verb,
        "base": None,
        "percent": None,
        "price": None,
        "conditions": [] if default else [random_condition(random) for _ in range(random.randint(1, 2))],
        "on_missing_base": random.choice(("hold", "seller_cost", "seller_cost", "remove")),
        "starts_on": None,
        "ends_on": None,
    }
    if verb in ("adjust", "margin"):
        rule["base"] = random.choice(("seller_cost", "seller_cost", "list"))
        hundredths = random.randint(-6000, 4500)
        finer = random.choice(("", "", "00000001"))  # ten decimals at most
        rule["percent"] = format(Decimal(hundredths).scaleb(-2), "f") + finer
    if verb == "pass_through":
        rule["metric"] = random.choice((None, *(metric.value for metric in Metric)))
    if verb == "unit":
        rule["price"] = random.choice(("0", "0.025", *(unit_price(random, scale) for scale in (0, 3, 6))))
    if not default and random.random() < 0.3:
        start = FIRST_DAY + timedelta(random.randint(0, DAYS - 1))
        rule["starts_on"] = random.choice((None, start.isoformat()))
        if rule["starts_on"] is None or random.random() < 0.5:
            rule["ends_on"] = (start + timedelta(random.randint(1, DAYS))).isoformat()
    return rule


def random_contract(random: Random, identity: str) -> dict[str, Any]:
    """Terms of one edge: up to five rules and a default, a rate from every other currency."""
    currency = random.choice(("EUR", "EUR", *CURRENCIES))
    rules = [random_rule(random, str(number)) for number in range(1, random.randint(1, 6))]
    rates = {
        other: format(Decimal(random.randint(1, 50 * 10**10)).scaleb(-10), "f")
        for other in CURRENCIES
        if other != currency
    }
    return {
        "id": identity,
        "currency": currency,
        "metric": random.choice([metric.value for metric in Metric]),
        "rates": rates,
        "rules": [*rules, random_rule(random, str(len(rules) + 1), default=True)],
    }


def random_charge(random: Random, currency: str = "USD") -> dict[str, Any]:
    """One charge group: costs below 10⁶ with 12 decimals, a quantity below 10⁴ with 10, each of either sign."""

    def signed(text: str) -> str:
        return "-" + text if random.random() < 0.25 else text

    has_list = random.random() < 0.8
    has_quantity = random.random() < 0.8
    return {
        "day": (FIRST_DAY + timedelta(random.randint(0, DAYS - 1))).isoformat(),
        "currency": currency,
        "dimensions": {
            name: None if random.random() < 0.15 else random.choice(values) for name, values in VALUES.items()
        },
        "billed": signed(decimal_text(random, 6, 12)),
        "effective": signed(decimal_text(random, 6, 12)),
        "contracted": signed(decimal_text(random, 6, 12)),
        "direct": signed(decimal_text(random, 6, 12)),
        "list_cost": signed(decimal_text(random, 6, 12)) if has_list else "0",
        "quantity": signed(decimal_text(random, 4, 10)) if has_quantity else "0",
        "has_list": has_list,
        "has_quantity": has_quantity,
    }


def random_world(random: Random, depth: int, charges: int) -> World:
    """A chain of so many edges and so many charge groups, in one provider currency each."""
    contracts = [random_contract(random, f"K{edge}") for edge in range(1, depth + 1)]
    return World(contracts, [random_charge(random, random.choice(("USD", "USD", "EUR"))) for _ in range(charges)])


def seeded_world(seed: int, depth: int, charges: int) -> World:
    """The same world for the same numbers; fast enough for thousands of charges."""
    return random_world(Random(seed), depth, charges)


@st.composite
def worlds(draw: st.DrawFn, max_depth: int = MAX_EDGES, max_charges: int = 3) -> World:
    """A chain of 1..max_depth edges and 1..max_charges charge groups; shrinks."""
    random = draw(st.randoms(use_true_random=False))
    depth, charges = draw(st.integers(1, max_depth)), draw(st.integers(1, max_charges))
    return random_world(random, depth, charges)
