"""Inputs and results of the reporting context."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import Field

from underlet.foundation.types import Input, MonthText
from underlet.rating.types import ProviderCostRow


class SummaryInput(Input):
    """The month to sum up."""

    period: MonthText


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
    posted: Decimal
    state: str
    cost: Decimal | None
    margin: Decimal | None
    margin_currency: str


@dataclass(frozen=True, slots=True)
class SummaryView:
    """One month of a billing party: bought + margin = sold, to the cent (I11), in its reporting `currency`.

    The root reports in its hierarchy's currency, any other party in the currency it buys in. kept: the part of
    bought that no contract resells: unassigned, own use, fees bought, rounding; Σ cost + kept = bought.
    sold, margin and kept are None where a rate is missing. provider_costs, run_id, run_state: for the
    root's people only. is_provisional: something is still a draft, or the seller above has not issued yet.
    """

    period: str
    currency: str
    run_id: UUID | None
    run_state: str
    is_provisional: bool
    contracts: tuple[ContractSummary, ...]
    sold: Decimal | None
    bought: Decimal
    kept: Decimal | None
    margin: Decimal | None
    provider_costs: tuple[ProviderCostRow, ...]


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """One month of the home page's chart, in the party's reporting currency."""

    period: str
    sold: Decimal | None
    bought: Decimal
    margin: Decimal | None
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class TopBuyer:
    """A buyer of the newest billed month and its posted net. contract_id: None as in ContractSummary."""

    name: str
    contract_id: UUID | None
    currency: str
    posted: Decimal
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
