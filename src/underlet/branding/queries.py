"""Reads of the branding context."""

from underlet.branding.types import BrandView
from underlet.foundation import storage
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows
from underlet.foundation.registry import query
from underlet.foundation.types import FileAnswer, NoInput
from underlet.kernel.errors import NotFound
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT

DEFAULT_COLOR = "#0f766e"
DEFAULT_PRODUCT_NAME = "Underlet"


def brand_of(unit_id: int) -> BrandView:
    """The effective brand of a unit, nearest ancestor first, field by field (R94)."""
    [(color, sha256, media_type, product_name, *own)] = rows(
        "select e.*, b.color, b.logo_sha256, b.product_name from effective_brand(%s) e"
        " left join brand b on b.unit_id = %s",
        [unit_id, unit_id],
    )
    names = ("color", "logo", "product_name")
    set_here = tuple(name for name, value in zip(names, own, strict=True) if value is not None)
    return BrandView(color or DEFAULT_COLOR, product_name or DEFAULT_PRODUCT_NAME, sha256, media_type, set_here)


@query("brand.show", subject=UNIT)
def show_brand(actor: Actor, unit: Unit, data: NoInput) -> BrandView:
    """Show the brand of a unit and which parts of it the unit sets itself."""
    return brand_of(unit.id)


@query("brand.logo", subject=UNIT)
def show_logo(actor: Actor, unit: Unit, data: NoInput) -> FileAnswer:
    """Get the logo of a unit, its own or inherited."""
    brand = brand_of(unit.id)
    if brand.logo_sha256 is None or brand.logo_media_type is None:
        raise NotFound()
    suffix = brand.logo_media_type.rsplit("/", 1)[-1].split("+")[0]
    return FileAnswer(f"logo.{suffix}", brand.logo_media_type, storage.get(brand.logo_sha256), inline=True)
