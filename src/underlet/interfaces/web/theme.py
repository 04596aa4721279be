"""The style sheet of a brand: one colour in, a cacheable address out.

The address names the colour and the content, never a unit, so it tells nothing about who uses it and may be kept
for ever (interface.md §9).
"""

import hashlib
from functools import lru_cache

from underlet.branding.css import brand_css


@lru_cache(maxsize=256)
def style_sheet(color: str) -> tuple[str, str]:
    """The file name and the text of a colour's style sheet. color: "#rrggbb"."""
    text = brand_css(color)
    return f"{color.removeprefix('#')}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.css", text


def style_address(color: str) -> str:
    """Where the style sheet of a colour is served."""
    return f"/brand/{style_sheet(color)[0]}"
