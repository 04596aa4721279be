"""Price types of customers, and what depends on them (R22, R24, R26, R29)."""

from enum import StrEnum

from underlet.kernel.permission import Permission


class PriceType(StrEnum):
    """What a customer is shown: the provider's own cost metrics (R24), or only the prices set for it (R26)."""

    RAW_COST_ONLY = "raw_cost_only"
    SELLER_SET_ONLY = "seller_set_only"


class CostMetric(StrEnum):
    """What a figure of cost says. Its text is the name that answers and tables give it.

    price: what the buyer pays its seller for the usage. list, contracted, effective, billed: on the provider's bill
    (FOCUS ListCost, ContractedCost, EffectiveCost, BilledCost). seller_cost: what the seller pays for the same, be it
    the provider's bill or a price further up. sales, margin: what a seller makes of its buyers.
    """

    PRICE = "price"
    LIST = "list"
    CONTRACTED = "contracted"
    EFFECTIVE = "effective"
    BILLED = "billed"
    SELLER_COST = "seller_cost"
    SALES = "sales"
    MARGIN = "margin"


RAW_METRICS = frozenset({CostMetric.CONTRACTED, CostMetric.EFFECTIVE, CostMetric.BILLED})
"""The provider's own figures besides list: shown to a raw cost only customer, and only as far as they are disclosed."""


def shown_metrics(price_type: PriceType, *, is_disclosed: bool) -> frozenset[CostMetric]:
    """What the people of a customer see of its costs, in any answer, page, file, filter or order (R24, R26, R27).

    is_disclosed: whether every contract from the root down to the customer discloses raw cost; if not, raw cost only
    shows no more than seller-set only. What a seller pays or keeps is never among them.
    """
    own = frozenset({CostMetric.PRICE, CostMetric.LIST})
    if price_type is PriceType.RAW_COST_ONLY and is_disclosed:
        return own | RAW_METRICS
    return own


def role_metrics(held: Permission, *, is_own: bool) -> frozenset[CostMetric]:
    """What somebody sees of costs by what they may do where the figures lie, whatever the price type (P3, A11).

    is_own: whether they are a customer's own people: to them the provider's figures tell no margin of anybody they work
    for. To all others a cost beside its price tells the margin, so it shows to who may see that, too.
    """
    if Permission.PRICES not in held:
        return frozenset()
    shown = frozenset({CostMetric.PRICE, CostMetric.LIST, CostMetric.SALES})
    if Permission.COST_READ in held and (is_own or Permission.MARGIN_READ in held):
        shown |= RAW_METRICS
    if Permission.COST_READ | Permission.MARGIN_READ in held:
        shown |= {CostMetric.SELLER_COST, CostMetric.MARGIN}
    return shown


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
