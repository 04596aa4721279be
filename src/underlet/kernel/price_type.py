"""Price types of customers, and what depends on them (R22, R24, R26, R29)."""

from enum import StrEnum


class PriceType(StrEnum):
    """What a customer is shown: the provider's own cost metrics (R24), or only the prices set for it (R26)."""

    RAW_COST_ONLY = "raw_cost_only"
    SELLER_SET_ONLY = "seller_set_only"


class Feature(StrEnum):
    """What a customer's environment may offer."""

    COST_EXPLORER = "cost_explorer"
    BUDGETS = "budgets"
    ANOMALIES = "anomalies"
    SAVINGS_HINTS = "savings_hints"
    INVOICES = "invoices"
    EXPORTS = "exports"
    COST_CENTRES = "cost_centres"
    CONTRACT_VIEW = "contract_view"
    COMMITMENT_UTILIZATION = "commitment_utilization"
    INVOICE_RECONCILIATION = "invoice_reconciliation"
    PRICE_SHEET = "price_sheet"


_OF_ONE_TYPE = {
    Feature.COMMITMENT_UTILIZATION: PriceType.RAW_COST_ONLY,
    Feature.INVOICE_RECONCILIATION: PriceType.RAW_COST_ONLY,
    Feature.PRICE_SHEET: PriceType.SELLER_SET_ONLY,
}
"""Features that need one price type: the first two show the provider's bill, the last the prices set (R29)."""


def features_of(price_type: PriceType) -> tuple[Feature, ...]:
    """What the environment of a customer offers under its price type, in one order (R29)."""
    return tuple(one for one in Feature if _OF_ONE_TYPE.get(one, price_type) is price_type)
