"""The columns of a usage line: FOCUS 1.0 to 1.3, with the type each is stored in.

One row form serves every source (intake.md §1). Names are FOCUS names, in alphabetical order; amounts are
DECIMAL(22,12), quantities DECIMAL(22,10), times are UTC without a zone. The widths live here and in
`rating-engine.md` §3; a value that does not fit is refused, never cut.
"""

from dataclasses import dataclass
from enum import StrEnum

AMOUNT = "DECIMAL(22,12)"
QUANTITY = "DECIMAL(22,10)"
AMOUNT_DECIMALS = 12


class Kind(StrEnum):
    """How a column's text is read."""

    TEXT = "text"
    JSON = "json"
    TAGS = "tags"
    TIME = "time"
    COST = "cost"
    PRICE = "price"
    QUANTITY = "quantity"

    @property
    def sql_type(self) -> str:
        """The DuckDB type a line stores."""
        return _SQL_TYPES[self]


_SQL_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.JSON: "VARCHAR",
    Kind.TAGS: "MAP(VARCHAR, VARCHAR)",
    Kind.TIME: "TIMESTAMP",
    Kind.COST: AMOUNT,
    Kind.PRICE: AMOUNT,
    Kind.QUANTITY: QUANTITY,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One FOCUS column. since: the version that introduced it; filled: FOCUS forbids null (a counted warning)."""

    name: str
    kind: Kind = Kind.TEXT
    since: str = "1.0"
    filled: bool = False


def _columns() -> tuple[Column, ...]:
    kinds = {
        Kind.COST: "BilledCost ContractedCost EffectiveCost ListCost",
        Kind.PRICE: (
            "ContractedUnitPrice ListUnitPrice PricingCurrencyContractedUnitPrice PricingCurrencyEffectiveCost "
            "PricingCurrencyListUnitPrice"
        ),
        Kind.QUANTITY: "CommitmentDiscountQuantity ConsumedQuantity PricingQuantity",
        Kind.TIME: "BillingPeriodEnd BillingPeriodStart ChargePeriodEnd ChargePeriodStart",
        Kind.JSON: "AllocatedMethodDetails AllocatedTags ContractApplied SkuPriceDetails",
        Kind.TAGS: "Tags",
    }
    versions = {
        "1.0": (
            "AvailabilityZone BilledCost BillingAccountId BillingAccountName BillingCurrency BillingPeriodEnd "
            "BillingPeriodStart ChargeCategory ChargeClass ChargeDescription ChargeFrequency ChargePeriodEnd "
            "ChargePeriodStart CommitmentDiscountCategory CommitmentDiscountId CommitmentDiscountName "
            "CommitmentDiscountStatus CommitmentDiscountType ConsumedQuantity ConsumedUnit ContractedCost "
            "ContractedUnitPrice EffectiveCost InvoiceIssuerName ListCost ListUnitPrice PricingCategory "
            "PricingQuantity PricingUnit ProviderName PublisherName RegionId RegionName ResourceId ResourceName "
            "ResourceType ServiceCategory ServiceName SkuId SkuPriceId SubAccountId SubAccountName Tags"
        ),
        "1.1": (
            "CapacityReservationId CapacityReservationStatus CommitmentDiscountQuantity CommitmentDiscountUnit "
            "ServiceSubcategory SkuMeter SkuPriceDetails"
        ),
        "1.2": (
            "BillingAccountType InvoiceId PricingCurrency PricingCurrencyContractedUnitPrice "
            "PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice SubAccountType"
        ),
        "1.3": (
            "AllocatedMethodDetails AllocatedMethodId AllocatedResourceId AllocatedResourceName AllocatedTags "
            "ContractApplied HostProviderName ServiceProviderName"
        ),
    }
    filled = frozenset(
        (
            "ChargeCategory ChargeFrequency ContractedCost InvoiceIssuerName ListCost PublisherName "
            "ServiceCategory ServiceName ServiceSubcategory"
        ).split()
    )
    kind_of = {name: kind for kind, names in kinds.items() for name in names.split()}
    since = {name: version for version, names in versions.items() for name in names.split()}
    return tuple(Column(name, kind_of.get(name, Kind.TEXT), since[name], name in filled) for name in sorted(since))


FOCUS_COLUMNS = _columns()
COSTS = ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")

DERIVED_COLUMNS = (
    ("x_line_no", "BIGINT"),
    ("x_day", "DATE"),
    ("x_days", "INTEGER"),
    ("x_quantity", QUANTITY),
    ("x_has_list", "BOOLEAN"),
    ("x_has_quantity", "BOOLEAN"),
    ("x_direct", AMOUNT),
    ("x_charge_kind", "VARCHAR"),
)
"""Computed once, at import, because they are not linear or depend on a time zone (intake.md §2)."""
