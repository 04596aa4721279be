"""One brand colour, made readable everywhere: an accessible palette for light and dark.

Pages, mail and documents take their brand colours from here and from nowhere else. The bar keeps the brand
colour as it is; the other tokens keep hue and chroma and move lightness (in OKLCH) until their contrast by
WCAG 2.2 holds, so no brand is ever refused. Floating point is fine here: it is colour, not money.
Source: documents.md §12 (R94–R96).
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from underlet.kernel.errors import InvalidInput
from underlet.kernel.sentence import Sentence

TEXT_CONTRAST = 4.5
INK_CONTRAST = 4.6
"""A little above 4.5, so that a browser's own rounding of colours never falls below it."""
SHAPE_CONTRAST = 3.0

GROUNDS = {
    False: ("#f6f8fb", "#ffffff", "#f2f5f9", "#f4f6fa"),
    True: ("#0d1320", "#151d2d", "#1b2538", "#111827", "#1a2436"),
}
"""What brand ink and fills stand on, by dark: page, surface, then raised, sunken and hovered surfaces."""

_INKS = ("#ffffff", "#111827", "#000000")  # without pure black 3.4 % of all colours find none
_SOFT_LIGHTNESS = {False: 0.966, True: 0.29}
_SOFT_CHROMA = {False: 0.02, True: 0.055}
_TINT_STEP = 0.07
_TINT_CONTRAST = 1.1  # to be seen at all beside the brand colour

_HEX = re.compile(r"\A#[0-9a-fA-F]{6}\Z")


@dataclass(frozen=True, slots=True)
class Palette:
    """The brand tokens of one theme, each an opaque colour `#rrggbb`.

    brand: the colour as given. on_brand: text on brand and on brand_tint. brand_tint: a hovered or current entry
    on the bar. brand_soft: a quiet ground. brand_ink: text and lines on page, surface and brand_soft.
    brand_fill: buttons and bars. on_fill: text on brand_fill.
    """

    brand: str
    on_brand: str
    brand_tint: str
    brand_soft: str
    brand_ink: str
    brand_fill: str
    on_fill: str


def palette(brand: str, dark: bool) -> Palette:
    """The palette of a brand colour `#rrggbb` in the light or dark theme. Raises InvalidInput for other text.

    Guarantees (WCAG 2.2): on_brand on brand and brand_tint, and on_fill on brand_fill, at least 4.5:1; brand_ink
    on every ground of the theme and on brand_soft at least 4.6:1; brand_fill on every ground at least 3:1.
    """
    if not _HEX.match(brand):
        raise InvalidInput(
            Sentence("“{text}” is not a colour.", text=brand), hint="Write it as six hex digits: #0f766e."
        )
    brand = brand.lower()
    lightness, chroma, hue = _to_oklch(brand)
    on_brand = _readable_on(brand)
    soft = _to_hex(_SOFT_LIGHTNESS[dark], min(chroma, _SOFT_CHROMA[dark]), hue)
    grounds = GROUNDS[dark]

    def moved(ratio: float, beside: Sequence[str]) -> str:
        """The brand colour, lighter or darker by as little as the contrast needs."""

        def holds(color: str) -> bool:
            return all(contrast(color, ground) >= ratio for ground in beside)

        return brand if holds(brand) else _move(lightness, chroma, hue, 1.0 if dark else 0.0, holds)

    fill = moved(SHAPE_CONTRAST, grounds)
    return Palette(
        brand=brand,
        on_brand=on_brand,
        brand_tint=_tint(brand, on_brand, lightness, chroma, hue),
        brand_soft=soft,
        brand_ink=moved(INK_CONTRAST, (*grounds, soft)),
        brand_fill=fill,
        on_fill=_readable_on(fill),
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours `#rrggbb`, 1 to 21, by WCAG 2.2."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _readable_on(color: str) -> str:
    return next(ink for ink in _INKS if contrast(ink, color) >= TEXT_CONTRAST)


def _tint(brand: str, on_brand: str, lightness: float, chroma: float, hue: float) -> str:
    """The smallest visible step away from the brand colour: away from its text, or towards it without room."""
    away = -_TINT_STEP if on_brand == _INKS[0] else _TINT_STEP
    for step in (away, -away, 2 * away, -2 * away, 3 * away, -3 * away):
        if 0 <= lightness + step <= 1:
            color = _to_hex(lightness + step, chroma, hue)
            if contrast(color, on_brand) >= TEXT_CONTRAST and contrast(color, brand) >= _TINT_CONTRAST:
                return color
    return brand


def _move(lightness: float, chroma: float, hue: float, end: float, holds: Callable[[str], bool]) -> str:
    """The colour nearest to the given lightness, on the way to `end` (0 or 1), for which `holds` is true.

    Black and white hold every contrast that is asked here, so the end always does.
    """
    near, far = lightness, end
    for _ in range(9):  # 1/512 of the way, finer than a step of 8-bit colour
        middle = (near + far) / 2
        if holds(_to_hex(middle, chroma, hue)):
            far = middle
        else:
            near = middle
    return _to_hex(far, chroma, hue)


def _channels(color: str) -> tuple[float, float, float]:
    """The linear-light red, green and blue of a colour, 0 to 1 (sRGB, IEC 61966-2-1)."""
    red, green, blue = (_LINEAR[int(color[at : at + 2], 16)] for at in (1, 3, 5))
    return red, green, blue


_LINEAR = tuple(
    value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
    for value in (step / 255 for step in range(256))
)


def _luminance(color: str) -> float:
    red, green, blue = _channels(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_oklch(color: str) -> tuple[float, float, float]:
    """Lightness 0 to 1, chroma, hue in radians, by Ottosson's OKLab."""
    red, green, blue = _channels(color)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _to_linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _to_hex(lightness: float, chroma: float, hue: float) -> str:
    """The sRGB colour of this lightness and hue, with as much of the chroma as sRGB can show."""
    low, high = 0.0, chroma
    if not _in_gamut(_to_linear(lightness, chroma, hue)):
        for _ in range(12):
            middle = (low + high) / 2
            if _in_gamut(_to_linear(lightness, middle, hue)):
                low = middle
            else:
                high = middle
        chroma = low
    return "#" + "".join(f"{_to_byte(value):02x}" for value in _to_linear(lightness, chroma, hue))


def _in_gamut(linear: Sequence[float]) -> bool:
    return all(-1e-4 <= value <= 1 + 1e-4 for value in linear)


def _to_byte(linear: float) -> int:
    value = min(max(linear, 0.0), 1.0)
    return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))
