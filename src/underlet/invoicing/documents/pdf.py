"""Snapshot in, PDF out: the same bytes on every machine with the same template, fonts and libraries.

Typst compiles one template that we wrote; data reach it as JSON and stay literal, whatever they contain. Nothing
is ever formatted into Typst source (documents.md §3).
"""

import io
import json
import logging
import tempfile
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import typst

from underlet.foundation import storage
from underlet.invoicing.documents.fonts import fonts
from underlet.invoicing.documents.layout import layout
from underlet.invoicing.documents.plain import on_texts, only_covered, printable
from underlet.invoicing.types import Snapshot

log = logging.getLogger(__name__)

_PANIC = "PanicException"  # of the compiler's Rust code on odd scripts; it derives from BaseException
_SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/svg+xml": "svg"}


@cache
def _template() -> bytes:
    return (files(__package__) / "invoice.typ").read_bytes()


def render_pdf(snapshot: Snapshot) -> bytes:
    """The invoice as a tagged PDF/A-3a and PDF/UA-1, in the seller's colours and the buyer's language.

    The logo is read from storage by the hash in the snapshot; nothing else is. Raises RuntimeError if Typst
    fails on the second try too, FileNotFoundError when the logo is gone.
    """
    return _compact(_print(snapshot, "pdf"))


def render_png(snapshot: Snapshot) -> bytes:
    """The first page of the same invoice as PNG at 96 pixels per inch, for previews; refused like a PDF."""
    return _print(snapshot, "png")


def _print(snapshot: Snapshot, form: Literal["pdf", "png"]) -> bytes:
    issued_on = datetime.fromisoformat(snapshot["dates"]["issued_on"]).replace(tzinfo=UTC)
    data = on_texts(layout(snapshot), printable)
    sha256 = snapshot["form"]["logo_sha256"]
    logo = storage.get(sha256) if sha256 else b""
    suffix = _SUFFIXES.get(snapshot["form"]["logo_media_type"] or "", "")
    try:
        return _compile(data, logo, suffix, issued_on, form)
    except BaseException as error:
        if not isinstance(error, typst.TypstError) and type(error).__name__ != _PANIC:
            raise
        log.warning("invoice %s: %s; printing it with the text font alone", snapshot["identity"]["number"], error)
        return _compile(on_texts(data, only_covered), logo, suffix, issued_on, form)


def _compile(
    data: dict[str, Any], logo: bytes, suffix: str, created: datetime, form: Literal["pdf", "png"]
) -> bytes:
    with tempfile.TemporaryDirectory(prefix="underlet-pdf-") as folder:
        shown = dict(data, logo="")
        if logo and suffix:
            (Path(folder) / f"logo.{suffix}").write_bytes(logo)
            shown["logo"] = f"/logo.{suffix}"
        compiler = typst.Compiler(
            _template(),
            root=folder,
            font_paths=fonts(),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(shown, ensure_ascii=False)},
        )
        if form == "pdf":
            compiled = compiler.compile(format="pdf", pdf_standards=["a-3a", "ua-1"], timestamp=created)
        else:
            compiled = compiler.compile(format="png", ppi=96)
    if isinstance(compiled, list):
        compiled = compiled[0]  # of a picture of several pages, the first
    if not isinstance(compiled, bytes):
        raise TypeError("Typst answered no single document")
    return compiled


def _compact(content: bytes) -> bytes:
    """The same document in a third of the size, with an id made from its content."""
    target = io.BytesIO()
    import pikepdf  # slow to load, and needed by few commands

    with pikepdf.open(io.BytesIO(content)) as document:
        document.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return target.getvalue()
