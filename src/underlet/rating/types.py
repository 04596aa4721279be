"""Inputs and results of the rating context."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from underlet.foundation.metrics import Absent, ByRule, Figure, MaybeSellerCost, Price, SellerCost
from underlet.foundation.types import (
    SORTED_BY,
    CurrencyCode,
    ExactDecimal,
    Input,
    MonthText,
    OptionalMonth,
    PageInput,
)


class SetExchangeRate(Input):
    """A fixed rate of the root's books for one month: reporting currency for one unit of `currency`."""

    period: MonthText
    currency: CurrencyCode
    rate: ExactDecimal = Field(gt=0, lt=100_000_000, max_digits=18, decimal_places=10)


class ListExchangeRates(PageInput):
    """Rates of the subject hierarchy."""

    period: OptionalMonth = ""
    q: str = Field(default="", max_length=3, description="Part of the currency's code")
    sort: Literal["month", "-month", "currency", "-currency", "rate", "-rate"] = Field(
        default="-month", description=SORTED_BY
    )


class ListRuns(PageInput):
    """Billing runs of the subject hierarchy."""

    period: OptionalMonth = ""
    state: Literal["", "queued", "running", "done", "held", "unchanged", "failed"] = ""
    sort: Literal["created", "-created", "month", "-month"] = Field(default="-created", description=SORTED_BY)


@dataclass(frozen=True, slots=True)
class ExchangeRateRow:
    """A rate of the root's books: `reporting_currency` for one unit of `currency`."""

    period: str
    currency: str
    reporting_currency: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Check:
    """One of the run's own checks (I1–I4, I10, I11, I22); a failed one holds the run."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at before issuing. blocks: no invoice it concerns can be issued.

    code: contract_gap, missing_base, rule_unused, outside_period, exchange_rate_missing. about: the unit, contract
    or rule in words. amount: provider cost concerned, in `currency`; None where it has no amount.
    """

    code: str
    about: str
    detail: str
    hint: str
    blocks: bool
    amount: MaybeSellerCost = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class ProviderCostRow:
    """Edge 0: what one provider account cost the root (metric of the hierarchy), before tax passes down.

    exact, unassigned: in the provider's `currency`; unassigned: the part on days without an owner (P24).
    posted: HALF_UP(exact × rate) in the reporting currency (billing.md §6.9).
    """

    provider: str
    billing_account: str
    currency: str
    exact: SellerCost
    unassigned: SellerCost
    rate: Decimal
    reporting_currency: str
    posted: SellerCost


@dataclass(frozen=True, slots=True)
class RunRow:
    """One billing run in a list. period: "2026-04"."""

    id: UUID
    period: str
    state: str
    is_current: bool
    created_at: datetime
    finished_at: datetime | None
    job_id: UUID | None


@dataclass(frozen=True, slots=True)
class RunView:
    """A billing run in full: what it rests on, what its checks say, what it found.

    same_as: the run whose answer stands, for one that found nothing changed; the figures are that run's.
    """

    id: UUID
    period: str
    state: str
    is_current: bool
    created_at: datetime
    finished_at: datetime | None
    job_id: UUID | None
    same_as: UUID | None
    inputs_hash: str
    result_hash: str
    engine_version: str
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    provider_costs: tuple[ProviderCostRow, ...]


@dataclass(frozen=True, slots=True)
class LineKey:
    """What makes charges one line of an edge (billing.md §6.4), within its run and contract version.

    rule_id: the price rule's position in its version. Strings or null only, so that JSON can hold it.
    """

    provider: str
    billing_account: str
    sub_account: str | None
    service: str
    charge_category: str
    charge_class: str | None
    charge_kind: str
    rule_id: str
    provider_currency: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One priced line of an edge, for the documents of its two parties.

    exact, posted: in `currency`; posted = HALF_UP(exact). quantity: of the line's charges in `unit_of_measure`,
    None unless all of them share one unit. unit_price: only of a unit price rule, and only where quantity ×
    unit_price is exact; the price per unit in `currency`. n: number of charges.
    """

    id: int
    key: LineKey
    sub_account_name: str
    currency: str
    unit_of_measure: str | None
    quantity: Decimal | None
    unit_price: Decimal | None
    exact: Decimal
    posted: Decimal
    n: int


@dataclass(frozen=True, slots=True)
class LinePrice:
    """What one priced line of an edge asks for, posted. provider_currency: of its charges."""

    service: str
    sub_account: str
    sub_account_name: str
    provider_currency: str
    posted: Decimal


@dataclass(frozen=True, slots=True)
class Source:
    """A billing file that a price rests on."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PricedGroup:
    """One usage group of an explained line, on one day (and `days` following ones, 1 = that day).

    base_amount: the group's base in the base's own currency or unit, absent where the reader may not know it.
    price: exact, in the line's currency: base_amount × m × fx.
    """

    day: date
    days: int
    sku: str | None
    region: str | None
    n: int
    quantity: Decimal | None
    unit_of_measure: str | None
    base_amount: ByRule
    price: Price


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a priced line is what it is (B2), in the reader's view only.

    rule: the price rule as a sentence; to a buyer a rule over the seller's cost reads "contract price".
    base: seller_cost, list, quantity or a metric of the provider; m: product of factors, fx: product of exchange
    factors. They are absent where the reader may not know them, and None where the groups differ.
    groups: the largest first, at most 100; group_count: all of them.
    exact − posted is the rounding of the line.
    """

    rule: str
    base: Annotated[str | Absent | None, Figure(None)]
    m: ByRule
    fx: ByRule
    exact: Price
    posted: Price
    currency: str
    group_count: int
    groups: tuple[PricedGroup, ...]
    sources: tuple[Source, ...]
