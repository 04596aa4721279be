"""Rules of FOCUS: what a record must have, what is derived from it, what is counted as peculiar (intake.md §2).

Derived values are computed once, here, because they are not linear or depend on a time zone: the sign of a
quantity, the UTC day, the missing-base flags, the kind of charge. SQL over the columns of a typed record.
"""

from underlet.usage.intake.columns import AMOUNT, QUANTITY

MANDATORY = (
    "BilledCost",
    "EffectiveCost",
    "BillingAccountId",
    "BillingCurrency",
    "BillingPeriodStart",
    "BillingPeriodEnd",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "ChargeCategory",
    "ProviderName",
)
"""Without these, money or attribution breaks; other nulls that FOCUS forbids are counted warnings."""

STRICT = ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "PricingQuantity")
"""Numbers that amounts are computed from: unreadable ones stop a file. Others are counted and left empty."""

CHARGE_CATEGORIES = ("usage", "purchase", "tax", "credit", "adjustment")

_PARTNER_PROGRAM = (
    "%partner%credit%|%partner%discount%|%partner program%|%solution provider program%|%spp discount%"
    "|%reseller margin%|%reseller discount%|%reseller program%"
).split("|")
"""How providers describe what they grant for being a partner; FOCUS has no field for it."""


def _any_like(text: str, patterns: list[str]) -> str:
    return "(" + " OR ".join(f"lower({text}) LIKE '{pattern}'" for pattern in patterns) + ")"


_KIND = f"""CASE
  WHEN category = 'tax' THEN 'tax'
  WHEN lower(sub_category) = 'refund' OR (category IN ('credit', 'adjustment')
    AND lower(ChargeDescription) LIKE 'refund%') THEN 'refund'
  WHEN category = 'credit' AND {_any_like("concat_ws(' ', ChargeDescription, ServiceName)", _PARTNER_PROGRAM)}
    THEN 'partner_discount'
  WHEN category IN ('credit', 'adjustment') THEN category
  WHEN CommitmentDiscountId IS NOT NULL THEN 'commitment'
  WHEN category = 'purchase' AND lower(ServiceName) LIKE '%support%' THEN 'support'
  WHEN PublisherName IS NOT NULL
    AND lower(PublisherName) NOT IN (lower(ProviderName), lower(coalesce(InvoiceIssuerName, '')))
    AND NOT contains(lower(PublisherName), lower(ProviderName)) THEN 'marketplace'
  WHEN category IN ('usage', 'purchase') THEN category
  ELSE 'usage' END"""

_COSTS_NOT_ZERO = "(BilledCost <> 0 OR EffectiveCost <> 0 OR coalesce(ContractedCost, 0) <> 0)"
_FIRST_NON_ZERO = "coalesce(nullif(BilledCost, 0), nullif(EffectiveCost, 0), ListCost)"
_HOURS = "date_diff('second', ChargePeriodStart, ChargePeriodEnd)"

DERIVED = f"""CAST(ChargePeriodStart AS DATE) AS x_day,
CAST(greatest(1, ({_HOURS} + 86399) // 86400) AS INTEGER) AS x_days,
CAST(CASE WHEN PricingQuantity > 0 AND {_FIRST_NON_ZERO} < 0 THEN -PricingQuantity ELSE PricingQuantity END
  AS {QUANTITY}) AS x_quantity,
coalesce(ListCost <> 0 OR (ListCost = 0 AND NOT {_COSTS_NOT_ZERO}), false) AS x_has_list,
coalesce(PricingQuantity <> 0
  OR (PricingQuantity = 0 AND NOT {_COSTS_NOT_ZERO} AND coalesce(ListCost, 0) = 0), false)
  AS x_has_quantity,
lower(ChargeCategory) AS category,
CAST({_KIND} AS VARCHAR) AS x_charge_kind,
CAST(CASE WHEN x_charge_kind IN ('tax', 'partner_discount') THEN 0 ELSE BilledCost END AS {AMOUNT}) AS x_direct,
CAST(date_trunc('month', BillingPeriodStart) AS DATE) AS month"""
