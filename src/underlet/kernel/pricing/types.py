"""What a price is made of: bases, verbs, conditions, rules, terms, charge groups.

Pure data; the meaning is in `reference` (obvious, row by row) and in `rating.engines` (compiled to SQL), and a
property test holds the two equal (billing.md I19). Source: billing.md §3 and §4.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from underlet.kernel.period import DayRange


class Metric(StrEnum):
    """The provider's cost metric that is the root's cost, and edge 1's seller cost (billing.md §3)."""

    EFFECTIVE = "effective"
    CONTRACTED = "contracted"
    BILLED = "billed"
    DIRECT = "direct"


class Base(StrEnum):
    """What a rule multiplies."""

    SELLER_COST = "seller_cost"
    LIST = "list"
    QUANTITY = "quantity"


class OnMissingBase(StrEnum):
    """What happens to a charge whose list price or quantity is missing."""

    HOLD = "hold"
    SELLER_COST = "seller_cost"
    REMOVE = "remove"


class Dimension(StrEnum):
    """Group dimensions that a condition may test; the value is the FOCUS (or derived `x_`) column."""

    PROVIDER = "ProviderName"
    BILLING_ACCOUNT = "BillingAccountId"
    SUB_ACCOUNT = "SubAccountId"
    SERVICE = "ServiceName"
    SERVICE_CATEGORY = "ServiceCategory"
    SKU = "SkuId"
    REGION = "RegionId"
    CHARGE_CATEGORY = "ChargeCategory"
    CHARGE_KIND = "x_charge_kind"
    CURRENCY = "BillingCurrency"


class Operator(StrEnum):
    """How a condition compares; all ignore upper and lower case. A NULL value matches no positive operator.

    `not_in` is the exact opposite of `in`: NULL is in no list, so it matches every `not_in` (`matching`).
    """

    IN = "in"
    NOT_IN = "not_in"
    GLOB = "glob"


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of one dimension. `values`: at least one; for `glob` patterns with * and ?, whole value."""

    dimension: Dimension
    operator: Operator
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Adjust:
    """Factor 1 + percent/100 over the base."""

    base: Base  # SELLER_COST or LIST
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Margin:
    """Factor HALF_UP₁₂(1 / (1 − percent/100)) over the base; percent < 100."""

    base: Base  # SELLER_COST or LIST
    percent: Decimal


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """A price per pricing unit in the contract's currency, over quantity."""

    price: Decimal


@dataclass(frozen=True, slots=True)
class PassThrough:
    """The seller's cost, unchanged; with a metric that figure of the provider's bill, whatever was paid above (R25)."""

    metric: Metric | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    """The charge ends here: below this edge it does not exist."""


Verb = Adjust | Margin | UnitPrice | PassThrough | Remove


@dataclass(frozen=True, slots=True)
class PriceRule:
    """One line of a contract's price list. The first rule in listed order that matches wins; nothing stacks.

    id: stable within the contract version, shown in explanations. valid: UTC days, None = always.
    """

    id: str
    verb: Verb
    conditions: tuple[Condition, ...] = ()
    on_missing_base: OnMissingBase = OnMissingBase.HOLD
    valid: DayRange | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """The priced part of one contract version, on one edge.

    id: the contract version. currency: what the edge's prices are in. rules: in order, removals first, the last
    one is the default (no conditions, no dates). metric: only read on edge 1. rates: currency -> units of this
    edge's currency for one unit of it, 10 decimals; the factor from edge k−1's currency is looked up here, and
    1 when the currencies are equal (billing.md §6.8).
    """

    id: str
    currency: str
    rules: tuple[PriceRule, ...]
    metric: Metric = Metric.EFFECTIVE
    rates: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChargeGroup:
    """Charges that every rule treats alike, summed: one row of the cube (billing.md §2).

    Amounts are in `currency` (the provider's), 12 decimals; quantity 10 decimals. `list_cost` and `quantity`
    count only where `has_list` / `has_quantity`.
    """

    day: date
    currency: str
    dimensions: Mapping[Dimension, str | None]
    billed: Decimal
    effective: Decimal
    contracted: Decimal
    direct: Decimal
    list_cost: Decimal
    quantity: Decimal
    has_list: bool
    has_quantity: bool


class Outcome(StrEnum):
    """What an edge does with a charge."""

    PRICED = "priced"
    REMOVED = "removed"
    HELD = "held"
    ABSENT = "absent"  # removed or held on an edge above


@dataclass(frozen=True, slots=True)
class EdgePrice:
    """The price of one charge group on one edge: price = base amount × 10^scale × m × F(j..k).

    base: a `Metric`, or `Base.LIST` or `Base.QUANTITY`; None unless priced. m: 12 decimals. j: the first edge
    whose FX factor enters. fx: F(j..k), exact, 1 when no exchange enters. price: exact, in the edge's currency;
    None unless priced. rule_id: the rule that matched, None when absent. scale: 0, or 3 or 6 with a unit price
    of 1,000 or more (`factors.Multiple`).
    """

    edge: int
    outcome: Outcome
    rule_id: str | None = None
    base: Metric | Base | None = None
    m: Decimal | None = None
    j: int | None = None
    fx: Decimal | None = None
    price: Decimal | None = None
    scale: int = 0
