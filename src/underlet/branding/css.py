"""A unit's colour as style sheet: the tokens of its palette, for light and dark."""

from dataclasses import asdict

from underlet.kernel.palette import palette


def brand_css(color: str) -> str:
    """The style sheet of a brand colour "#rrggbb" (R95): custom properties `--brand`, `--on-brand` and so on.

    A pure function, so that it can be served under the hash of its colour and cached for good. The theme follows
    the page's `data-theme` if it is set, else the reader's system. Raises InvalidInput for anything but a
    colour.
    """
    light, dark = _tokens(color, dark=False), _tokens(color, dark=True)
    return (
        f":root {{ {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{ {dark} }} }}\n"
        f":root[data-theme=dark] {{ {dark} }}\n"
    )


def _tokens(color: str, *, dark: bool) -> str:
    named = asdict(palette(color, dark)).items()
    return " ".join(f"--{name.replace('_', '-')}: {value};" for name, value in named)
