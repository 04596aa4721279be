"""The style page: every component of the design system in its states, each with the template that makes it.

It is in every installation and open to everybody: all it shows is invented, it reads no database and no session. It
is for people who write pages, so it speaks English only.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils import translation
from django.views.decorators.http import require_safe

from underlet.branding.queries import DEFAULT_COLOR
from underlet.interfaces.web.answers import wants_fragment, wants_part
from underlet.interfaces.web.charts import Series, shares, stacked_bars
from underlet.interfaces.web.forms import Field, Form
from underlet.interfaces.web.parts import Figure
from underlet.interfaces.web.samples import UNITS, sample_file, sample_list
from underlet.interfaces.web.tables import REGION
from underlet.interfaces.web.theme import design, style_address
from underlet.kernel.palette import contrast, palette

SECTIONS = (
    ("colours", "Colours"), ("type", "Type"), ("buttons", "Buttons"), ("fields", "Fields"),
    ("picker", "Unit picker"), ("ranges", "Ranges of days"), ("dialogs", "Dialogs"), ("cards", "Cards and figures"),
    ("tables", "Tables"), ("lists", "Lists"), ("badges", "Badges"), ("messages", "Messages and toasts"),
    ("empty", "Empty states"), ("jobs", "Progress"), ("charts", "Charts"),
)  # fmt: skip
"""Template below styleguide/ and heading, in order."""
THEMES = ("auto", "light", "dark")
COLORS = (("default", DEFAULT_COLOR), ("yellow", "#ffd400"), ("green", "#0f766e"), ("black", "#000000"))
_TOKEN = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);")
_PAIRS = (
    ("text", "surface", 4.5), ("text", "page", 4.5), ("text", "sunken", 4.5), ("muted", "surface", 4.5),
    ("muted", "page", 4.5), ("muted", "sunken", 4.5), ("line-strong", "surface", 3), ("good", "good-soft", 4.5),
    ("warn", "warn-soft", 4.5), ("bad", "bad-soft", 4.5), ("bad", "surface", 4.5), ("info", "info-soft", 4.5),
    ("on-brand", "brand", 4.5), ("on-brand", "brand-tint", 4.5), ("brand-ink", "surface", 4.5),
    ("brand-ink", "brand-soft", 4.5), ("on-fill", "brand-fill", 4.5), ("brand-fill", "surface", 3),
    ("c0", "surface", 3), ("c1", "surface", 3), ("c2", "surface", 3), ("c3", "surface", 3), ("c4", "surface", 3),
    ("c5", "surface", 3),
)  # fmt: skip
"""Colour, what it stands on, and the contrast that WCAG 2.2 asks for: 4.5 for text, 3 for shapes (interface.md §9)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A colour on another. light, dark: each two values "#rrggbb" and their contrast."""

    name: str
    ground: str
    needed: float
    light: tuple[str, str, float]
    dark: tuple[str, str, float]


def pairs(color: str) -> Iterator[Pair]:
    """The contrasts of the style sheet's own colours and of a brand's, in light and dark."""
    own = {name: (light, dark) for name, light, dark in _TOKEN.findall(design())}
    of_brand = zip(asdict(palette(color, False)).items(), asdict(palette(color, True)).values(), strict=True)
    known = own | {name.replace("_", "-"): (light, dark) for (name, light), dark in of_brand}
    for name, ground, needed in _PAIRS:
        light, dark = zip(known[name], known[ground], strict=True)
        yield Pair(name, ground, needed, (*light, contrast(*light)), (*dark, contrast(*dark)))


def _samples() -> dict[str, Any]:
    months = ("May", "Jun", "Jul", "Aug", "Sep", "Oct")
    bought = tuple(Decimal(n) for n in (8120, 8430, 9010, 8840, 9600, 10250))
    margin = tuple(Decimal(n) for n in (1210, 1260, -340, 1330, 1440, 1540))
    form = Form(
        {"name": "Birch", "kind": "customer", "starts_on": "2026-04-01", "ends_on": "", "price": "1234.50",
         "percent": "12.5", "note": "Pays at the end of the month", "draft": "true", "color": "#3552c8", "code": "B?"},
        {"code": "Use letters, digits and hyphens.", "refused_price": "Write a number, for example 12.50."},
    )  # fmt: skip
    return {
        "bars": stacked_bars("Six months", "EUR", months, (Series("Bought", bought), Series("Margin", margin)),
                             provisional=frozenset({5})),
        "shares": shares("Buyers", "EUR", ("Cost", "Margin"), (
            ("Birch", "#charts", Decimal(5400), (Decimal(4700), Decimal(700))),
            ("Cedar", "", Decimal(2100), (Decimal(1850), Decimal(250))),
        )),
        "figure": Figure("Bought", Decimal("10250.00"), "EUR", "October 2026, provisional", "arrow-down-left"),
        "late": Figure("Overdue", Decimal("320.50"), "EUR", "2 invoices", "clock", tone="bad"),
        "form": form,
        "refused": Form({"name": ""}, {"name": "Write a name."}, "Some fields need another look.", "They are marked."),
        "units": (("", ""), *UNITS),
        "days": Field("starts_on", "Days", required=True, hint="Empty: open-ended", last="ends_on"),
        "kinds": (("customer", "Customer"), ("organization", "Organization")),
        "states": ("active", "draft", "running", "held", "failed", "unassigned"),
        "amount": Decimal("1234567.50"), "loss": Decimal("-12.5"), "exact": Decimal("0.123456789"),
        "share": Decimal("13.3"), "first": date(2026, 4, 1), "after": date(2026, 5, 1),
        "running": {"id": "sample", "state": "running", "message": "Reading rows", "done": 42_000, "total": 108_000},
        "waiting": {"id": "sample-2", "state": "queued"},
    }  # fmt: skip


@require_safe
def styleguide_units(request: HttpRequest) -> HttpResponse:
    """What the sample of the unit picker searches: invented units by name, in the form of the public lists."""
    words = request.GET.get("q", "").casefold()
    found = [{"id": id_, "name": name} for id_, name in UNITS if words in name.casefold()]
    return JsonResponse({"items": found, "next": None})


@require_safe
def styleguide(request: HttpRequest) -> HttpResponseBase:
    """The style page; `theme` and `color` in the address choose the look, one of THEMES and COLORS.

    The list among the samples is real: what its address asks for is shown.
    """
    theme = request.GET.get("theme", "auto")
    name = request.GET.get("color", "default")
    theme, name = theme if theme in THEMES else "auto", name if name in dict(COLORS) else "default"
    color = dict(COLORS)[name]
    with translation.override("en"):
        table = sample_list(request.GET, request.path)
        if request.GET.get("export") == "csv":
            return sample_file(table)
        if wants_part(request, REGION):
            answer = render(request, "styleguide/lists.html", {"table": table, "base": "parts/region.html"})
            answer["HX-Push-Url"] = table.address
            return answer
        if wants_fragment(request):  # of a page that has no frame: the whole of it is loaded
            return HttpResponse(status=204, headers={"HX-Redirect": request.get_full_path()})
        samples = _samples()
        sections = []
        for key, heading in SECTIONS:
            path = f"styleguide/{key}.html"
            source = get_template(path).template.source  # type: ignore[attr-defined]  # Django's own engine has it
            sections.append({"key": key, "heading": heading, "template": path, "source": source})
        context = {
            "title": "Style page", "site": "Underlet", "css": style_address(color), "theme": theme, "color": name,
            "themes": THEMES, "colors": [one for one, _value in COLORS], "sections": sections,
            "pairs": tuple(pairs(color)), "table": table, "base": "styleguide/block.html", **samples,
        }  # fmt: skip
        return render(request, "pages/styleguide.html", context)
