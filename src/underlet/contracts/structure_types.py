"""Inputs and results of importing a structure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from underlet.foundation.types import SORTED_BY, Input, PageInput


class StructureFile(Input):
    """A received CSV or XLSX file of units."""

    upload: UUID = Field(description="The id that sending the file gave you", json_schema_extra={"x-upload": True})


class ListFindings(PageInput):
    """Findings of one import."""

    kind: Literal["", "problem", "change", "move"] = Field(default="", description="Only this kind")
    sort: Literal["line", "-line"] = Field(default="line", description=SORTED_BY)


@dataclass(frozen=True, slots=True)
class FieldCount:
    """How many units get another value of a column."""

    column: str
    count: int


@dataclass(frozen=True, slots=True)
class StructureImportView:
    """An import of a structure, or its dry run.

    state: received, rejected (something is wrong, nothing was changed), checked (a dry run: it would be done), done.
    created, changed, moved, unchanged: lines; a unit may be both changed and moved. contracts_…: as far as one is party
    to them. problems: how many there are; `structure_import.findings` lists them.
    """

    id: UUID
    unit_id: UUID
    upload: UUID
    name: str
    sha256: str
    is_dry_run: bool
    state: str
    created: int
    changed: int
    moved: int
    unchanged: int
    fields: tuple[FieldCount, ...]
    contracts_ended: int
    drafts_made: int
    contracts_restored: int
    problems: int
    created_at: datetime
    finished_at: datetime | None
    job_id: UUID | None


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One problem, or one change, of a line. line: in the file, as editors count; 0 = the file as a whole.

    kind: problem, change, move. unit: its name. column: as the file spells it. before: the value that is wrong, or
    that is replaced; after: the new one. code, detail, hint: of problems.
    """

    line: int
    kind: str
    unit: str
    column: str
    before: str
    after: str
    code: str
    detail: str
    hint: str
