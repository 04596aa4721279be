"""Rendered documents in storage: kept by hash, made again when missing."""

from underlet.foundation import storage
from underlet.invoicing.documents.pdf import render_pdf
from underlet.invoicing.types import Snapshot


class DocumentDiffers(RuntimeError):
    """A rebuilt document is not the one that was sent: template, fonts or a library changed under it."""


def pdf_of(snapshot: Snapshot, sha256: str | None) -> bytes:
    """The PDF of a snapshot: the stored one if it is there, else rendered anew.

    sha256: of the document as first rendered, None if it never was. Raises DocumentDiffers when a rebuilt document
    has another hash (documents.md §2): better no document than another one.
    """
    if sha256 is None:
        return render_pdf(snapshot)
    try:
        return storage.get(sha256)
    except FileNotFoundError:
        content = render_pdf(snapshot)
    rebuilt, _ = storage.put([content])
    if rebuilt != sha256:
        raise DocumentDiffers(snapshot["identity"]["number"])
    return content
