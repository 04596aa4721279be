-- usage_cube: lines summed by everything that ownership and price rules can look at; one row per group and day.
-- Free of contracts and assignments, so it is made once per import (rating-engine.md §2 to §4). Keys may be NULL.
-- Reads the relation `lines`. Every sum is cast back to its declared width: one that does not fit raises.
SELECT ProviderName, BillingAccountId, SubAccountId, ServiceName, ServiceCategory, SkuId, RegionId, ChargeCategory,
       ChargeClass, x_charge_kind, BillingCurrency, PricingUnit, x_has_list, x_has_quantity, x_day, x_days,
       CAST(SUM(BilledCost) AS DECIMAL(22,12)) AS billed,
       CAST(SUM(EffectiveCost) AS DECIMAL(22,12)) AS effective,
       CAST(COALESCE(SUM(ContractedCost), 0) AS DECIMAL(22,12)) AS contracted,
       CAST(SUM(x_direct) AS DECIMAL(22,12)) AS direct,
       CAST(COALESCE(SUM(ListCost), 0) AS DECIMAL(22,12)) AS list_cost,
       CAST(COALESCE(SUM(x_quantity), 0) AS DECIMAL(22,10)) AS quantity,
       COUNT(*) AS n
FROM lines
GROUP BY ProviderName, BillingAccountId, SubAccountId, ServiceName, ServiceCategory, SkuId, RegionId, ChargeCategory,
         ChargeClass, x_charge_kind, BillingCurrency, PricingUnit, x_has_list, x_has_quantity, x_day, x_days
