"""What intake hands over: a loaded file, its snapshots, control totals and the sub-accounts it names.

All frozen. Money is `Decimal`: `exact` holds every digit that the file gave, `stored` the sum of the 12-decimal
lines. An absent sub-account, name or key is the empty string.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from underlet.kernel.errors import FileError
from underlet.kernel.period import Month


@dataclass(frozen=True, slots=True)
class Costs:
    """The four cost columns, summed; null counts 0."""

    billed_cost: Decimal
    effective_cost: Decimal
    list_cost: Decimal
    contracted_cost: Decimal


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """Control totals of one currency; currencies are never added (intake.md §6)."""

    currency: str
    rows: int
    exact: Costs
    stored: Costs


@dataclass(frozen=True, slots=True)
class LakeFile:
    """One immutable Parquet file. path: below the lake. min_key, max_key: SubAccountId of its lines, "" = none."""

    kind: Literal["lines", "cube"]
    path: str
    sha256: str
    rows: int
    bytes: int
    min_key: str
    max_key: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All lines of one billing account and billing month in a delivery; it replaces the one before."""

    provider: str
    billing_account: str
    period: Month
    rows: int
    files: tuple[LakeFile, ...]


@dataclass(frozen=True, slots=True)
class SeenSubAccount:
    """A sub-account as the file names it; `sub_account` is "" for charges that name none.

    first_day, last_day: UTC days of its first and last charge. name: that of its latest charge.
    """

    provider: str
    billing_account: str
    billing_account_name: str
    sub_account: str
    name: str
    currency: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """A file that passed every check, with its Parquet files in place but not yet active anywhere.

    profile: the format found. sha256: of the bytes received; content_sha256: of the bytes after decompression.
    warnings: counted peculiarities that do not stop an import; `value` is the count.
    """

    profile: str
    sha256: str
    content_sha256: str
    rows: int
    totals: tuple[CurrencyTotal, ...]
    snapshots: tuple[Snapshot, ...]
    sub_accounts: tuple[SeenSubAccount, ...]
    warnings: tuple[FileError, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """What the child is asked to do. draft: an empty folder for Parquet files; scratch: one for what spills.

    folder: the draft's name once published, which paths begin with. supplied: values that the connection gives for
    columns the format lacks. content_sha256: what `content_hash` said of the source. memory: bytes for DuckDB.
    """

    source: Path
    draft: Path
    scratch: Path
    folder: str
    supplied: dict[str, str]
    content_sha256: str
    threads: int
    memory: int
