-- One provider's month of FOCUS 1.2 usage, as the view `focus`. Reads the tables sku, sub_account, region and the
-- variables seed, provider, issuer, billing_account, billing_account_name, sub_account_type, currency, tax_percent,
-- partner_discount, credit, commitment, first_day, next_month, days, usage_lines, corrected.
-- Integers and decimals only: every division is an integer one, every amount a quantity of 4 decimals times a price
-- of 8. Nothing depends on the order or the number of threads.

-- Two bit mixers: `h` stays with a resource, `g` changes with the day.
CREATE VIEW drawn AS
SELECT n // getvariable('days') AS resource,
       CAST(n % getvariable('days') AS INTEGER) AS day_no,
       CAST((h >> 8) % (SELECT count(*) FROM sku) AS INTEGER) AS sku_no,
       CAST((h >> 16) % (SELECT max(past) FROM sub_account) AS INTEGER) AS account_draw,
       CAST((h >> 24) % (SELECT count(*) FROM region) AS INTEGER) AS region_no,
       h, g
FROM (
  SELECT n,
         md5_number_lower(concat(getvariable('seed'), ':', getvariable('provider'), ':', n // getvariable('days'))) AS h,
         md5_number_lower(concat(getvariable('seed'), ':', getvariable('provider'), '/', n)) AS g
  FROM range(getvariable('usage_lines')) AS numbers(n)
);

-- units: ten-thousandths of the SKU's unit; a resource uses 50 to 150 % of the typical day, a day 80 to 120 % of that.
-- A table, because everything else reads it: narrow enough for memory at ten million lines.
CREATE TABLE used AS
SELECT d.resource, d.day_no, d.h, d.sku_no, a.i AS account_no, d.region_no, s.committable AND (d.h >> 32) % 10 < 3 AS covered,
       greatest(1, s.typical * CAST(50 + (d.h >> 40) % 101 AS BIGINT) * CAST(80 + d.g % 41 AS BIGINT) // 10000) AS units
FROM drawn AS d JOIN sku AS s ON s.i = d.sku_no
JOIN (SELECT i, unnest(range(first, past)) AS draw FROM sub_account) AS a ON a.draw = d.account_draw;

-- The first resources were metered wrongly on day 10: the line is taken back and booked again at 60 %.
CREATE VIEW booked AS
SELECT *, NULL AS charge_class FROM used
UNION ALL
SELECT * REPLACE (-units AS units), 'Correction'
FROM used WHERE resource < getvariable('corrected') AND day_no = 9
UNION ALL
SELECT * REPLACE (units * 6 // 10 AS units), 'Correction'
FROM used WHERE resource < getvariable('corrected') AND day_no = 9;

CREATE VIEW priced AS
SELECT b.*, s.* EXCLUDE (i), a.id AS account_id, a.name AS account_name, r.id AS region_id, r.name AS region_name,
       CAST(CAST(units AS DECIMAL(18,0)) * CAST(0.0001 AS DECIMAL(5,4)) AS DECIMAL(14,4)) AS quantity,
       CAST(price * CAST(100 - discount AS DECIMAL(3,0)) * CAST(0.01 AS DECIMAL(3,2)) AS DECIMAL(12,8)) AS contracted_price,
       CAST(price * CAST(0.62 AS DECIMAL(3,2)) AS DECIMAL(12,8)) AS covered_price
FROM booked AS b JOIN sku AS s ON s.i = b.sku_no JOIN sub_account AS a ON a.i = b.account_no
JOIN region AS r ON r.i = b.region_no;

CREATE VIEW usage_line AS
SELECT resource, getvariable('first_day') + day_no AS day, getvariable('first_day') + day_no + 1 AS end_day,
       account_id, account_name, service, category, sku, region_id, region_name,
       'Usage' AS charge_category, charge_class, 'Usage-Based' AS frequency, description,
       CASE WHEN covered THEN 'Committed' ELSE 'Standard' END AS pricing_category,
       quantity, unit, CASE WHEN has_list THEN price END AS list_price, contracted_price,
       CASE WHEN has_list THEN CAST(quantity * price AS DECIMAL(22,12)) END AS list_cost,
       CAST(quantity * contracted_price AS DECIMAL(22,12)) AS contracted_cost,
       CASE WHEN covered THEN 0 ELSE CAST(quantity * contracted_price AS DECIMAL(22,12)) END AS billed,
       CAST(quantity * CASE WHEN covered THEN covered_price ELSE contracted_price END AS DECIMAL(22,12)) AS effective,
       CASE WHEN covered THEN getvariable('commitment') END AS commitment_id,
       concat(lower(sku), '-', printf('%08x', CAST(h % 4294967296 AS BIGINT))) AS resource_id,
       CASE WHEN has_list THEN getvariable('provider') ELSE 'Nordic Software Partners' END AS publisher,
       CASE WHEN h % 5 > 0 THEN MAP {
         'environment': CASE (h >> 4) % 3 WHEN 0 THEN 'production' WHEN 1 THEN 'test' ELSE 'development' END,
         'cost-center': concat('cc-', 100 + (h >> 12) % 40)
       } END AS tags
FROM priced;

-- What stands beside usage, per sub-account: amounts follow its usage, to the cent.
CREATE MACRO percent_of(amount, percent) AS
  CAST(ROUND(amount * CAST(percent AS DECIMAL(3,0)) * CAST(0.01 AS DECIMAL(3,2)), 2) AS DECIMAL(22,12));

CREATE VIEW account_day AS
SELECT a.i, a.id, a.name, d.day_no,
       CAST(coalesce(SUM(u.billed), 0) AS DECIMAL(22,12)) AS billed,
       CAST(coalesce(SUM(u.effective) FILTER (u.commitment_id IS NOT NULL), 0) AS DECIMAL(22,12)) AS covered
FROM sub_account AS a CROSS JOIN range(getvariable('days')) AS d(day_no)
LEFT JOIN usage_line AS u ON u.account_id = a.id AND u.day = getvariable('first_day') + CAST(d.day_no AS INTEGER)
GROUP BY ALL;

CREATE TABLE account_day_sum AS FROM account_day ORDER BY i, day_no;

CREATE VIEW account_sum AS
SELECT i, id, name, CAST(SUM(billed) AS DECIMAL(22,12)) AS billed FROM account_day_sum GROUP BY ALL ORDER BY i;

CREATE VIEW other AS
SELECT getvariable('first_day') + CAST(day_no AS INTEGER) AS day, id, name, 'Purchase' AS charge_category,
       'Recurring' AS frequency, 'Commitment fee of the day' AS description, 'Commitment' AS service,
       percent_of(covered, 100) AS billed, CAST(0 AS DECIMAL(22,12)) AS effective,
       getvariable('commitment') AS commitment_id, getvariable('commitment') AS sku
FROM account_day_sum
UNION ALL
SELECT getvariable('next_month') - 1, id, name, 'Tax', 'One-Time',
       concat('Digital services tax ', getvariable('tax_percent'), ' %'), 'Tax', percent_of(billed, getvariable('tax_percent')),
       percent_of(billed, getvariable('tax_percent')), NULL, NULL
FROM account_sum
UNION ALL
SELECT getvariable('next_month') - 1, id, name, 'Credit', 'One-Time', getvariable('partner_discount'),
       'Partner program', -percent_of(billed, 3), -percent_of(billed, 3), NULL, NULL
FROM account_sum
UNION ALL
SELECT getvariable('first_day') + 2, id, name,
       CASE WHEN i % 2 = 0 THEN 'Credit' ELSE 'Adjustment' END, 'One-Time',
       CASE WHEN i % 2 = 0 THEN getvariable('credit') ELSE 'Refund for a service interruption' END,
       'Service credits', -percent_of(billed, 1), -percent_of(billed, 1), NULL, NULL
FROM account_sum
UNION ALL
SELECT getvariable('first_day') + 4, NULL, NULL, 'Purchase', 'Recurring', 'Business support for the billing account',
       'Support', percent_of(CAST(SUM(billed) AS DECIMAL(22,12)), 2), percent_of(CAST(SUM(billed) AS DECIMAL(22,12)), 2),
       NULL, 'SUPPORT-BUSINESS'
FROM account_sum;

CREATE VIEW other_line AS
SELECT -1 AS resource, day, day + 1 AS end_day, id AS account_id, name AS account_name, service,
       CASE WHEN service = 'Support' THEN 'Management and Governance' ELSE 'Other' END AS category, sku,
       NULL AS region_id, NULL AS region_name, charge_category, NULL AS charge_class, frequency, description,
       CASE WHEN charge_category = 'Purchase' THEN 'Standard' END AS pricing_category,
       CASE WHEN charge_category = 'Purchase' THEN CAST(1 AS DECIMAL(14,4)) END AS quantity,
       CASE WHEN charge_category = 'Purchase' THEN 'Units' END AS unit,
       CAST(NULL AS DECIMAL(12,6)) AS list_price, CAST(NULL AS DECIMAL(12,8)) AS contracted_price,
       CASE WHEN charge_category = 'Purchase' THEN billed ELSE CAST(0 AS DECIMAL(22,12)) END AS list_cost,
       CASE WHEN charge_category = 'Purchase' THEN billed ELSE CAST(0 AS DECIMAL(22,12)) END AS contracted_cost,
       billed, effective, commitment_id, commitment_id AS resource_id, getvariable('provider') AS publisher,
       CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS tags
FROM other;

CREATE VIEW focus AS
SELECT CAST(NULL AS VARCHAR) AS AvailabilityZone,
       billed AS BilledCost,
       getvariable('billing_account') AS BillingAccountId,
       getvariable('billing_account_name') AS BillingAccountName,
       'Billing account' AS BillingAccountType,
       getvariable('currency') AS BillingCurrency,
       CAST(getvariable('next_month') AS TIMESTAMP) AS BillingPeriodEnd,
       CAST(getvariable('first_day') AS TIMESTAMP) AS BillingPeriodStart,
       CAST(NULL AS VARCHAR) AS CapacityReservationId,
       CAST(NULL AS VARCHAR) AS CapacityReservationStatus,
       charge_category AS ChargeCategory,
       charge_class AS ChargeClass,
       description AS ChargeDescription,
       frequency AS ChargeFrequency,
       CAST(end_day AS TIMESTAMP) AS ChargePeriodEnd,
       CAST(day AS TIMESTAMP) AS ChargePeriodStart,
       CASE WHEN commitment_id IS NOT NULL THEN 'Spend' END AS CommitmentDiscountCategory,
       commitment_id AS CommitmentDiscountId,
       CASE WHEN commitment_id IS NOT NULL THEN 'Compute commitment' END AS CommitmentDiscountName,
       CASE WHEN commitment_id IS NOT NULL AND charge_category = 'Usage' THEN effective END AS CommitmentDiscountQuantity,
       CASE WHEN commitment_id IS NOT NULL AND charge_category = 'Usage' THEN 'Used' END AS CommitmentDiscountStatus,
       CASE WHEN commitment_id IS NOT NULL THEN 'Commitment' END AS CommitmentDiscountType,
       CASE WHEN commitment_id IS NOT NULL THEN getvariable('currency') END AS CommitmentDiscountUnit,
       CASE WHEN charge_category = 'Usage' THEN quantity END AS ConsumedQuantity,
       CASE WHEN charge_category = 'Usage' THEN unit END AS ConsumedUnit,
       contracted_cost AS ContractedCost,
       contracted_price AS ContractedUnitPrice,
       effective AS EffectiveCost,
       CAST(NULL AS VARCHAR) AS InvoiceId,
       getvariable('issuer') AS InvoiceIssuerName,
       list_cost AS ListCost,
       list_price AS ListUnitPrice,
       pricing_category AS PricingCategory,
       getvariable('currency') AS PricingCurrency,
       quantity AS PricingQuantity,
       unit AS PricingUnit,
       getvariable('provider') AS ProviderName,
       publisher AS PublisherName,
       region_id AS RegionId,
       region_name AS RegionName,
       resource_id AS ResourceId,
       resource_id AS ResourceName,
       CASE WHEN resource_id IS NOT NULL THEN service END AS ResourceType,
       category AS ServiceCategory,
       service AS ServiceName,
       concat(category, '/Other (', category, ')') AS ServiceSubcategory,
       sku AS SkuId,
       CASE WHEN charge_category = 'Usage' THEN description END AS SkuMeter,
       CAST(NULL AS VARCHAR) AS SkuPriceDetails,
       sku AS SkuPriceId,
       account_id AS SubAccountId,
       account_name AS SubAccountName,
       CASE WHEN account_id IS NOT NULL THEN getvariable('sub_account_type') END AS SubAccountType,
       tags AS Tags
FROM (SELECT * FROM usage_line UNION ALL SELECT * FROM other_line);
