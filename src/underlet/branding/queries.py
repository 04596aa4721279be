"""Reads of the branding context."""

from typing import Literal, get_args

from underlet.branding.types import BrandField, BrandView, FieldSource, Look, ShowFavicon, ShowLogo
from underlet.foundation import storage
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows
from underlet.foundation.registry import query
from underlet.foundation.types import FileAnswer, NoInput
from underlet.kernel.errors import NotFound
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, unit_links

DEFAULT_COLOR = "#0f766e"
DEFAULT_PRODUCT_NAME = "Underlet"
_DEFAULTS = {"color": DEFAULT_COLOR, "product_name": DEFAULT_PRODUCT_NAME}
_PICTURES = {"logo": "logo_sha256", "favicon": "favicon_sha256"}


def brand_of(actor: Actor, unit_id: int) -> BrandView:
    """The effective brand of a unit, nearest ancestor first, field by field (R94).

    Units above are named only to those who may see them.
    """
    values = rows(
        "select 'effective', * from effective_brand(%s)"
        " union all select 'version', '', version::text, unit_id from brand where unit_id = %s"
        " union all select 'above', e.* from (values (true)) as one left join effective_brand(%s, true) e on true"
        "  where can(%s, %s)",
        [unit_id, unit_id, unit_id, unit_id, int(Permission.BRAND_EDIT)],
    )
    found = {field: (value, source) for kind, field, value, source in values if kind == "effective"}
    above = {
        field: value for kind, field, value, _ in values if kind == "above"
    }  # empty: not the reader's to know
    links = unit_links(actor, [source for _, source in found.values() if source != unit_id])

    def text(field: str) -> str:
        return str(found[field][0]) if field in found else ""

    def source(field: BrandField) -> FieldSource:
        column = _PICTURES.get(field, field)
        unit = found[column][1] if column in found else None
        default = _DEFAULTS.get(field, "")
        if unit == unit_id:
            return FieldSource(field, "own", None, str(above.get(column, default)) if above else "")
        kind: Literal["above", "default"] = "default" if unit is None else "above"
        return FieldSource(field, kind, links.get(unit) if unit else None, text(column) or default)

    sources = tuple(source(field) for field in get_args(BrandField))
    return BrandView(
        text("color") or DEFAULT_COLOR,
        text("product_name") or DEFAULT_PRODUCT_NAME,
        text("sender_name"),
        text("reply_to"),
        text("invoice_footer"),
        text("host_name"),
        text("logo_sha256") or None,
        text("logo_media_type") or None,
        text("logo_1x_sha256") or None,
        text("logo_2x_sha256") or None,
        text("favicon_sha256") or None,
        text("favicon_180_sha256") or None,
        tuple(one.field for one in sources if one.source == "own"),
        sources,
        next((int(value) for kind, _, value, _ in values if kind == "version"), 0),
    )


def look_of_host(host: str) -> Look:
    """What the sign-in page of a host shows; the installation's own look for a host that no brand names."""
    found = dict(rows("select field, value from brand_of_host(%s)", [host.lower()]))
    return Look(
        found.get("color", DEFAULT_COLOR),
        found.get("product_name", DEFAULT_PRODUCT_NAME),
        found.get("logo_1x_sha256"),
        found.get("logo_2x_sha256"),
        found.get("favicon_sha256"),
        found.get("favicon_180_sha256"),
    )


@query("brand.show", subject=UNIT)
def show_brand(actor: Actor, unit: Unit, data: NoInput) -> BrandView:
    """Show the brand of a unit and where each part of it comes from."""
    return brand_of(actor, unit.id)


@query("brand.logo", subject=UNIT)
def show_logo(actor: Actor, unit: Unit, data: ShowLogo) -> FileAnswer:
    """Get the logo of a unit as PNG, its own or inherited."""
    brand = brand_of(actor, unit.id)
    return _picture("logo", brand.logo_1x if data.size == "1x" else brand.logo_2x)


@query("brand.favicon", subject=UNIT)
def show_favicon(actor: Actor, unit: Unit, data: ShowFavicon) -> FileAnswer:
    """Get the favicon of a unit as PNG, its own or inherited."""
    brand = brand_of(actor, unit.id)
    return _picture("favicon", brand.favicon if data.size == "32" else brand.favicon_180)


def _picture(name: str, sha256: str | None) -> FileAnswer:
    if sha256 is None:
        raise NotFound()
    return FileAnswer(f"{name}.png", "image/png", storage.get(sha256), inline=True)
