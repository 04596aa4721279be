"""The part of a delivery that nobody owns: it stays with the root and is shown as such (billing.md §1, A of
R67)."""

# ruff: noqa: S608 -- SQL is put together from this package's own names and quoted paths

from collections.abc import Sequence
from pathlib import Path

from underlet.accounts.types import Ownership
from underlet.foundation.duck import open_duckdb
from underlet.usage.lake.cube import parquet_files
from underlet.usage.types import CostTotal


def unassigned_totals(cubes: Sequence[Path], owned: Sequence[Ownership]) -> tuple[CostTotal, ...]:
    """Sums by currency over the groups whose sub-account has no owner on their day, or that name no sub-account.

    A charge of several days counts on its first one; that it splits by whole days is part of billing runs (part
    6). Currencies without unassigned cost are absent.
    """
    if not cubes:
        return ()
    columns = (
        [own.provider for own in owned],
        [own.billing_account for own in owned],
        [own.sub_account for own in owned],
        [own.starts_on for own in owned],
        [own.ends_on for own in owned],
    )
    with open_duckdb(files=cubes) as connection:
        connection.execute(
            "CREATE TABLE owned AS SELECT unnest(CAST(? AS VARCHAR[])) AS provider,"
            " unnest(CAST(? AS VARCHAR[])) AS account, unnest(CAST(? AS VARCHAR[])) AS sub_account,"
            " unnest(CAST(? AS DATE[])) AS starts_on, unnest(CAST(? AS DATE[])) AS ends_on",
            columns,
        )
        rows = connection.execute(
            "SELECT BillingCurrency, sum(billed), sum(effective), sum(list_cost), sum(contracted)"
            f" FROM {parquet_files(cubes)} AS c WHERE NOT EXISTS (SELECT 1 FROM owned AS o"
            " WHERE o.provider = c.ProviderName AND o.account = c.BillingAccountId"
            " AND o.sub_account = c.SubAccountId AND c.x_day >= o.starts_on"
            " AND (o.ends_on IS NULL OR c.x_day < o.ends_on)) GROUP BY 1 ORDER BY 1"
        ).fetchall()
    return tuple(CostTotal(*row) for row in rows)
