"""What an engine takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from underlet.accounts.types import Ownership
from underlet.contracts.types import PathEpoch
from underlet.kernel.period import Month
from underlet.kernel.pricing.types import Metric, Outcome

UNASSIGNED, GAP, ROOT = -2, -1, 0
"""Paths without an edge: nobody owns the sub-account on that day; a contract is missing; the root's own use."""


@dataclass(frozen=True, slots=True)
class RatingInputs:
    """Everything that decides the prices of a month.

    metric: the provider cost metric that is the root's cost. cubes: Parquet files of the month, in any order.
    paths: per owning unit, the chain of contracts tiled over all days that charges may lie on.
    """

    period: Month
    metric: Metric
    cubes: tuple[Path, ...]
    ownership: tuple[Ownership, ...]
    paths: Mapping[int, tuple[PathEpoch, ...]]


@dataclass(frozen=True, slots=True)
class RatedLine:
    """Charges of one line key on one edge (billing.md §6.4); edge 0 is what the provider bills the root.

    rule_id: position of the rule that decided, None on edge 0. exact, posted: in `currency`, 0 unless priced.
    costs: exact price of the same charges on the edge above, by currency, sorted; empty on edge 0 and where an
    exchange rate is missing. quantity: None unless all charges share one unit and have a quantity. n: number of
    charges.
    """

    edge: int
    outcome: Outcome
    version_id: int | None
    provider: str | None
    billing_account: str | None
    sub_account: str | None
    service: str | None
    charge_category: str | None
    charge_class: str | None
    charge_kind: str | None
    rule_id: str | None
    provider_currency: str
    currency: str
    unit_of_measure: str | None
    quantity: Decimal | None
    exact: Decimal
    posted: Decimal
    n: int
    costs: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """Edge 0 of one provider account and currency: the root's metric, and the part that nobody owns."""

    provider: str | None
    billing_account: str | None
    currency: str
    exact: Decimal
    unassigned: Decimal


@dataclass(frozen=True, slots=True)
class Concern:
    """Charges that a person should look at: provider cost by code, owner, and rule where one decided.

    code: contract_gap, outside_period, missing_base or exchange_rate_missing. version_ids: edges that bill too
    little meanwhile. about: the missing exchange ("USD to EUR"), else "".
    """

    code: str
    owner: int | None
    version_ids: tuple[int, ...]
    rule_id: str | None
    about: str
    amount: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class Conservation:
    """A promise that the engine checked on its own tables: both sides as text, equal when it holds."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True)
class RatingResult:
    """What a month came to. unused_rules: (version id, rule id) of rules that no charge matched."""

    lines: tuple[RatedLine, ...]
    totals: tuple[AccountTotal, ...]
    concerns: tuple[Concern, ...]
    unused_rules: tuple[tuple[int, str], ...]
    checks: tuple[Conservation, ...]
