"""A month of FOCUS 1.2 usage for the demo and the benchmark: three providers, always the same lines.

Everything follows from integer hashes of (seed, provider, resource, day): no float, no random module, no clock.
The month holds what real deliveries hold: commitments, tax, credits, partner discounts, refunds, corrections,
marketplace lines without a list price, lines without SKU and one line without a sub-account. It costs about
420,000 per provider, whatever the number of lines. What is sold: `catalogue`; how lines arise: `generator.sql`.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from importlib import resources
from itertools import accumulate
from pathlib import Path

import duckdb

from underlet.foundation.duck import open_duckdb
from underlet.kernel.period import Month
from underlet.project.demo.catalogue import AWS, GOOGLE, MICROSOFT, Provider

AWS_ACCOUNTS = tuple(account.id for account in AWS.sub_accounts)
MICROSOFT_SUBSCRIPTIONS = tuple(account.id for account in MICROSOFT.sub_accounts)
GOOGLE_PROJECTS = tuple(account.id for account in GOOGLE.sub_accounts)
UNASSIGNED = (AWS_ACCOUNTS[4], GOOGLE_PROJECTS[2])
"""Sub-accounts that nobody owns in the demo."""

MIN_LINES = 3_000
_TARGET_COST = Decimal(420_000)
_CORRECTED_RESOURCES = 12
_TIMES = ("BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd")


def generate(folder: Path, month: Month, lines: int, seed: int = 7) -> list[Path]:
    """Write one file per provider (csv.gz, Parquet, csv.gz) with `lines` FOCUS lines in total; return their paths.

    lines: at least 3,000. The same arguments give the same lines in the same order, on any number of threads.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:  # gzip keeps one core busy per file
        return list(pool.map(lambda share: _write(folder, share[0], month, share[1], seed), shares(lines).items()))


def shares(lines: int) -> dict[Provider, int]:
    """How many of the lines are each provider's: AWS half, Microsoft 30 %, Google the rest."""
    if lines < MIN_LINES:
        raise ValueError(f"a generated month has at least {MIN_LINES:,} lines")
    aws, microsoft = lines // 2, lines * 3 // 10
    return {AWS: aws, MICROSOFT: microsoft, GOOGLE: lines - aws - microsoft}


@contextmanager
def focus_view(
    provider: Provider, month: Month, lines: int, seed: int, *folders: Path
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that may write below `folders`; its view `focus` is the provider's month, typed, FOCUS 1.2."""
    usage_lines = lines - _other_lines(provider, month)
    with open_duckdb(folders=folders) as connection:
        _load_catalogue(connection, provider, usage_lines)
        _set_variables(connection, provider, month, usage_lines, seed)
        connection.execute(resources.files(__package__).joinpath("generator.sql").read_text("utf-8"))
        yield connection


def file_name(provider: Provider, month: Month) -> str:
    """What the provider's file of a month is called."""
    suffix = "parquet" if provider is MICROSOFT else "csv.gz"
    return f"{provider.name.lower().replace(' ', '-')}-{month}.{suffix}"


def _write(folder: Path, provider: Provider, month: Month, lines: int, seed: int) -> Path:
    parquet = provider is MICROSOFT
    path = folder / file_name(provider, month)
    target = "'" + str(path.resolve()).replace("'", "''") + "'"
    # CSV has neither times nor maps: write them as FOCUS prescribes, ISO 8601 with Z and JSON.
    as_text = ", ".join(f"strftime({name}, '%Y-%m-%dT%H:%M:%SZ') AS {name}" for name in _TIMES)
    columns = "*" if parquet else f"* REPLACE ({as_text}, CAST(to_json(Tags) AS VARCHAR) AS Tags)"
    form = "FORMAT parquet, COMPRESSION zstd" if parquet else "FORMAT csv, HEADER, COMPRESSION gzip"
    with focus_view(provider, month, lines, seed, folder) as connection:
        connection.execute(f"COPY (SELECT {columns} FROM focus) TO {target} ({form})")  # noqa: S608 -- own text
    return path


def _other_lines(provider: Provider, month: Month) -> int:
    """Lines that are not usage of a resource: see the view `other` and the corrections."""
    return len(provider.sub_accounts) * (month.days + 3) + 1 + 2 * _CORRECTED_RESOURCES


def _load_catalogue(connection: duckdb.DuckDBPyConnection, provider: Provider, usage_lines: int) -> None:
    price_list = provider.skus()
    mean = sum((sku.price * sku.quantity for sku in price_list), Decimal(0)) / len(price_list)
    scale = _TARGET_COST / (usage_lines * mean)
    skus = [
        (
            *(i, sku.sku, sku.service, sku.category, sku.description, sku.unit, sku.price),
            *(int(sku.quantity * scale * 10_000), sku.discount, sku.committable, sku.has_list),
        )
        for i, sku in enumerate(price_list)
    ]
    _load(
        connection,
        "sku (i INTEGER, sku VARCHAR, service VARCHAR, category VARCHAR, description VARCHAR, unit VARCHAR,"
        " price DECIMAL(12,6), typical BIGINT, discount INTEGER, committable BOOLEAN, has_list BOOLEAN)",
        skus,
    )
    past = list(accumulate(account.weight for account in provider.sub_accounts))
    accounts = [
        (i, account.id, account.name, end - account.weight, end)
        for i, (account, end) in enumerate(zip(provider.sub_accounts, past, strict=True))
    ]
    _load(
        connection,
        "sub_account (i INTEGER, id VARCHAR, name VARCHAR, first INTEGER, past INTEGER)",
        accounts,
    )
    regions = [(i, *region) for i, region in enumerate(provider.regions)]
    _load(connection, "region (i INTEGER, id VARCHAR, name VARCHAR)", regions)


def _load(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[object]]) -> None:
    connection.execute(f"CREATE TABLE {table}")
    marks = ", ".join("?" * len(rows[0]))
    connection.executemany(f"INSERT INTO {table.split()[0]} VALUES ({marks})", rows)  # noqa: S608 -- own text


def _set_variables(
    connection: duckdb.DuckDBPyConnection, provider: Provider, month: Month, usage_lines: int, seed: int
) -> None:
    variables: dict[str, object] = {
        "seed": seed,
        "provider": provider.name,
        "issuer": provider.issuer,
        "billing_account": provider.billing_account,
        "billing_account_name": provider.billing_account_name,
        "sub_account_type": provider.sub_account_type,
        "currency": provider.currency,
        "tax_percent": provider.tax_percent,
        "partner_discount": provider.partner_discount,
        "credit": provider.credit,
        "commitment": provider.commitment,
        "first_day": month.start,
        "next_month": month.end,
        "days": month.days,
        "usage_lines": usage_lines,
        "corrected": _CORRECTED_RESOURCES,
    }
    for name, value in variables.items():
        connection.execute(f"SET VARIABLE {name} = ?", [value])
