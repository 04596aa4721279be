"""Importing a whole structure, and its dry run: here because a move by a file ends contracts like any other."""

from typing import Any, LiteralString
from uuid import UUID

from django.db.models import QuerySet

from underlet.contracts.models import StructureFinding, StructureImport
from underlet.contracts.structure_types import (
    FieldCount,
    FindingRow,
    ListFindings,
    StructureFile,
    StructureImportView,
)
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.jobs import enqueue
from underlet.foundation.listing import BY_ID, sorted_page
from underlet.foundation.registry import Subject, operation, query
from underlet.foundation.settings import settings
from underlet.foundation.types import NoInput, Page
from underlet.foundation.uploads import own_upload
from underlet.kernel.errors import ParentMustBeOrganization
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import unpacked
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, visible_units

JOB: LiteralString = "structure.import"


def visible_structure_imports(actor: Actor) -> QuerySet[StructureImport]:
    """One's own imports into units that one still sees (first belt)."""
    if not settings().query_scoping:
        return StructureImport.objects.all()
    return StructureImport.objects.filter(actor_id=actor.id, unit__in=visible_units(actor))


def find_structure_import(actor: Actor, public_id: UUID) -> StructureImport | None:
    """One of the actor's own imports."""
    return visible_structure_imports(actor).select_related("unit").filter(public_id=public_id).first()


STRUCTURE_IMPORT = Subject(
    "structure_import", find_structure_import, lambda row: row.unit_id, lambda row: row.hierarchy_id
)


@operation("structure.check", needs=Permission.UNIT_EDIT, subject=UNIT, below=True)
def check_structure(actor: Actor, unit: Unit, data: StructureFile) -> StructureImportView:
    """Try what importing a file of units below this one would do, and change nothing.

    A job reports everything that is wrong, line by line, or what would be created, changed and moved, with the
    contracts that would end (R3, R4, R10). It does the whole import and takes it back, so it refuses what
    `structure.import` refuses.
    """
    return _start(actor, unit, data, is_dry_run=True)


@operation("structure.import", needs=Permission.UNIT_EDIT, subject=UNIT, below=True)
def import_structure(actor: Actor, unit: Unit, data: StructureFile) -> StructureImportView:
    """Make the structure below this unit like a file, CSV or XLSX: all of it or nothing (R3, R4, R8, R10, R12, R19).

    A job creates units that are not there, changes and moves those that are, recognized by id or else by name, and
    removes none. An empty cell leaves a unit as it is; the same file again changes nothing. Moves end contracts as
    `unit.move` does. A new unit is refused to whoever changes units there by roles on groups alone (R53).
    """
    return _start(actor, unit, data, is_dry_run=False)


def _start(actor: Actor, unit: Unit, data: StructureFile, *, is_dry_run: bool) -> StructureImportView:
    if unit.kind != UnitKind.ORGANIZATION:
        raise ParentMustBeOrganization()
    upload = own_upload(actor, data.upload)
    row = StructureImport.objects.bulk_create(
        [
            StructureImport(
                hierarchy_id=unit.hierarchy_id,
                unit=unit,
                actor_id=actor.id,
                upload_id=upload.id,
                name=upload.name,
                sha256=upload.sha256,
                is_dry_run=is_dry_run,
                created_at=now(),
            )
        ]
    )[0]
    row.job_id = enqueue(actor, JOB, unit.id, {"import_id": row.id})
    row.save(update_fields=["job_id"])
    return _view(visible_structure_imports(actor).select_related("unit").get(id=row.id))


@query("structure_import.show", needs=Permission.UNIT_EDIT, subject=STRUCTURE_IMPORT)
def show_structure_import(actor: Actor, row: StructureImport, data: NoInput) -> StructureImportView:
    """Show one's own import of a structure or its dry run: state, and how much it does."""
    return _view(row)


def _view(row: StructureImport) -> StructureImportView:
    return StructureImportView(
        row.public_id,
        row.unit.public_id,
        row.upload_id,
        row.name,
        row.sha256,
        row.is_dry_run,
        row.state,
        row.created,
        row.changed,
        row.moved,
        row.unchanged,
        tuple(FieldCount(column, count) for column, count in row.fields.items()),
        row.contracts_ended,
        row.drafts_made,
        row.contracts_restored,
        row.problems,
        row.created_at,
        row.finished_at,
        row.job_id,
    )


@query("structure_import.findings", needs=Permission.UNIT_EDIT, subject=STRUCTURE_IMPORT)
def list_findings(actor: Actor, row: StructureImport, data: ListFindings) -> Page[FindingRow]:
    """List what was found in the lines of a file: every problem, or the first 10,000 values that change."""
    found = StructureFinding.objects.filter(structure_import=row)
    if data.kind:
        found = found.filter(kind=data.kind)
    page = sorted_page(found, data, data.sort, {"line": BY_ID})
    return Page(tuple(_finding(one) for one in page.items), page.next)


def _finding(row: StructureFinding) -> FindingRow:
    words: list[Any] = [unpacked(text) for text in (row.detail, row.hint)]
    return FindingRow(row.line, row.kind, row.unit, row.column_name, row.before, row.after, row.code, *words)
