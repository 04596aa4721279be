"""Inputs and results of the reporting context."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from underlet.foundation.metrics import Bought, Margin, MaybeSellerCost, Price, Sales
from underlet.foundation.types import Input, MonthText
from underlet.kernel.price_type import CostMetric
from underlet.rating.types import ProviderCostRow


class SummaryInput(Input):
    """The month to sum up."""

    period: MonthText


class ShowCosts(SummaryInput):
    """The month, what to sum up by, and the order."""

    by: Literal["service", "sub_account"] = "service"
    sort: str = Field(
        default="name",
        max_length=20,
        description='"name", or a metric of the answer; a “-” in front turns it round',
    )


class HomeInput(Input):
    """How many months to look back."""

    months: int = Field(default=12, ge=1, le=24)


@dataclass(frozen=True, slots=True)
class ContractSummary:
    """One contract in which the subject unit sells, in one month.

    posted: net of its invoice, draft or issued (`state`), in the contract's `currency`. cost: what the seller pays
    for the same charges, HALF_UP of the exact price on the edge above; margin: posted, converted, − cost. Both are
    in the seller's reporting currency `margin_currency`, and None where a rate to it is missing, or the contract is
    another legal entity's by now: then contract_id is None too.
    """

    contract_id: UUID | None
    seller: str
    buyer: str
    currency: str
    posted: Price
    state: str
    cost: MaybeSellerCost
    margin: Margin
    margin_currency: str


@dataclass(frozen=True, slots=True)
class SummaryView:
    """One month of a billing party: bought + margin = sold, to the cent (I11), in its reporting `currency`.

    The root reports in its hierarchy's currency, any other party in the currency it buys in. kept: the part of
    bought that no contract resells: unassigned, own use, fees bought, rounding; Σ cost + kept = bought.
    sold, margin and kept are None where a rate is missing, and not there for a customer's people (R26, R27). bought is
    not there, nor what follows from it, for whose role hides cost or margin: beside sold it would tell them (A11).
    provider_costs, run_id, run_state: for the root's people only. is_provisional: something is still a draft, or the
    seller above has not issued yet.
    """

    period: str
    currency: str
    run_id: UUID | None
    run_state: str
    is_provisional: bool
    contracts: tuple[ContractSummary, ...]
    sold: Sales
    bought: Bought
    kept: Margin
    margin: Margin
    provider_costs: tuple[ProviderCostRow, ...]


@dataclass(frozen=True, slots=True)
class CostRow:
    """What usage of one service or sub-account cost, or, without a name, all of it.

    label: the sub-account's name, else "". amounts: by metric; the price, posted, in the contract's `currency`, the
    others, exact, in the provider's. A metric that no charge of the row may be shown in is not there.
    """

    name: str
    label: str
    currency: str
    provider_currency: str
    amounts: dict[CostMetric, Decimal]


@dataclass(frozen=True, slots=True)
class CostView:
    """What a unit bought in a month. price_type: of a customer, else "". metrics: those that the reader may see."""

    period: str
    by: str
    price_type: str
    metrics: tuple[CostMetric, ...]
    rows: tuple[CostRow, ...]
    totals: tuple[CostRow, ...]


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """One month of the home page's chart, in the party's reporting currency."""

    period: str
    sold: Sales
    bought: Bought
    margin: Margin
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class TopBuyer:
    """A buyer of the newest billed month and its posted net. contract_id: None as in ContractSummary."""

    name: str
    contract_id: UUID | None
    currency: str
    posted: Price
    share: Decimal


@dataclass(frozen=True, slots=True)
class ToDo:
    """Something that waits for the reader. count: how many.

    kind: import_failed, unassigned, run_held, drafts, no_import, no_contract, no_unit.
    """

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for the reader in a unit."""

    to_do: tuple[ToDo, ...]


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the newest usage of a provider account is (P26)."""

    provider: str
    billing_account: str
    imported_at: datetime
    period: str


@dataclass(frozen=True, slots=True)
class HomeView:
    """The home page of a unit: newest month's figures, twelve months, top buyers, what waits, how fresh it is."""

    currency: str
    period: str
    figures: MonthFigures | None
    months: tuple[MonthFigures, ...]
    top_buyers: tuple[TopBuyer, ...]
    to_do: tuple[ToDo, ...]
    freshness: tuple[Freshness, ...]
