"""Reads of the usage context: imports for people, pinned files for billing runs."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal
from uuid import UUID

from django.db.models import QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower

from underlet.accounts.queries import ownership_in
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows
from underlet.foundation.listing import BY_ID, Order, sorted_page
from underlet.foundation.registry import Subject, query
from underlet.foundation.settings import settings
from underlet.foundation.types import NoInput, Page
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import unpacked
from underlet.organization.masks import shown_at
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT
from underlet.organization.scope import InScope
from underlet.usage.lake.unassigned import unassigned_totals
from underlet.usage.models import UsageFile, UsageImport
from underlet.usage.types import (
    CostTotal,
    ImportErrorRow,
    ImportRow,
    ImportView,
    ListImports,
    PinnedFile,
    SnapshotRow,
)

METRICS = ("billed_cost", "effective_cost", "list_cost", "contracted_cost")


def lake() -> Path:
    """The folder of all Parquet files."""
    return settings().data / "lake"


def visible_imports(actor: Actor) -> QuerySet[UsageImport]:
    """Imports of units in which the actor may import (first belt): the provider's figures are the root's."""
    if not settings().query_scoping:
        return UsageImport.objects.all()
    return UsageImport.objects.filter(InScope(actor, "unit__anc", "unit_id", Permission.IMPORT))


def find_import(actor: Actor, public_id: UUID) -> UsageImport | None:
    """The visible import with this public id."""
    return visible_imports(actor).select_related("same_as").filter(public_id=public_id).first()


IMPORT = Subject(
    "import",
    find_import,
    lambda row: row.unit_id,
    lambda row: row.hierarchy_id,
    shown=lambda row: shown_at(row.unit_id),
)


_ORDERS = {"created": BY_ID, "name": Order("name_key", str), "rows": Order("line_count", int)}


@query("import.list", needs=Permission.IMPORT, subject=UNIT)
def list_imports(actor: Actor, unit: Unit, data: ListImports) -> Page[ImportRow]:
    """List the billing files taken in for a unit, newest first by default (P20, P26)."""
    found = visible_imports(actor).filter(unit=unit).annotate(name_key=Lower("name"))
    if data.state:
        found = found.filter(state=data.state)
    if data.q:
        found = found.filter(name__icontains=data.q)
    page = sorted_page(found, data, data.sort, _ORDERS)
    items = tuple(
        ImportRow(row.public_id, row.name, row.profile, row.state, row.line_count, row.created_at, row.job_id)
        for row in page.items
    )
    return Page(items, page.next)


@query("import.show", needs=Permission.IMPORT, subject=IMPORT)
def show_import(actor: Actor, row: UsageImport, data: NoInput) -> ImportView:
    """Show an import: state, control totals, unassigned cost, refused records."""
    return import_view(row)


def import_view(row: UsageImport) -> ImportView:
    """An import in full; its figures are those of the file it equals, if it equals one."""
    source = row.same_as or row
    snapshots = tuple(
        SnapshotRow(one.provider, one.billing_account, one.period, one.line_count, one.is_active)
        for one in source.snapshots.order_by("provider", "billing_account", "period")
    )
    return ImportView(
        row.public_id,
        row.name,
        row.profile,
        row.state,
        row.line_count,
        row.created_at,
        row.finished_at,
        row.job_id,
        row.same_as.public_id if row.same_as else None,
        row.source_sha256,
        totals_of(source.id),
        _unassigned(source),
        snapshots,
        tuple(ImportErrorRow(**error) for error in unpacked(row.errors)),
        tuple(ImportErrorRow(**warning) for warning in unpacked(row.warnings)),
    )


def totals_of(import_id: int) -> tuple[CostTotal, ...]:
    """Exact control totals of an import, by currency."""
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for currency, metric, exact in rows(
        "select currency, metric, exact from usage_total where import_id = %s order by currency", [import_id]
    ):
        found[currency][metric] = exact
    return tuple(
        CostTotal(currency, *(values[metric] for metric in METRICS)) for currency, values in found.items()
    )


def _unassigned(row: UsageImport) -> tuple[CostTotal, ...]:
    cubes = [
        lake() / path
        for (path,) in UsageFile.objects.filter(snapshot__usage_import=row, kind="cube").values_list("path")
    ]
    # Charge days may lie in any month (billing.md §2), so every ownership counts.
    return unassigned_totals(cubes, ownership_in(row.hierarchy_id, date.min, date.max))


def freshness_of(actor: Actor, unit: Unit) -> list[tuple[str, str, datetime, str]]:
    """Newest active month of each provider account: provider, billing account, when it was taken in, "2026-04"."""
    found = (
        visible_imports(actor)
        .filter(unit=unit, snapshots__is_active=True)
        .order_by("snapshots__provider", "snapshots__billing_account", "-snapshots__period")
        .distinct("snapshots__provider", "snapshots__billing_account")
        .values_list("snapshots__provider", "snapshots__billing_account", "finished_at", "snapshots__period")
    )
    return [(provider, account, at, f"{period:%Y-%m}") for provider, account, at, period in found if at]


def rejected_since_last_import(actor: Actor, unit: Unit) -> QuerySet[UsageImport]:
    """The files that were refused after the last one that became active."""
    imports = visible_imports(actor).filter(unit=unit)
    last = imports.filter(state__in=("active", "unchanged")).order_by("-id").values("id")[:1]
    return imports.filter(state="rejected", id__gt=Coalesce(Subquery(last), 0))


def pinned_files(hierarchy_id: int, period: date, kind: Literal["lines", "cube"]) -> list[PinnedFile]:
    """The active files of a hierarchy's month (its first day), in a stable order; for billing runs, as the
    system."""
    found = (
        UsageFile.objects.filter(
            snapshot__hierarchy_id=hierarchy_id, snapshot__period=period, snapshot__is_active=True, kind=kind
        )
        .select_related("snapshot__usage_import")
        .order_by("sha256", "id")
    )
    return [
        PinnedFile(
            lake() / file.path,
            file.sha256,
            file.snapshot.usage_import.public_id,
            file.snapshot.usage_import.name,
            file.snapshot.usage_import.source_sha256,
            file.snapshot.provider,
            file.snapshot.billing_account,
        )
        for file in found
    ]


def source_names(paths: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Name and hash of the source file behind each Parquet path (relative to the lake)."""
    found = UsageFile.objects.filter(path__in=paths).values_list(
        "path", "snapshot__usage_import__name", "snapshot__usage_import__source_sha256"
    )
    return {path: (name, sha256) for path, name, sha256 in found}
