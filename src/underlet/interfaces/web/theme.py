"""The one style sheet and the one script of a page: made of files, served under the hash of their content.

A brand's style sheet is the design system and the tokens of its colour. Its address names the colour and the content,
never a unit, so it tells nothing about who uses it and may be kept for ever (interface.md §9, ADR-0023).
"""

import base64
import hashlib
import struct
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from django.contrib.staticfiles import finders
from django.http import HttpRequest

from underlet.branding.css import brand_css
from underlet.branding.queries import DEFAULT_COLOR, look_of_host
from underlet.foundation import storage
from underlet.interfaces.web.frame import Brand, Logo

SCRIPTS = ("django_htmx/htmx-2.min.js", "underlet/js/underlet.js", "underlet/js/tables.js")
"""Static files that every page runs, in order; none of them imports another."""
_DESIGN, _ICON = "underlet/css/underlet.css", "underlet/icon.svg"


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> str:
    return path.read_text(encoding="utf-8")


def _text(name: str) -> str:
    """The text of a static file, read again only when the file changed."""
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(name)
    path = Path(found)
    return _read(path, path.stat().st_mtime_ns)


def design() -> str:
    """The text of the design system's style sheet."""
    return _text(_DESIGN)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@lru_cache(maxsize=256)
def _sheet(color: str, design: str) -> tuple[str, str]:
    text = design + brand_css(color)
    return f"{color.removeprefix('#')}-{_digest(text)}.css", text


def icon() -> str:
    """The product's icon as an address of its own: too small to be worth a request."""
    return f"data:image/svg+xml,{quote(_text(_ICON))}"


@lru_cache(maxsize=256)
def _size(sha256: str) -> tuple[int, int]:
    """Width and height of a stored PNG, which stand in its first chunk."""
    width, height = struct.unpack(">II", storage.get(sha256)[16:24])
    return width, height


def logo(sha256: str | None, sha256_2x: str | None, address: Callable[[str], str]) -> Logo | None:
    """A brand's logo by the hashes of its pictures. address: of a picture with this hash."""
    if sha256 is None or sha256_2x is None:
        return None
    return Logo(address(sha256), address(sha256_2x), *_size(sha256))


@lru_cache(maxsize=256)
def favicon(sha256: str) -> str:
    """A brand's icon of browser tabs in the page itself: at most 4 kB, and one request less for each page."""
    return f"data:image/png;base64,{base64.b64encode(storage.get(sha256)).decode()}"


def style_sheet(color: str) -> tuple[str, str]:
    """The file name and the text of a colour's style sheet. color: "#rrggbb"."""
    return _sheet(color, design())


def style_address(color: str = DEFAULT_COLOR) -> str:
    """Where the style sheet of a colour is served."""
    return f"/brand/{style_sheet(color)[0]}"


@lru_cache(maxsize=4)
def _script(texts: tuple[str, ...]) -> tuple[str, str]:
    # A block of its own for each file: what one declares stays its own.
    text = "".join(
        f"{one}\n" if name == SCRIPTS[0] else f"{{\n{one}\n}}\n" for name, one in zip(SCRIPTS, texts, strict=True)
    )
    return f"{_digest(text)}.js", text


def script() -> tuple[str, str]:
    """The file name and the text of the script that every page runs."""
    return _script(tuple(_text(name) for name in SCRIPTS))


def script_address() -> str:
    """Where that script is served."""
    return f"/script/{script()[0]}"


def host_of(request: HttpRequest) -> str:
    """The host that was asked, one of those that the installation answers to, without its port."""
    return request.get_host().rsplit(":", 1)[0].lower()


def brand_of_host(request: HttpRequest) -> Brand:
    """What a page wears before anybody is signed in: the brand that names this host, else the installation's."""
    look = look_of_host(host_of(request))

    def picture(sha256: str) -> str:
        return f"/brand/pictures/{sha256}.png"

    return Brand(
        look.product_name,
        logo(look.logo_1x, look.logo_2x, picture),
        favicon(look.favicon) if look.favicon else "",
        picture(look.favicon_180) if look.favicon_180 else "",
        style_address(look.color),
    )
