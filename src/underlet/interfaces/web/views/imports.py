"""Billing files: sending one, following it, what it held or why it was refused."""

from collections.abc import Iterator

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from underlet.foundation.uploads import receive
from underlet.interfaces.web import lists
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.jobs import followed
from underlet.interfaces.web.list_page import list_page
from underlet.interfaces.web.visit import Visit


@page("u/imports", tab="imports", uses=("import.list", "import.create"), writes=True, at_root=True)
def imports(visit: Visit) -> HttpResponseBase:
    """The files taken in, newest first; a form that sends another one (P20, P26)."""
    form = visit.form()
    if visit.is_posted:
        visit.require("import.create")  # before any byte is kept
        file = visit.request.FILES.get("upload")
        sent = receive(visit.actor, _chunks(file), file.name or "") if file else None
        outcome, form = visit.attempt(form, "import.create", visit.here, {"upload": str(sent.id)} if sent else {})
        if outcome is not None:
            return visit.to("usage_import", usage_import=outcome.body["id"])
    return list_page(visit, lists.IMPORTS, "pages/imports.html", _("Imports"), status=form.status, form=form)


def _chunks(file: "UploadedFile[bytes]") -> Iterator[bytes]:
    yield from file.chunks()


@page("u/imports/<str:usage_import>", tab="imports", uses=("import.show", "job.show"))
def usage_import(visit: Visit, usage_import: str) -> HttpResponse:
    """An import: progress, control totals, snapshots, refused records with the reason and what to do."""
    view = visit.ask("import.show", usage_import)
    return visit.page("pages/import.html", view.name, view=view, **followed(visit, view.job_id))
