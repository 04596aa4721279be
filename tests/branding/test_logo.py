"""Hostile logos are refused with a typed answer, honest ones come out clean (S1, R95; trust.md §9)."""

import io
import struct
import zlib

import pytest
from PIL import Image

from underlet.branding import drawing
from underlet.branding.logo import MAX_BYTES, clean_favicon, clean_logo
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


HOSTILE_FILES = (
    svg(HOSTILE["script"]),
    svg(HOSTILE["external use"]),
    svg(HOSTILE["use bomb"]),
    b'<!DOCTYPE svg [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>',
    huge_png(30_000),
    b"<!doctype html><script>alert(1)</script>",
)
"""Script, external reference, shape bomb, entity bomb, 900 megapixels, HTML named .png: for every interface."""


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


def _wide(width: int, height: int) -> bytes:
    """A red drawing of this shape."""
    shape = f'<rect width="{width}" height="{height}" fill="#ff0000"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{shape}</svg>'.encode()


def test_a_drawing_becomes_pictures() -> None:
    """documents.md §12: PNG of the logo's own shape, once and twice the size; the sanitised drawing for documents."""
    wide = _wide(400, 40)
    cleaned = clean_logo(wide)
    assert cleaned.media_type == "image/svg+xml"
    sizes = []
    for content in (cleaned.png, cleaned.png_2x):
        with Image.open(io.BytesIO(content)) as image:
            sizes.append(image.size)
            assert image.convert("RGB").getpixel((image.width // 2, image.height // 2)) == (255, 0, 0)
    assert sizes == [(240, 24), (480, 48)]


def test_a_favicon_is_square_and_transparent_around() -> None:
    wide = _wide(40, 10)
    icon = clean_favicon(wide)
    for content, side in ((icon.png_32, 32), (icon.png_180, 180)):
        with Image.open(io.BytesIO(content)) as image:
            assert (image.format, image.size, image.mode) == ("PNG", (side, side), "RGBA")
            assert image.getpixel((side // 2, side // 2)) == (255, 0, 0, 255)
            assert image.getpixel((side // 2, 1)) == (0, 0, 0, 0)


def test_a_picture_is_never_enlarged() -> None:
    target = io.BytesIO()
    Image.new("RGB", (10, 8), "red").save(target, "PNG")
    with Image.open(io.BytesIO(clean_logo(target.getvalue()).png_2x)) as image:
        assert image.size == (10, 8)


@pytest.mark.parametrize("limit", ["MEMORY_BYTES = 1 << 20", "CPU_SECONDS = 0"])
def test_drawing_ends_at_its_limits(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    """S1: the child ends, the parent answers with words; without the change it draws."""
    for change, is_drawn in (("pass", True), (f"d.{limit}", False)):
        source = f"import underlet.branding.drawing as d; {change}; d.main()"
        monkeypatch.setattr(drawing, "_COMMAND", ("-c", source))
        if is_drawn:
            assert drawing.draw(_wide(4, 4)).startswith(b"\x89PNG")
        else:
            with pytest.raises(FileRejected, match="cannot be printed"):
                drawing.draw(_wide(4, 4))


def test_drawing_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "SECONDS", 0.01)
    with pytest.raises(FileRejected, match="too long"):
        drawing.draw(_wide(4, 4))
