"""The text font of documents, and which characters it can print.

A missing glyph makes PDF/A fail, so that one odd name could stop a billing run; names are therefore filtered by
the font's own character map (documents.md §3). Fonts come from a pinned package, never from the machine.
"""

import atexit
import hashlib
import shutil
import struct
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

import font_source_sans_pro
import typst

FAMILY = "Source Sans Pro"
_FACES = ("Regular", "It", "Semibold", "Bold")


def _files() -> list[Path]:
    folder = Path(font_source_sans_pro.__file__).parent / "files"
    return [folder / f"SourceSansPro-{face}.ttf" for face in _FACES]


@cache
def font_set_hash() -> str:
    """SHA-256 over the font files and the compiler's version, whose own fonts serve as fallback."""
    digest = hashlib.sha256(f"typst {version('typst')}".encode())
    for path in _files():
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def fonts() -> typst.Fonts:
    """The loaded fonts of this process: ours, then those inside the compiler (Hebrew, simple Arabic); no others.

    The package holds every face twice, as OTF and TTF; only the TTF ones that documents use are shown to Typst.
    """
    folder = tempfile.mkdtemp(prefix="underlet-fonts-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for path in _files():
        shutil.copyfile(path, Path(folder) / path.name)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder])


@cache
def covered() -> frozenset[int]:
    """Code points that every face of the text font has a glyph for."""
    return frozenset.intersection(*(frozenset(_character_map(path.read_bytes())) for path in _files()))


def _character_map(font: bytes) -> Iterator[int]:
    """Code points of a TrueType font's Unicode `cmap` (format 12, else format 4)."""
    (count,) = struct.unpack_from(">H", font, 4)
    tables = {font[at : at + 4]: at for at in range(12, 12 + 16 * count, 16)}
    (start,) = struct.unpack_from(">I", font, tables[b"cmap"] + 8)
    (count,) = struct.unpack_from(">H", font, start + 2)
    offsets = {start + struct.unpack_from(">I", font, start + 4 + 8 * index + 4)[0] for index in range(count)}
    by_format = {struct.unpack_from(">H", font, at)[0]: at for at in offsets}
    yield from _format_12(font, by_format[12]) if 12 in by_format else _format_4(font, by_format[4])


def _format_12(font: bytes, at: int) -> Iterator[int]:
    (groups,) = struct.unpack_from(">I", font, at + 12)
    for index in range(groups):
        first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * index)
        yield from range(first, last + 1)


def _format_4(font: bytes, at: int) -> Iterator[int]:
    (doubled,) = struct.unpack_from(">H", font, at + 6)
    segments = doubled // 2
    ends = struct.unpack_from(f">{segments}H", font, at + 14)
    starts = struct.unpack_from(f">{segments}H", font, at + 16 + doubled)
    for first, last in zip(starts, ends, strict=True):
        yield from range(first, min(last, 0xFFFE) + 1)
