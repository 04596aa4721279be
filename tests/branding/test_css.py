"""The style sheet of a brand (R95, R96)."""

import pytest

from underlet.branding.css import brand_css
from underlet.kernel.errors import InvalidInput
from underlet.kernel.palette import palette


def test_has_every_token_for_both_themes() -> None:
    sheet = brand_css("#b45309")
    for dark in (False, True):
        assert f"--brand-ink: {palette('#b45309', dark).brand_ink};" in sheet
    for name in ("brand", "on-brand", "brand-tint", "brand-soft", "brand-ink", "brand-fill", "on-fill"):
        assert sheet.count(f"--{name}: #") == 3


@pytest.mark.parametrize("color", ["red", "#12345", "#000000} body {display:none", ""])
def test_nothing_but_a_colour_enters(color: str) -> None:
    with pytest.raises(InvalidInput):
        brand_css(color)
