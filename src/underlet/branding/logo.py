"""Uploaded logos made safe: sniffed by content, bounded, re-encoded; vector files stripped to harmless shapes.

What comes out is ours: no metadata, no script, no reference to anything outside (documents.md §12, trust.md §9,
S1).
"""

import io
import re
import warnings
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from PIL import Image, ImageOps, UnidentifiedImageError
from py_svg_hush import filter_svg

from underlet.branding.drawing import draw
from underlet.kernel.errors import FileRejected
from underlet.kernel.sentence import Sentence

MAX_BYTES = 512 * 1024
MAX_SIDE = 4_000
MAX_PIXELS = 25_000_000
MAX_ELEMENTS = 5_000
MAX_USES = 100
LOGO_BOX = (240, 48)
"""Width and height of a logo on a page, in CSS pixels, at most."""

_HINT = Sentence("Send a PNG, JPEG, WebP or SVG of at most 512 kB and 4,000 pixels per side.")
_RASTER = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_FORBIDDEN = frozenset(
    "script style image feimage foreignobject iframe embed object audio video a handler"
    " animate animatemotion animatetransform animatecolor set discard".split()
)
_OUTSIDE = re.compile(r"url\(\s*['\"]?\s*(?!['\"]?#)|@import|javascript:|expression\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Logo:
    """A safe logo: what documents print, and what pages and mails show (PNG, within LOGO_BOX, and twice that)."""

    content: bytes
    media_type: str
    png: bytes
    png_2x: bytes


@dataclass(frozen=True, slots=True)
class Favicon:
    """A safe favicon: square PNGs of 32 and 180 pixels."""

    png_32: bytes
    png_180: bytes


def clean_logo(content: bytes) -> Logo:
    """The logo as it may be shown and printed. Raises FileRejected, saying what is wrong, for anything else.

    content: as uploaded; its name and declared type count for nothing.
    """
    plain, media_type, picture = _clean(content)
    width, height = LOGO_BOX
    return Logo(plain, media_type, _within(picture, width, height), _within(picture, 2 * width, 2 * height))


def clean_favicon(content: bytes) -> Favicon:
    """The favicon as browsers show it, whatever its shape; refused like a logo."""
    _, _, picture = _clean(content)
    return Favicon(_squared(picture, 32), _squared(picture, 180))


def _clean(content: bytes) -> tuple[bytes, str, Image.Image]:
    """What may be kept, its type, and how it looks."""
    if not content:
        raise FileRejected("The file is empty.", hint=_HINT)
    if len(content) > MAX_BYTES:
        raise FileRejected(
            Sentence("The logo has {size} bytes; {limit} are allowed.", size=len(content), limit=MAX_BYTES),
            hint=_HINT,
        )
    if content.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff")) or (content[:4], content[8:12]) == (b"RIFF", b"WEBP"):
        return _clean_raster(content)
    if re.search(rb"<svg[\s>]", content[:4096]):
        return _clean_vector(content)
    raise FileRejected("This is not a PNG, JPEG, WebP or SVG image.", hint=_HINT)


def _clean_raster(content: bytes) -> tuple[bytes, str, Image.Image]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(_RASTER)) as image:
                form = str(image.format)
                _check_size(*image.size)
                image.load()
                plain = image.convert(_mode(form, image))
    except (UnidentifiedImageError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise FileRejected("The image is damaged or too large to open.", hint=_HINT) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise FileRejected("The image is damaged.", hint=_HINT) from error
    target = io.BytesIO()
    plain.save(
        target, form, **({"quality": 90} if form == "JPEG" else {"lossless": True} if form == "WEBP" else {})
    )
    return target.getvalue(), _RASTER[form], plain


def _within(picture: Image.Image, width: int, height: int) -> bytes:
    """The picture as PNG, in its own shape, as large as fits; never larger than it is."""
    shown = picture.copy()
    shown.thumbnail((width, height), Image.Resampling.LANCZOS)
    return _png(shown)


def _squared(picture: Image.Image, side: int) -> bytes:
    """The picture in the middle of a transparent square."""
    return _png(ImageOps.pad(picture.convert("RGBA"), (side, side), Image.Resampling.LANCZOS, (0, 0, 0, 0)))


def _png(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PNG", optimize=True)
    return target.getvalue()


def _mode(form: str, image: Image.Image) -> str:
    has_alpha = form != "JPEG" and ("A" in image.getbands() or "transparency" in image.info)
    return "RGBA" if has_alpha else "RGB"


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1 or max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise FileRejected(
            Sentence("The image has {width} × {height} pixels.", width=width, height=height), hint=_HINT
        )


def _clean_vector(content: bytes) -> tuple[bytes, str, Image.Image]:
    try:
        root = fromstring(content, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise FileRejected(
            "The SVG declares a document type or entities.", hint="Save it as plain SVG."
        ) from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise FileRejected(
            "The SVG is not well-formed.", hint="Save it again from your drawing program."
        ) from error
    if _name(root) != "svg":
        raise FileRejected("This is not an SVG image.", hint=_HINT)
    _check_elements(root)
    try:
        plain = filter_svg(content)
    except ValueError as error:
        raise FileRejected("The SVG could not be cleaned.", hint="Save it as plain SVG.") from error
    with Image.open(io.BytesIO(draw(plain)), formats=["PNG"]) as image:
        image.load()
        return plain, "image/svg+xml", image.convert("RGBA")


def _check_elements(root: Element) -> None:
    """Refuse what no logo needs and an attack does. Removing it would change the picture, so it is said."""
    elements = list(root.iter())
    if len(elements) > MAX_ELEMENTS:
        detail = Sentence(
            "The SVG has {count} elements; {limit} are allowed.", count=len(elements), limit=MAX_ELEMENTS
        )
        raise FileRejected(detail, hint=_HINT)
    if _multiplies(elements):
        raise FileRejected(
            "The SVG reuses shapes inside reused shapes.", hint="Expand its symbols and save again."
        )
    for element in elements:
        name = _name(element)
        if name in _FORBIDDEN:
            raise FileRejected(
                Sentence("The SVG contains <{name}>, which a logo may not.", name=name),
                hint="Save it as plain SVG.",
            )
        for attribute, value in element.attrib.items():
            short = attribute.rsplit("}", 1)[-1].lower()
            if short.startswith("on"):
                raise FileRejected("The SVG contains a script.", hint="Save it as plain SVG.")
            if (short in ("href", "src") and not value.strip().startswith("#")) or _OUTSIDE.search(value):
                raise FileRejected(
                    "The SVG refers to something outside itself.", hint="Embed everything as shapes."
                )


def _multiplies(elements: list[Element]) -> bool:
    """Whether a `use` could be used again, below an element with an id: ten levels of that are a bomb."""
    uses = sum(_name(one) == "use" for one in elements)
    return uses > MAX_USES or any(
        _name(below) == "use" for one in elements if one.get("id") for below in one.iter()
    )


def _name(element: Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1].lower()
