"""Columns of the cube by what they are for; the names are those of `usage/lake/cube.sql`."""

from underlet.kernel.pricing.types import Metric

SUB_ACCOUNT_KEY = ("ProviderName", "BillingAccountId", "SubAccountId")
LINE_KEY = (
    *SUB_ACCOUNT_KEY, "ServiceName", "ChargeCategory", "ChargeClass", "x_charge_kind", "BillingCurrency",
)  # fmt: skip
"""What lines of an edge keep apart, besides the contract version and the rule (billing.md §6.4)."""

FLAGS = ("x_has_list", "x_has_quantity")
AMOUNTS = (*(metric.value for metric in Metric), "list_cost")
