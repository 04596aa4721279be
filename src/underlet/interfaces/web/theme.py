"""The style sheet of a brand: one colour in, a cacheable address out.

The address names the colour and the content, never a unit, so it tells nothing about who uses it and may be kept
for ever (interface.md §9).
"""

import hashlib
from functools import lru_cache

from django.http import HttpRequest

from underlet.branding.css import brand_css
from underlet.branding.queries import look_of_host
from underlet.interfaces.web.frame import Brand


@lru_cache(maxsize=256)
def style_sheet(color: str) -> tuple[str, str]:
    """The file name and the text of a colour's style sheet. color: "#rrggbb"."""
    text = brand_css(color)
    return f"{color.removeprefix('#')}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.css", text


def style_address(color: str) -> str:
    """Where the style sheet of a colour is served."""
    return f"/brand/{style_sheet(color)[0]}"


def host_of(request: HttpRequest) -> str:
    """The host that was asked, one of those that the installation answers to, without its port."""
    return request.get_host().rsplit(":", 1)[0].lower()


def brand_of_host(request: HttpRequest) -> Brand:
    """What a page wears before anybody is signed in: the brand that names this host, else the installation's."""
    look = look_of_host(host_of(request))

    def picture(sha256: str | None) -> str:
        return f"/brand/pictures/{sha256}.png" if sha256 else ""

    return Brand(
        look.product_name,
        picture(look.logo_1x),
        picture(look.logo_2x),
        picture(look.favicon),
        picture(look.favicon_180),
        style_address(look.color),
    )
