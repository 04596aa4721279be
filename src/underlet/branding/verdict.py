"""What the palette does with a colour, for people who choose one: kept or adjusted, and how readable (R95)."""

from dataclasses import dataclass
from typing import Literal

from underlet.kernel.palette import GROUNDS, Palette, contrast, palette

Part = Literal["bar", "button", "link"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One use of the colour in one theme. color: as shown. is_own: the chosen colour itself.

    ink: the text on it, "" where it is itself the text. contrast: of that text, rounded down ("7.2").
    """

    part: Part
    dark: bool
    color: str
    ink: str
    is_own: bool
    contrast: str


def verdicts(color: str) -> tuple[Verdict, ...]:
    """Bar, buttons, links, each in the light and the dark theme. Raises InvalidInput for anything but a colour."""
    return tuple(verdict for dark in (False, True) for verdict in _of_theme(palette(color, dark), dark))


def _of_theme(made: Palette, dark: bool) -> tuple[Verdict, ...]:
    def verdict(part: Part, shown: str, ink: str, *grounds: str) -> Verdict:
        least = min(contrast(ink or shown, ground) for ground in grounds)
        return Verdict(part, dark, shown, ink, shown == made.brand, _said(least))

    return (
        verdict("bar", made.brand, made.on_brand, made.brand),
        verdict("button", made.brand_fill, made.on_fill, made.brand_fill),
        verdict("link", made.brand_ink, "", *GROUNDS[dark], made.brand_soft),
    )


def _said(ratio: float) -> str:
    return f"{int(ratio * 10) / 10:.1f}"
