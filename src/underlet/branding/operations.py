"""Writes of the branding context."""

from underlet.branding.logo import clean_logo
from underlet.branding.queries import brand_of
from underlet.branding.types import BrandView, UpdateBrand
from underlet.foundation import storage
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute
from underlet.foundation.registry import operation
from underlet.foundation.uploads import own_upload
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT


@operation("brand.update", needs=Permission.BRAND_EDIT, subject=UNIT)
def update_brand(actor: Actor, unit: Unit, data: UpdateBrand) -> BrandView:
    """Set colour, logo or product name of a unit (R95, R96); units below inherit what they do not set.

    Raises FileRejected for a logo that is not a safe image.
    """
    execute(
        "insert into brand (unit_id, updated_at) values (%s, %s) on conflict (unit_id) do update set updated_at = %s",
        [unit.id, now(), now()],
    )
    if data.color is not None:
        execute("update brand set color = %s where unit_id = %s", [data.color.lower() or None, unit.id])
    if data.product_name is not None:
        execute("update brand set product_name = %s where unit_id = %s", [data.product_name or None, unit.id])
    if data.remove_logo:
        execute("update brand set logo_sha256 = null, logo_media_type = null where unit_id = %s", [unit.id])
    if data.logo is not None:
        logo = clean_logo(storage.get(own_upload(actor, data.logo).sha256))
        sha256, _ = storage.put([logo.content])
        execute(
            "update brand set logo_sha256 = %s, logo_media_type = %s where unit_id = %s",
            [sha256, logo.media_type, unit.id],
        )
    return brand_of(unit.id)
