"""Hostile logos are refused with a typed answer, honest ones come out clean (S1, R95; trust.md §9)."""

import io
import struct
import zlib

import pytest
from PIL import Image

from underlet.branding.logo import MAX_BYTES, clean_logo
from underlet.kernel.errors import FileRejected
from underlet.project.demo.logos import logo as demo_logo

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' width="9" height="9">{}</svg>'
)

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "handler": '<rect width="9" height="9" onload="alert(1)"/>',
    "style": "<style>@import url(https://evil.example/x.css);</style>",
    "remote image": '<image href="https://evil.example/x.png" width="9" height="9"/>',
    "local image": '<image xlink:href="/etc/passwd" width="9" height="9"/>',
    "external use": '<use href="https://evil.example/x.svg#a"/>',
    "remote fill": '<rect width="9" height="9" fill="url(https://evil.example/x#a)"/>',
    "style import": '<rect width="9" height="9" style="fill:url(//evil.example)"/>',
    "foreign object": '<foreignObject width="9" height="9"><p>hi</p></foreignObject>',
    "animation": '<rect width="9" height="9"><animate attributeName="x" to="9"/></rect>',
    "set": '<rect width="9" height="9"><set attributeName="onload" to="alert(1)"/></rect>',
    "link": '<a href="javascript:alert(1)"><rect width="9" height="9"/></a>',
    "use bomb": '<g id="a"><rect/></g><g id="b"><use href="#a"/><use href="#a"/></g><use href="#b"/>',
    "too many elements": "<g/>" * 6_000,
}


def svg(body: str) -> bytes:
    """A small drawing with this inside."""
    return _SVG.format(body).encode()


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_hostile_vector_is_refused(body: str) -> None:
    """S1: nothing that runs, loads or multiplies."""
    with pytest.raises(FileRejected) as refused:
        clean_logo(svg(body))
    assert refused.value.detail


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>',
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>',
        b'<!DOCTYPE svg SYSTEM "https://evil.example/x.dtd"><svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<svg xmlns="http://www.w3.org/2000/svg"><g>',
        b"<html><svg xmlns='http://www.w3.org/2000/svg'/></html>",
        b"<!doctype html><html><script>alert(1)</script></html>",
        b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script></html>",
        b"RIFF1234WEBPVP8 garbage",
        b"\xff\xd8\xff\xe0garbage",
        b"GIF89a",
        b"%PDF-1.7",
        b"",
    ],
)  # fmt: skip
def test_what_is_no_image_is_refused(content: bytes) -> None:
    """S1: entity bombs, HTML named .png, damaged files: a typed answer, never a traceback."""
    with pytest.raises(FileRejected):
        clean_logo(content)


def huge_png(side: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [4_001, 10_000, 30_000])
def test_pixel_bomb_is_refused_unopened(side: int) -> None:
    """S1: a 900-megapixel PNG of a few hundred bytes."""
    with pytest.raises(FileRejected):
        clean_logo(huge_png(side))


def test_size_is_bounded() -> None:
    with pytest.raises(FileRejected, match="bytes"):
        clean_logo(b"\x89PNG\r\n" + b"\0" * MAX_BYTES)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_raster_is_encoded_anew(form: str) -> None:
    """R95; metadata and whatever is appended do not survive."""
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (40, 20), "#0f766e").save(target, form, exif=exif)
    cleaned = clean_logo(target.getvalue() + b"<script>alert(1)</script>")
    assert cleaned.media_type == f"image/{form.lower()}"
    assert b"secret" not in cleaned.content
    assert b"script" not in cleaned.content
    assert Image.open(io.BytesIO(cleaned.content)).size == (40, 20)


def test_plain_vector_stays_vector() -> None:
    """R95: the demo's own logos pass, and cleaning twice changes nothing."""
    once = clean_logo(demo_logo("birch", "#0f766e"))
    assert once.media_type == "image/svg+xml"
    assert b"<path" in once.content
    assert clean_logo(once.content) == once
