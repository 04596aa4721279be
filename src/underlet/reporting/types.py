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

    posted: net of its invoice (drafts included). cost: what the seller paid for the same charges, split from the
    posted lines of the edge above by largest remainder. margin = posted − cost. All in `currency`, the contract's,
    except cost and margin, which are in the seller's reporting currency `margin_currency`.
    """

    contract_id: UUID
    seller: str
    buyer: str
    currency: str
    posted: Decimal
    state: str
    cost: Decimal
    margin: Decimal
    margin_currency: str


@dataclass(frozen=True, slots=True)
class SummaryView:
    """One month of a billing party: bought + margin = sold, to the cent (I11), in `currency`.

    kept: cost of charges that no contract of the party resells (unassigned, own use, removed on its edges).
    provider_costs: at the root only. run_id: the current billing run, None before the first.
    """

    period: str
    currency: str
    run_id: UUID | None
    run_state: str
    is_provisional: bool
    contracts: tuple[ContractSummary, ...]
    sold: Decimal
    bought: Decimal
    kept: Decimal
    margin: Decimal
    provider_costs: tuple[ProviderCostRow, ...]


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """One month of the home page's chart, in the party's reporting currency."""

    period: str
    sold: Decimal
    bought: Decimal
    margin: Decimal
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class TopBuyer:
    """A buyer of the newest billed month and its posted net."""

    name: str
    contract_id: UUID
    currency: str
    posted: Decimal
    share: Decimal


@dataclass(frozen=True, slots=True)
class ToDo:
    """Something that waits for the reader. kind: import_failed, unassigned, run_held, drafts, no_import, no_contract,
    no_unit. count: how many."""

    kind: str
    count: int


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
