"""The palette of a brand: contrasts of every token, what stays as given, what is refused (R94–R96)."""

from dataclasses import astuple
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underlet.kernel.errors import InvalidInput
from underlet.kernel.palette import GROUNDS, contrast, palette

TEXTS = {False: ("#111a2b", "#566278"), True: ("#e8edf5", "#9dabc0")}
"""Body and muted text of the style sheet, by dark."""

AWKWARD = (
    "#000000", "#ffffff", "#010101", "#fefefe", "#808080", "#777777", "#ff0000", "#00ff00", "#0000ff",
    "#ffff00", "#00ffff", "#ff00ff", "#0f766e", "#3552c8", "#7f7f00", "#757575", "#111827", "#767676",
)  # fmt: skip


def faults(brand: str, dark: bool) -> list[str]:
    """Promises of documents.md §12 that the palette of this colour breaks."""
    made = palette(brand, dark)
    grounds = GROUNDS[dark]
    wanted = [
        ("on_brand on brand", made.on_brand, made.brand, 4.5),
        ("on_brand on brand_tint", made.on_brand, made.brand_tint, 4.5),
        ("on_fill on brand_fill", made.on_fill, made.brand_fill, 4.5),
        *(("brand_ink", made.brand_ink, ground, 4.6) for ground in (*grounds, made.brand_soft)),
        *(("brand_fill", made.brand_fill, ground, 3.0) for ground in grounds),
        *(("text on brand_soft", text, made.brand_soft, 4.5) for text in TEXTS[dark]),
    ]
    found = [
        f"{brand} {'dark' if dark else 'light'}: {name} {contrast(color, ground):.3f}"
        for name, color, ground, ratio in wanted
        if contrast(color, ground) < ratio
    ]
    if made.brand != brand:
        found.append(f"{brand}: the bar does not keep the colour")
    if contrast(made.brand_tint, made.brand) < 1.05:
        found.append(f"{brand}: the tint cannot be seen")
    return found


def faults_of(seed: int, colors: int) -> list[str]:
    """Faults of so many random colours in both themes."""
    random = Random(seed)
    brands = (f"#{random.randrange(1 << 24):06x}" for _ in range(colors))
    return [fault for brand in brands for dark in (False, True) for fault in faults(brand, dark)]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("brand", AWKWARD)
def test_awkward_colors(brand: str, dark: bool) -> None:
    """R94: black, white, greys at the border of 4.5:1 and pure colours break no promise."""
    assert faults(brand, dark) == []


def test_random_colors() -> None:
    """R94: 2,000 random colours, light and dark: 0 texts below 4.5:1, 0 shapes below 3:1."""
    assert faults_of(94, 2_000) == []


@pytest.mark.deep
def test_many_random_colors() -> None:
    """R94: the same for 20,000."""
    assert faults_of(95, 20_000) == []


@given(st.from_regex(r"#[0-9a-fA-F]{6}", fullmatch=True))
def test_tokens_are_colors(brand: str) -> None:
    """Every token is `#rrggbb` in lower case, whatever the case of the input; the palette is a pure function."""
    tokens = astuple(palette(brand, False))
    assert tokens == astuple(palette(brand.lower(), False))
    assert all(len(token) == 7 and int(token[1:], 16) >= 0 and token == token.lower() for token in tokens)


def test_contrast_is_that_of_wcag() -> None:
    """Known pairs: black on white 21:1, #767676 on white 4.54:1, itself 1:1; the order does not matter."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.005)
    assert contrast("#767676", "#ffffff") == contrast("#ffffff", "#767676")
    assert contrast("#123456", "#123456") == 1


def test_a_good_color_stays() -> None:
    """A brand that is readable as it is keeps its colour in ink and fill."""
    made = palette("#0F766E", False)
    assert (made.brand, made.brand_ink, made.brand_fill, made.on_brand) == ("#0f766e",) * 3 + ("#ffffff",)


@pytest.mark.parametrize("text", ["", "0f766e", "#0f7", "#0f766g", "#0f766e\n", " #0f766e", "red", "#0f766e00"])
def test_other_text_is_refused(text: str) -> None:
    """Only six hex digits are a colour."""
    with pytest.raises(InvalidInput):
        palette(text, False)
