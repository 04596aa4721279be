"""Small drawn logos of the cast's brands: one mark each on a square of the brand's colour, as SVG text."""

_MARKS = {
    "fjord": "M8 44 L24 18 L33 32 L39 24 L56 44 Z M8 50 H56 V54 H8 Z",
    "birch": "M30 10 H34 V54 H30 Z M34 20 L50 12 V26 L34 32 Z M30 30 L14 22 V36 L30 42 Z",
    "alder": "M32 10 C48 18 48 36 32 46 C16 36 16 18 32 10 Z M30 44 H34 V56 H30 Z",
    "cedar": "M32 8 L44 24 H38 L50 40 H36 V56 H28 V40 H14 L26 24 H20 Z",
    "harbor": "M12 26 L32 12 L52 26 V30 H12 Z M16 34 H22 V48 H16 Z M29 34 H35 V48 H29 Z M42 34 H48 V48 H42 Z",
}


def logo(name: str, color: str) -> bytes:
    """The logo of one of the cast's brands. color: "#rrggbb"."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">'
        f'<rect width="64" height="64" rx="14" fill="{color}"/><path fill="#ffffff" d="{_MARKS[name]}"/></svg>'
    ).encode()
