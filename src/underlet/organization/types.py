"""Inputs and results of the organization context."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, Field

from underlet.foundation.types import MAX_PAGE_SIZE, SORTED_BY, Input, PageInput
from underlet.kernel.hierarchy import UnitKind, UnitState
from underlet.kernel.period import end_of_day
from underlet.kernel.price_type import PriceType

Language = Literal["en", "de", "sv"]
UnitStates = Annotated[
    Literal["current", "draft", "active", "archived", "all"], BeforeValidator(lambda given: given or "current")
]
OfGroup = Annotated[
    UUID | None,
    BeforeValidator(lambda given: None if given == "" else given),
    Field(description="Only of members of this group and units below them (R54)"),
]
CURRENT_ONLY = "current: all but archived ones"
CHOSEN_ONCE = "Of a customer: the active customer that it refers to, chosen once and for good (R77, R82)"


class CreateUnit(Input):
    """A new unit below the subject. A customer gets a legal entity of its own unless told otherwise."""

    kind: UnitKind = Field(description="organization or customer")
    name: str = Field(min_length=1, max_length=253, description="Unique; customers in host form (R20).")
    display_name: str = Field(default="", max_length=200)
    organization_number: str = Field(default="", max_length=40)
    time_zone: str = Field(default="", max_length=64, description="IANA name, empty = inherited")
    code: str = Field(default="", max_length=40)
    draft: bool = Field(default=False, description="In preparation: it can be edited, but is chosen nowhere.")
    price_type: PriceType | None = Field(
        default=None, description="What a customer is shown (R24, R26). Default: seller_set_only."
    )
    own_legal_entity: bool | None = Field(default=None, description="Default: customers yes, organizations no.")
    customer_organization: UUID | None = Field(default=None, description=CHOSEN_ONCE)


class UpdateUnit(Input):
    """New texts of a unit; fields left out stay as they are."""

    name: str | None = Field(default=None, min_length=1, max_length=253)
    display_name: str | None = Field(default=None, max_length=200)
    organization_number: str | None = Field(default=None, max_length=40)
    time_zone: str | None = Field(default=None, max_length=64)
    code: str | None = Field(default=None, max_length=40)
    price_type: PriceType | None = Field(
        default=None, description="Of a customer; frozen with its environment (R22)"
    )
    customer_organization: UUID | None = Field(default=None, description=CHOSEN_ONCE)
    version: int | None = Field(default=None, description="The version you saw; refused if it changed since.")


class RestoreUnit(Input):
    """A unit comes back under its name, or under another one."""

    name: str | None = Field(default=None, min_length=1, max_length=253, description="Left out: as it was called")


class CheckName(Input):
    """A name for a new unit below the subject."""

    kind: UnitKind = Field(description="organization or customer")
    name: str = Field(min_length=1, max_length=253)


class UpdateLegalEntity(Input):
    """Legal data of a unit, as documents print it; fields left out stay as they are.

    A unit that inherits its legal entity gets its own with the first update.
    """

    name: str | None = Field(default=None, min_length=1, max_length=200)
    street: str | None = Field(default=None, max_length=200)
    postal_code: str | None = Field(default=None, max_length=20)
    city: str | None = Field(default=None, max_length=100)
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] | None = None
    organization_number: str | None = Field(default=None, max_length=40)
    vat_id: str | None = Field(default=None, max_length=40)
    email: str | None = Field(default=None, max_length=200)
    phone: str | None = Field(default=None, max_length=60)
    bank_name: str | None = Field(default=None, max_length=100)
    iban: str | None = Field(default=None, max_length=34)
    bic: str | None = Field(default=None, max_length=11)
    language: Language | None = Field(default=None, description="Language of documents to this party")
    address_line_2: str | None = Field(default=None, max_length=200)
    region: str | None = Field(default=None, max_length=100, description="Subdivision of the country")
    tax_number: str | None = Field(
        default=None, max_length=40, description="Tax number beside the VAT number (EN 16931 BT-32)"
    )
    electronic_address: str | None = Field(
        default=None, max_length=200, description="Where electronic invoices go (EN 16931 BT-34, BT-49)"
    )
    electronic_address_scheme: Annotated[str, Field(pattern=r"^([0-9]{4}|[A-Z]{2})?$")] | None = Field(
        default=None, description="Its scheme, a code of the EAS list: 0088 for a GLN, EM for e-mail"
    )


class FindUnits(PageInput):
    """Units to choose from, by name."""

    q: str = Field(
        default="",
        max_length=200,
        description="Part of name, display name, code or organization number, ignoring case; or an id",
    )


class ListChildren(FindUnits):
    """Units right below the subject."""

    kind: Literal["", "organization", "customer"] = Field(default="", description="Only this kind")
    state: UnitStates = Field(default="current", description=CURRENT_ONLY)
    is_customer_organization: Annotated[
        bool | None, BeforeValidator(lambda given: None if given == "" else given)
    ] = Field(default=None, description="Only customer organizations, or only other units")


class ListUnits(ListChildren):
    """Units below the subject, by name."""

    customer_organization: UUID | None = Field(default=None, description="Only customers that refer to this one")
    group: OfGroup = None
    sort: Literal["name", "-name"] = Field(default="name", description=SORTED_BY)


class ListCustomersOf(FindUnits):
    """Customers that refer to the subject, by name."""

    state: UnitStates = Field(default="current", description=CURRENT_ONLY)
    sort: Literal["name", "-name"] = Field(default="name", description=SORTED_BY)


def _moment(given: object) -> object:
    """A UTC day means its last moment."""
    if isinstance(given, str) and len(given) == len("2026-03-01"):
        try:
            return end_of_day(date.fromisoformat(given))
        except (ValueError, OverflowError):
            return given
    return given


class ListPast(PageInput):
    """The units that stood below the subject."""

    as_of: Annotated[AwareDatetime, BeforeValidator(_moment)] = Field(
        description="A moment, or a UTC day, whose end is meant", examples=["2026-03-01"]
    )
    kind: Literal["", "organization", "customer"] = Field(default="", description="Only this kind")
    state: Literal["current", "all"] = Field(default="current", description="current: all but archived ones")
    below: UUID | None = Field(default=None, description="Below this unit instead, which may be gone since")
    direct: bool = Field(
        default=False, description="Only the children, not the unit itself and what is below them"
    )


class ListAround(Input):
    """The units around the subject."""

    named: Annotated[
        tuple[UUID, ...], BeforeValidator(lambda given: given.split(",") if isinstance(given, str) else given)
    ] = Field(default=(), max_length=10, description="Ids of other units to name, with commas between")
    limit: int = Field(default=50, ge=1, le=MAX_PAGE_SIZE, description="Units of each level.")


@dataclass(frozen=True, slots=True)
class UnitLink:
    """A unit in a breadcrumb or a picker."""

    id: UUID
    kind: UnitKind
    name: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit in a list.

    depth: levels that the reader sees, this one included; what lies above the topmost visible unit is not counted.
    parent_id: None at the topmost unit that the reader sees. children: archived ones are not counted.
    customer_organization: the one that a customer refers to, if it has one that the reader sees.
    """

    id: UUID
    kind: UnitKind
    name: str
    display_name: str
    depth: int
    parent_id: UUID | None
    organization_number: str
    code: str
    children: int
    state: UnitState
    is_customer_organization: bool
    customer_organization: UnitLink | None


@dataclass(frozen=True, slots=True)
class PastUnit:
    """A unit as it was at a moment.

    depth, parent_id: of the structure at that moment, as far as the reader sees it now. children: those not archived
    then. is_removed: it does not exist any more.
    """

    id: UUID
    kind: UnitKind
    name: str
    display_name: str
    depth: int
    parent_id: UUID | None
    organization_number: str
    code: str
    children: int
    state: UnitState
    is_customer_organization: bool
    is_removed: bool


@dataclass(frozen=True, slots=True)
class LegalEntityView:
    """A legal entity as documents print it."""

    id: UUID
    name: str
    street: str
    postal_code: str
    city: str
    country: str
    organization_number: str
    vat_id: str
    email: str
    phone: str
    bank_name: str
    iban: str
    bic: str
    language: str
    address_line_2: str
    region: str
    tax_number: str
    electronic_address: str
    electronic_address_scheme: str


@dataclass(frozen=True, slots=True)
class UnitView:
    """One unit in full.

    depth: levels that the reader sees. is_root: the provider bills this unit. path: from the topmost visible unit
    to itself. permissions: the reader's, by name; permissions_below: those of them that count for everything below
    as well. customer_organization: the one that a customer refers to, if it has one that the reader sees.
    """

    id: UUID
    kind: UnitKind
    name: str
    display_name: str
    depth: int
    is_root: bool
    organization_number: str
    time_zone: str
    code: str
    price_type: str
    state: UnitState
    is_customer_organization: bool
    customer_organization: UnitLink | None
    version: int
    is_entity_own: bool
    legal_entity: LegalEntityView
    path: tuple[UnitLink, ...]
    permissions: tuple[str, ...]
    permissions_below: tuple[str, ...]
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class FreeName:
    """A name that a unit may take, in the form in which it would be stored."""

    name: str


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands against archiving or removing a unit. count: as far as the reader sees it, else 0.

    kind: a stable word: root, draft, archived, children, customers, contracts, assignments, environment,
    invoices, charges, or hidden, for what the reader may not see. detail: the same as a sentence.
    """

    kind: str
    count: int
    detail: str


@dataclass(frozen=True, slots=True)
class HierarchyView:
    """A hierarchy and its root, as its operator sees it."""

    id: UUID
    name: str
    currency: str
    metric: str
    root_id: UUID


@dataclass(frozen=True, slots=True)
class Removed:
    """The answer to a removal."""

    id: UUID
    removed: bool = True


@dataclass(frozen=True, slots=True)
class NearUnit:
    """A unit beside the way to another. parent_id: None where the parent is hidden.

    children: how many are visible, counted no further than 1,000.
    """

    id: UUID
    kind: UnitKind
    name: str
    parent_id: UUID | None
    children: int


@dataclass(frozen=True, slots=True)
class Around:
    """The units around one. below: children of every unit on the way to it, level by level. named: those asked for
    that are visible, in the order asked."""

    below: tuple[NearUnit, ...]
    named: tuple[UnitLink, ...]


class UpdateUnits(Input):
    """The same new values for several units below the subject; fields left out stay as they are."""

    units: Annotated[
        tuple[UUID, ...], BeforeValidator(lambda given: given.split(",") if isinstance(given, str) else given)
    ] = Field(min_length=1, max_length=MAX_PAGE_SIZE, description="Ids of the units, with commas between")
    time_zone: str | None = Field(default=None, max_length=64, description="IANA name, empty = inherited")
    code: str | None = Field(default=None, max_length=40)
    organization_number: str | None = Field(default=None, max_length=40)
    price_type: PriceType | None = Field(
        default=None, description="Of customers; frozen with their environments (R22)"
    )


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """A field that gets another value."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangedUnit:
    """What a change of several units does to one. changes: none where it is so already. refusal: why it cannot be."""

    id: UUID
    kind: UnitKind
    name: str
    changes: tuple[ChangedValue, ...]
    refusal: str | None


@dataclass(frozen=True, slots=True)
class UnitsPreview:
    """What a change of several units would do. is_possible: none of them is refused."""

    units: tuple[ChangedUnit, ...]
    is_possible: bool


@dataclass(frozen=True, slots=True)
class UnitsChanged:
    """Which units a change of several changed, with what they had, and how many were so already."""

    changed: tuple[ChangedUnit, ...]
    unchanged: int
