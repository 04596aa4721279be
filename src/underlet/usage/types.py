"""Inputs and results of the usage context."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from underlet.foundation.metrics import Figure
from underlet.foundation.types import SORTED_BY, Input, PageInput
from underlet.kernel.price_type import CostMetric


class CreateImport(Input):
    """A received billing file to take in."""

    upload: UUID = Field(description="The id that sending the file gave you")


class ListImports(PageInput):
    """Imports of the subject unit."""

    q: str = Field(default="", max_length=200, description="Part of the file's name")
    sort: Literal["created", "-created", "name", "-name", "rows", "-rows"] = Field(
        default="-created", description=SORTED_BY
    )
    state: Literal["", "received", "active", "superseded", "unchanged", "rejected"] = ""


@dataclass(frozen=True, slots=True)
class CostTotal:
    """Control totals of one currency, exact to every digit that the file gave."""

    currency: str
    billed_cost: Annotated[Decimal, Figure(CostMetric.BILLED)]
    effective_cost: Annotated[Decimal, Figure(CostMetric.EFFECTIVE)]
    list_cost: Annotated[Decimal, Figure(CostMetric.LIST)]
    contracted_cost: Annotated[Decimal, Figure(CostMetric.CONTRACTED)]


@dataclass(frozen=True, slots=True)
class ImportErrorRow:
    """One thing wrong in a file: where, what, and what to do."""

    record: int | None
    line: int | None
    column: str
    value: str
    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One import in a list."""

    id: UUID
    name: str
    profile: str
    status: str
    rows: int
    created_at: datetime
    job_id: UUID | None


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """One provider account and month of an import; active until a newer import of the same replaces it."""

    provider: str
    billing_account: str
    period: date
    rows: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import in full. unassigned: the part of its totals on days without an owner."""

    id: UUID
    name: str
    profile: str
    status: str
    rows: int
    created_at: datetime
    finished_at: datetime | None
    job_id: UUID | None
    same_as: UUID | None
    source_sha256: str
    totals: tuple[CostTotal, ...]
    unassigned: tuple[CostTotal, ...]
    snapshots: tuple[SnapshotRow, ...]
    errors: tuple[ImportErrorRow, ...]
    warnings: tuple[ImportErrorRow, ...]


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """An active Parquet file of a month, with the import it came from."""

    path: Path
    sha256: str
    import_id: UUID
    import_name: str
    source_sha256: str
    provider: str
    billing_account: str
