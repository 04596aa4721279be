"""Inputs and results of the contracts context."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from underlet.branding.types import BrandField
from underlet.foundation.metrics import MaybePrice, Price
from underlet.foundation.types import SORTED_BY, CurrencyCode, ExactDecimal, Input, PageInput
from underlet.kernel.period import DayRange
from underlet.kernel.pricing.types import Dimension, Metric, OnMissingBase, Operator, Terms
from underlet.kernel.tax import VatCategory
from underlet.organization.types import OfGroup

Verb = Literal["adjust", "margin", "unit", "pass_through", "remove"]


class ConditionInput(Input):
    """One test of one usage dimension."""

    dimension: Dimension
    operator: Operator = Operator.IN
    values: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = Field(min_length=1, max_length=100)


class RuleInput(Input):
    """One price rule. `percent` with adjust and margin, `price` with unit, neither with the others."""

    verb: Verb
    base: Literal["seller_cost", "list"] = "seller_cost"
    percent: ExactDecimal | None = Field(default=None, gt=-100, le=1000)
    price: ExactDecimal | None = Field(default=None, ge=0, lt=1_000_000_000)
    on_missing_base: OnMissingBase = OnMissingBase.HOLD
    conditions: tuple[ConditionInput, ...] = Field(default=(), max_length=20)
    starts_on: date | None = None
    ends_on: date | None = None
    label: str = Field(default="", max_length=120)


class FeeInput(Input):
    """A monthly fee, in the contract's currency, prorated by day over its own days."""

    label: str = Field(min_length=1, max_length=120)
    price: ExactDecimal = Field(ge=0, lt=1_000_000_000)
    quantity: ExactDecimal = Field(default=Decimal(1), gt=0, lt=1_000_000)
    starts_on: date | None = Field(default=None, description="Default: the version's first day")
    ends_on: date | None = None


class TermsInput(Input):
    """What a contract version says about money. The last rule is the default."""

    currency: CurrencyCode
    rules: tuple[RuleInput, ...] = Field(min_length=1, max_length=500)
    metric: Metric = Field(
        default=Metric.EFFECTIVE,
        description="Provider cost metric: what the root's rules price over; below the root, where raw cost is"
        " disclosed, what passing through passes on (effective: the seller's cost)",
    )
    rates: dict[CurrencyCode, ExactDecimal] = Field(
        default_factory=dict,
        max_length=50,
        description="Fixed exchange rates: contract currency for one unit of the key",
    )
    disclose_raw_cost: bool = Field(
        default=False, description="Let the buyer see the provider's figures, as far as the seller may see them"
    )
    fees: tuple[FeeInput, ...] = Field(default=(), max_length=100)
    vat_category: VatCategory = VatCategory.STANDARD
    vat_rate: ExactDecimal = Field(default=Decimal(0), ge=0, lt=100)
    payment_days: int = Field(default=30, ge=0, le=365)


class CreateContract(TermsInput):
    """A contract by which the subject unit sells to a unit below it."""

    buyer: UUID
    starts_on: date
    ends_on: date | None = None
    draft: bool = Field(default=False, description="Keep it as a draft that bills nothing until accepted")


class ReviseContract(TermsInput):
    """New terms from a day on; the version before ends there. On a draft's first day they replace its terms."""

    starts_on: date


class EndContract(Input):
    """When a contract ends."""

    ends_on: date = Field(description="First UTC day that no longer counts")


class ListContracts(PageInput):
    """Contracts in which the subject unit, or a unit below it, buys or sells."""

    side: Literal["", "sold", "bought"] = ""
    state: Literal["", "draft", "scheduled", "active", "ended"] = Field(default="", description="As of today")
    group: OfGroup = None
    q: str = Field(default="", max_length=200, description="Part of a party's name")
    sort: Literal[
        "created", "-created", "buyer", "-buyer", "seller", "-seller", "starts", "-starts", "ends", "-ends"
    ] = Field(default="-created", description=SORTED_BY)


class MoveUnit(Input):
    """The new parent of the subject unit."""

    parent: UUID


@dataclass(frozen=True, slots=True)
class ContractRow:
    """One contract in a list. side: what the subject unit does in it. state: draft, scheduled, active or ended.

    buyer_id: the buyer's unit; None when it moved out of the reader's sight.
    """

    id: UUID
    seller: str
    buyer: str
    buyer_id: UUID | None
    side: str
    state: str
    currency: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class RuleView:
    """A price rule in order. text: the rule as a sentence.

    verb: to the buyer, "contract_price" for a rule over the seller's cost, without base and percent.
    on_missing_base: for the seller only.
    """

    position: int
    label: str
    verb: str
    base: str | None
    percent: Decimal | None
    price: MaybePrice
    on_missing_base: str | None
    conditions: tuple[ConditionInput, ...]
    starts_on: date | None
    ends_on: date | None
    text: str


@dataclass(frozen=True, slots=True)
class FeeView:
    """A recurring fee of a version."""

    label: str
    price: Price
    quantity: Decimal
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class VersionView:
    """The terms of a contract over `[starts_on, ends_on)`.

    metric: for the seller, and for the buyer if raw cost is disclosed. rates: for the seller only.
    """

    id: UUID
    number: int
    starts_on: date
    ends_on: date | None
    currency: str
    metric: str | None
    rates: dict[str, str]
    disclose_raw_cost: bool
    vat_category: str
    vat_rate: Decimal
    payment_days: int
    used_at: datetime | None
    rules: tuple[RuleView, ...]
    fees: tuple[FeeView, ...]


@dataclass(frozen=True, slots=True)
class ContractView:
    """A contract and its versions, newest first. buyer_id: None when that unit moved out of the reader's sight."""

    id: UUID
    seller: str
    buyer: str
    buyer_id: UUID | None
    state: str
    starts_on: date
    ends_on: date | None
    may_edit: bool
    versions: tuple[VersionView, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move did, as far as the mover may see it (billing.md §8). former_parent_id: where moving back leads.

    contracts_ended: those whose seller no longer fits, at the next period start; drafts_made: successors with the same
    terms, waiting for the new seller; contracts_restored: those that an earlier move would have ended.
    """

    id: UUID
    parent_id: UUID
    former_parent_id: UUID
    contracts_ended: int
    drafts_made: int
    contracts_restored: int


@dataclass(frozen=True, slots=True)
class MovedContract:
    """What a move does to one contract, as far as the mover may see it.

    event: "ended" = its seller no longer fits, and from `starts_on` a draft with the same terms takes its place;
    "restored" = an earlier move would have ended it. id, seller, buyer: of the contract; None and empty if only the
    draft is the mover's to see. starts_on, ends_on: days of the draft, or of the contract restored. new_seller: who
    sells by the draft, empty if hidden. makes_draft: whether the mover will see the draft.
    """

    event: str
    id: UUID | None
    seller: str
    buyer: str
    starts_on: date
    ends_on: date | None
    new_seller: str
    makes_draft: bool


@dataclass(frozen=True, slots=True)
class MovedPerson:
    """A person whose rights in the moved unit change. change: gains or loses access, or changes = other rights."""

    id: UUID
    name: str
    change: str


@dataclass(frozen=True, slots=True)
class LeftGroup:
    """A group that moving units leave, because they no longer stand below its unit. units: how many of them."""

    id: UUID
    name: str
    units: int


@dataclass(frozen=True, slots=True)
class MovePreview:
    """What a move would do, as far as the mover may see it.

    organizations, customers: that move, the unit included. depth: level of the deepest of them afterwards, counted
    from the topmost unit that the reader sees. brand: the parts of it that change. legal_entity:
    name of the one that the unit inherits from then on; empty = it keeps its own. on: the day to come, None = now.
    groups: those that the unit, or units below it, leave.
    """

    id: UUID
    parent_id: UUID
    parent: str
    organizations: int
    customers: int
    depth: int
    people: tuple[MovedPerson, ...]
    brand: tuple[BrandField, ...]
    legal_entity: str
    contracts: tuple[MovedContract, ...]
    on: date | None = None
    groups: tuple[LeftGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class Discarded:
    """A draft that is gone."""

    id: UUID
    discarded: bool = True


@dataclass(frozen=True, slots=True)
class Fee:
    """A recurring fee as a billing run bills it."""

    label: str
    price: Decimal
    quantity: Decimal
    days: DayRange


@dataclass(frozen=True, slots=True)
class EdgeTerms:
    """One contract version on its edge, for billing runs. `terms.id` is the version's public id."""

    terms: Terms
    version_id: int
    contract_id: int
    seller_id: int
    buyer_id: int
    days: DayRange
    vat_category: VatCategory
    vat_rate: Decimal
    payment_days: int
    fees: tuple[Fee, ...]


@dataclass(frozen=True, slots=True)
class PathEpoch:
    """The edges from the root down to a unit over days in which none of them changes.

    gap: the unit is a customer without a contract, or a seller on the way is nobody's buyer (`contract_gap`).
    """

    days: DayRange
    edges: tuple[EdgeTerms, ...]
    gap: str = ""
