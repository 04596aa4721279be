"""Inputs and results of the invoicing context."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from underlet.branding.types import BrandField
from underlet.foundation.metrics import MaybePrice, Price
from underlet.foundation.types import SORTED_BY, Input, MonthText, OptionalMonth, PageInput
from underlet.organization.types import Obstacle, OfGroup
from underlet.rating.types import Explanation


class StartBillingRun(Input):
    """The usage month to bill."""

    period: MonthText


class IssueInvoices(Input):
    """Issue every draft of the run that nothing holds. issued_on: default today in the seller's time zone."""

    issued_on: date | None = Field(default=None, description="Document date; default: today")


class IssueMonth(Input):
    """Issue every draft by which the subject unit sells in a month."""

    period: MonthText
    issued_on: date | None = Field(default=None, description="Document date; default: today")


class IssueInvoice(Input):
    """Issue one draft."""

    issued_on: date | None = Field(default=None, description="Document date; default: today")


MOST_ISSUED = 500
"""Drafts that can be issued at once by name."""


class IssueMany(IssueInvoice):
    """Drafts to issue together."""

    invoices: list[UUID] = Field(min_length=1, max_length=MOST_ISSUED)


class ListInvoices(PageInput):
    """Invoices in which the subject unit, or a unit below it, buys or sells."""

    side: Literal["", "sold", "bought"] = ""
    state: Literal["", "draft", "issued"] = ""
    period: OptionalMonth = ""
    group: OfGroup = None
    q: str = Field(default="", max_length=200, description="Part of a number or a party's name")
    sort: Literal[
        "created", "-created", "number", "-number", "buyer", "-buyer", "seller", "-seller", "month", "-month",
        "net", "-net", "total", "-total", "issued", "-issued", "due", "-due",
    ] = Field(default="-created", description=SORTED_BY)  # fmt: skip


class ExplainLine(Input):
    """Which line of the invoice."""

    line: int = Field(ge=1, description="Position of the line")


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One invoice in a list.

    side: what the subject unit does in it (sold, bought, below; "" without a subject). hold: why a draft cannot be
    issued, "" = it can. has_pdf: the PDF is rendered.
    """

    id: UUID
    number: str | None
    state: str
    hold: str
    side: str
    seller: str
    buyer: str
    period: str
    currency: str
    net: Price
    vat: Price
    gross: Price
    issued_on: date | None
    due_on: date | None
    has_pdf: bool


@dataclass(frozen=True, slots=True)
class InvoiceLineView:
    """One line: posted net in the invoice's currency. quantity and price only where they reproduce the net."""

    position: int
    kind: str
    text: str
    sub_account: str | None
    sub_account_name: str
    service: str
    charge_category: str
    quantity: Decimal | None
    unit_of_measure: str | None
    price: MaybePrice
    net: Price
    vat_category: str
    vat_rate: Decimal


@dataclass(frozen=True, slots=True)
class VatGroupView:
    """One VAT breakdown (BG-23)."""

    category: str
    rate: Decimal
    base: Price
    tax: Price


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice in full. run_id: for the seller only. may_issue: the reader may issue this draft.

    contract_id: None where a party's legal entity has changed since, and the contract is the new one's only.
    """

    id: UUID
    number: str | None
    state: str
    hold: str
    seller: str
    buyer: str
    contract_id: UUID | None
    run_id: UUID | None
    period: str
    currency: str
    net: Price
    vat: Price
    gross: Price
    issued_on: date | None
    due_on: date | None
    has_pdf: bool
    may_issue: bool
    lines: tuple[InvoiceLineView, ...]
    vat_groups: tuple[VatGroupView, ...]


@dataclass(frozen=True, slots=True)
class LineExplanation:
    """An invoice line and why it is what it is (B2). fee: a recurring fee's proration in words, else ""."""

    line: InvoiceLineView
    currency: str
    fee: str
    usage: Explanation | None


@dataclass(frozen=True, slots=True)
class Issued:
    """What issuing did: numbers given, drafts left with the reason that holds them.

    issued, held: those that the actor sees. issued_count, held_count: all, also on edges whose prices are hidden
    from the actor. job_id: the rendering of PDFs.
    """

    issued: tuple[InvoiceRow, ...]
    held: tuple[InvoiceRow, ...]
    job_id: UUID | None
    issued_count: int
    held_count: int


Snapshot = dict[str, Any]
"""The frozen JSON of an issued invoice (documents.md §2): all that a rendering needs, no more."""


@dataclass(frozen=True, slots=True)
class LosingPerson:
    """A person whose role on a unit goes with the unit."""

    id: UUID
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class RemovalPreview:
    """What removing or archiving a unit meets. remove_obstacles, archive_obstacles: what stands against each, empty =
    nothing does.

    people, brand, legal_entity: what would be removed with it: roles that the reader may see, parts of the brand that
    it sets itself, the name of its own legal entity ("" = it has none of its own).
    """

    id: UUID
    remove_obstacles: tuple[Obstacle, ...]
    archive_obstacles: tuple[Obstacle, ...]
    people: tuple[LosingPerson, ...]
    brand: tuple[BrandField, ...]
    legal_entity: str
