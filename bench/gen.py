"""Usage lines of any number for benchmarks: the same for the same arguments, from hashes of integers alone.

Regular hourly lines: resources of 2,000 sub-accounts (two for each of 1,000 customers), 30 days, 24 hours a day.
"""

from pathlib import Path

from underlet.foundation.duck import open_duckdb, text_literal

CUSTOMERS = 1000
SUB_ACCOUNTS = 2 * CUSTOMERS
SERVICES = 20
SKUS = 200
REGIONS = 8
DAYS = 30
_PER_FILE = 1_000_000
_HOURS = 24 * DAYS

# One resource is 720 lines; its hash h fixes what it is, the hash g of a line how much it used.
_LINES = f"""
SELECT 'Example Cloud' AS ProviderName, 'payer-1' AS BillingAccountId,
  printf('sub-%04d', resource * {SUB_ACCOUNTS} // $resources) AS SubAccountId,
  printf('Service %02d', h % {SERVICES}) AS ServiceName,
  CASE h % {SERVICES} % 3 WHEN 0 THEN 'Compute' WHEN 1 THEN 'Storage' ELSE 'Databases' END AS ServiceCategory,
  CASE WHEN h % 50 = 0 THEN NULL ELSE printf('sku-%03d', h % {SKUS}) END AS SkuId,
  printf('region-%d', (h >> 16) % {REGIONS}) AS RegionId,
  CASE WHEN h % 97 = 0 THEN 'Tax' WHEN h % 89 = 0 THEN 'Credit' ELSE 'Usage' END AS ChargeCategory,
  CAST(NULL AS VARCHAR) AS ChargeClass, 'usage' AS x_charge_kind, 'USD' AS BillingCurrency,
  CASE WHEN h % 2 = 0 THEN 'Hours' ELSE 'GB' END AS PricingUnit,
  h % 31 <> 0 AS x_has_list, h % 37 <> 0 AS x_has_quantity,
  DATE '2026-04-01' + CAST(hour // 24 AS INTEGER) AS x_day, CAST(1 AS INTEGER) AS x_days,
  CAST(CAST(g % 1000000 AS DECIMAL(7,0)) * CAST(0.000001 AS DECIMAL(7,6)) AS DECIMAL(22,12)) AS cost,
  CAST(CAST(g % 10000 AS DECIMAL(5,0)) * CAST(0.01 AS DECIMAL(3,2)) AS DECIMAL(22,10)) AS units
FROM (
  SELECT resource, hour, hash(resource) AS h, hash(resource, hour) AS g
  FROM (SELECT n // {_HOURS} AS resource, n % {_HOURS} AS hour FROM range($first, $last) numbers(n))
)"""


def generate(folder: Path, lines: int) -> list[Path]:
    """Write lines files of up to a million rows, sorted by sub-account, SKU and day; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    resources = max(1, -(-lines // _HOURS))
    paths = []
    with open_duckdb(folders=[folder], scratch=folder) as connection:
        for number, first in enumerate(range(0, lines, _PER_FILE)):
            path = folder / f"lines-{number:03d}.parquet"
            query = (
                _LINES.replace("$resources", str(resources))
                .replace("$first", str(first))
                .replace("$last", str(min(first + _PER_FILE, lines)))
            )
            connection.execute(
                "COPY (SELECT * EXCLUDE (cost, units), cost AS BilledCost, cost AS EffectiveCost,"
                " cost AS ContractedCost, cost AS x_direct, CASE WHEN x_has_list"
                " THEN CAST(cost * CAST(1.25 AS DECIMAL(3,2)) AS DECIMAL(22,12)) END AS ListCost,"
                f" CASE WHEN x_has_quantity THEN units END AS x_quantity FROM ({query})"
                " ORDER BY SubAccountId, SkuId, x_day)"
                f" TO {text_literal(str(path))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
            )
            paths.append(path)
    return paths
