"""The unit's brand: an editor, its preview in the real templates, and what becomes of the colour."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import get_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from underlet.branding.mail import answers_to
from underlet.branding.types import BrandView, FieldSource
from underlet.branding.verdict import verdicts
from underlet.foundation.uploads import receive
from underlet.interfaces.web import shell
from underlet.interfaces.web.answers import wants_fragment
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Field, Form
from underlet.interfaces.web.frame import Brand
from underlet.interfaces.web.theme import style_address
from underlet.interfaces.web.visit import Visit
from underlet.invoicing.documents.pdf import render_png
from underlet.invoicing.documents.sample import sample_snapshot
from underlet.invoicing.texts import LANGUAGES
from underlet.kernel.errors import NotFound

_LOGO_LIMIT = 512 * 1024
_IMAGES = "image/png,image/jpeg,image/webp,image/svg+xml"
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_TEXTS = {"product_name": 60, "sender_name": 60, "reply_to": 254, "invoice_footer": 500, "host_name": 253}
_PREVIEWED = ("color", "product_name", "invoice_footer")


@dataclass(frozen=True, slots=True)
class Row:
    """A field of the editor, where its value comes from, and whether it can be inherited again."""

    field: Field
    source: str
    is_own: bool
    picture: str = ""


@page("u/branding", tab="branding", uses=("brand.update", "brand.show"), writes=True)
def branding(visit: Visit) -> HttpResponse:
    """What the unit sets of its brand; what it leaves empty comes from the unit above (R94–R96).

    "Preview" sends the form without saving it, for browsers without JavaScript.
    """
    brand: BrandView = visit.ask("brand.show", visit.here)
    own = {str(name): getattr(brand, name) for name in brand.own if name in _TEXTS}
    form = visit.form({"color": brand.color, "view": "page", "look": "light", "version": brand.version, **own})
    if visit.is_posted and "preview" not in form.values:
        visit.require("brand.update")
        outcome, form = visit.attempt(form, "brand.update", visit.here, _input(visit, form, brand))
        if outcome is not None:
            return visit.to("branding", _("The brand was saved."))
    return visit.page(
        "pages/branding.html", _("Branding"), status=form.status, form=form, brand=brand,
        groups=_groups(visit, brand), query=_query(form), lines=_lines(_color(form.values, brand)),
        view=form.values.get("view", "page"), look=form.values.get("look", "light"),
        unanswered=brand.host_name and visit.actor.is_operator and not answers_to(brand.host_name),
    )  # fmt: skip


def _input(visit: Visit, form: Form, brand: BrandView) -> dict[str, object]:
    """The operation's input. The colour field always holds one: the inherited one, left as it is, stays inherited."""
    raw: dict[str, object] = {"version": form.values.get("version") or brand.version}
    reset = form.values.get("reset", "")
    if reset == "all":
        return {**raw, "reset": ["all"]}
    raw |= {name: form.values[name] for name in _TEXTS if name in form.values}
    color = form.values.get("color", "")
    if color and ("color" in brand.own or color.lower() != brand.color):
        raw["color"] = color
    for name in ("logo", "favicon"):
        file = visit.request.FILES.get(name)
        if file is not None:
            raw[name] = str(receive(visit.actor, file.chunks(), file.name or "", limit=_LOGO_LIMIT).id)
    return {**raw, "reset": [reset]} if reset else raw


def _groups(visit: Visit, brand: BrandView) -> list[tuple[str, list[Row]]]:
    """The fields under their headings."""
    sources: dict[str, FieldSource] = {one.field: one for one in brand.sources}
    look = shell.brand_of(brand, visit.unit)

    def row(field: Field, picture: str = "") -> Row:
        source = sources[field.name]
        shown = field
        if field.kind not in ("color", "file"):
            shown = replace(field, placeholder=source.inherited)
        return Row(shown, _source(source), source.source == "own", picture)

    limits, square = _("PNG, JPEG, WebP or SVG, at most 512 kB"), _("Like a logo, best a square")
    any_color = _("Any colour works: texts and buttons keep their contrast.")
    pages = [
        row(Field("product_name", _("Product name"))),
        row(Field("color", _("Colour"), "color", hint=any_color)),
        row(Field("logo", _("Logo"), "file", hint=limits, accept=_IMAGES), look.logo.address if look.logo else ""),
        row(Field("favicon", _("Icon of browser tabs"), "file", hint=square, accept=_IMAGES), look.icon_180),
    ]
    mails = [
        row(Field("sender_name", _("Sender name"), hint=_("Empty: the product name"))),
        row(Field("reply_to", _("Answers go to"), "email")),
    ]
    invoices = [row(Field("invoice_footer", _("Text below invoices"), "textarea"))]
    groups = [(_("Pages"), pages), (_("Mails"), mails), (_("Invoices"), invoices)]
    if visit.actor.is_operator:
        hint = _("Its sign-in page shows this brand, for example portal.example.com")
        groups.append((_("Sign-in"), [row(Field("host_name", _("Host name"), hint=hint))]))
    return groups


def _source(source: FieldSource) -> str:
    """Where a value comes from, in words; a unit that the reader may not see is not named."""
    if source.source == "own":
        return _("Set here")
    if source.source == "default":
        return _("Not set; the default is used") if source.inherited else _("Not set")
    if source.unit is None:
        return _("Inherited from above")
    return _("Inherited from {unit}").format(unit=source.unit.name)


# --- preview --------------------------------------------------------------------------------------


def _color(values: Mapping[str, str], brand: BrandView) -> str:
    """The colour as chosen, or the saved one while what was typed is none."""
    color = values.get("color", "")
    return color.lower() if _COLOR.fullmatch(color) else brand.color


def _query(form: Form) -> str:
    """The unsaved values for the preview's address."""
    return urlencode({name: form.values.get(name, "") for name in (*_PREVIEWED, "look")})


def _unsaved(visit: Visit) -> BrandView:
    """The brand with the values of the address in place of the saved ones; empty means inherited."""
    brand: BrandView = visit.ask("brand.show", visit.here)
    given, inherited = visit.request.GET, {one.field: one.inherited for one in brand.sources}

    def text(name: str) -> str:
        return given[name][: _TEXTS[name]] or inherited[name] if name in given else str(getattr(brand, name))  # type: ignore[index]

    return replace(
        brand,
        color=_color(given.dict(), brand),
        product_name=text("product_name"),
        invoice_footer=text("invoice_footer"),
    )


def _worn(visit: Visit, brand: BrandView) -> Brand:
    return replace(shell.brand_of(brand, visit.unit), css=style_address(brand.color))


def _framed(answer: HttpResponse) -> HttpResponse:
    """Let our own pages show this answer in a frame, and nobody else's."""
    answer["X-Frame-Options"] = "SAMEORIGIN"
    answer._csp_replace = {"frame-ancestors": ["'self'"]}  # type: ignore[attr-defined] # read by django-csp
    return answer


@page("u/branding/preview/<str:what>", tab="branding", uses=("brand.update", "brand.show"))
def brand_preview(visit: Visit, what: str) -> HttpResponse:
    """The real templates in the unsaved brand, with made-up content: a page, the sign-in page, an invoice."""
    brand = _unsaved(visit)
    look = visit.request.GET.get("look", "light")
    look = look if look in ("light", "dark") else "light"
    if what == "page":
        visit.worn, visit.theme = _worn(visit, brand), look
        return _framed(visit.page("pages/brand_sample.html", _("Sample page"), is_sample=True))
    template = {"sign-in": "pages/login.html", "invoice": "pages/brand_invoice.html"}.get(what)
    if template is None:
        raise NotFound()
    picture = f"{visit.address('brand_preview_invoice')}?{visit.request.GET.urlencode()}"
    context = {"is_sample": True, "look": look, "brand": _worn(visit, brand), "title": _("Sign in")}
    context |= {"form": Form()} if what == "sign-in" else {"title": _("Sample invoice"), "picture": picture}
    return _framed(visit.shown(render(visit.request, template, context)))


@page("u/branding/preview.png", tab="branding", uses=("brand.update", "brand.show"))
def brand_preview_invoice(visit: Visit) -> HttpResponse:
    """The sample invoice in the unsaved brand, by the template that prints real ones."""
    brand = _unsaved(visit)
    language = (get_language() or "en")[:2]
    picture = _invoice(
        visit.unit.legal_entity.name, brand.color, brand.product_name, brand.invoice_footer,
        brand.logo or "", brand.logo_type or "", language if language in LANGUAGES else "en",
    )  # fmt: skip
    return visit.shown(HttpResponse(picture, content_type="image/png"))


@lru_cache(maxsize=32)
def _invoice(
    seller: str, color: str, product: str, footer: str, logo: str, logo_type: str, language: str
) -> bytes:
    values = {"color": color, "product_name": product, "invoice_footer": footer}
    values |= {"logo_sha256": logo, "logo_media_type": logo_type} if logo else {}
    return render_png(sample_snapshot(seller, values, language))


@page("u/branding/colour", tab="branding", uses=("brand.update", "brand.show"))
def brand_colour(visit: Visit) -> HttpResponse:
    """What becomes of a colour: kept or adjusted, how readable; as a page, or as the part of the editor."""
    brand: BrandView = visit.ask("brand.show", visit.here)
    lines = _lines(_color(visit.request.GET.dict(), brand))
    if wants_fragment(visit.request):
        return visit.part("parts/brand_colour.html", lines=lines)
    return visit.page("pages/brand_colour.html", _("Colour"), lines=lines)


def _lines(color: str) -> list[dict[str, object]]:
    """The verdicts in words, one line per use, light and dark beside each other."""
    names = {"bar": _("Bar"), "button": _("Buttons"), "link": _("Links")}
    point = get_format("DECIMAL_SEPARATOR")
    found = [replace(one, contrast=one.contrast.replace(".", point)) for one in verdicts(color)]
    return [
        {"name": names[part], "looks": [one for one in found if one.part == part]}
        for part in ("bar", "button", "link")
    ]
