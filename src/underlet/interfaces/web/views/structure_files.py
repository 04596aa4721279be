"""A whole structure as a file: export, template, import with a dry run first."""

from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from underlet.contracts.structure_types import StructureImportView
from underlet.foundation.uploads import receive
from underlet.interfaces.web.answers import file_answer
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.frame import Link
from underlet.interfaces.web.jobs import pace
from underlet.interfaces.web.visit import Visit
from underlet.kernel.errors import NotFound

_SHOWN = 50


@page("u/structure/export", tab="structure", uses=("structure.export",))
def structure_export(visit: Visit) -> HttpResponseBase:
    """Everything below the context unit as a file; `format` is csv or xlsx."""
    return file_answer(visit.ask("structure.export", visit.here, _asked(visit, "format", "state")))


@page("structure-template", uses=("structure.template",))
def structure_template(visit: Visit) -> HttpResponseBase:
    """A file to fill in."""
    return file_answer(visit.ask("structure.template", None, _asked(visit, "format")))


def _asked(visit: Visit, *names: str) -> dict[str, str]:
    return {name: visit.request.GET[name] for name in names if visit.request.GET.get(name)}


@page("u/structure/import", tab="structure", uses=("structure.check", "structure.template"), writes=True)
def structure_import_new(visit: Visit) -> HttpResponse:
    """Send a file of units; it is tried first, and nothing changes before that is confirmed (R3, R12)."""
    if visit.unit.kind != "organization":
        raise NotFound()
    form = visit.form()
    if visit.is_posted:
        visit.require("structure.check")  # before any byte is kept
        file = visit.request.FILES.get("upload")
        sent = receive(visit.actor, _chunks(file), file.name or "") if file else None
        outcome, form = visit.attempt(
            form, "structure.check", visit.here, {"upload": str(sent.id)} if sent else {}
        )
        if outcome is not None:
            return visit.to("structure_import", structure_import=outcome.body["id"])
    return visit.page("pages/structure_import_new.html", _("Import structure"), status=form.status, form=form)


def _chunks(file: "UploadedFile[bytes]") -> Iterator[bytes]:
    yield from file.chunks()


@page(
    "u/structure/import/<str:structure_import>", tab="structure",
    uses=("structure_import.show", "structure_import.findings", "structure.import", "job.show"), writes=True,
)  # fmt: skip
def structure_import(visit: Visit, structure_import: str) -> HttpResponse:
    """What a file would do, or did: progress, problems line by line, counts; and the button that does it (R10)."""
    view: StructureImportView = visit.ask("structure_import.show", structure_import)
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "structure.import", str(view.unit_id), {"upload": str(view.upload)})
        if outcome is not None:
            return visit.to("structure_import", structure_import=outcome.body["id"])
    found = visit.ask(
        "structure_import.findings", structure_import,
        {"limit": _SHOWN, **_asked(visit, "kind", "after")},
    )  # fmt: skip
    again = visit.address("structure_import_new", unit=view.unit_id)
    return visit.page(
        "pages/structure_import.html", view.name, status=form.status, form=form, view=view, found=found,
        again=again, way=(Link(_("Import structure"), again),), **_job(visit, view),
    )  # fmt: skip


def _job(visit: Visit, view: StructureImportView) -> dict[str, Any]:
    """The job of an import that is not settled: how far it is, or why it stopped."""
    if view.state != "received" or view.job_id is None:
        return {}
    job = visit.ask("job.show", str(view.job_id))
    return {"job": job, "every": pace(job)}
