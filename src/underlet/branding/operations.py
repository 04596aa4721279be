"""Writes of the branding context."""

from typing import get_args
from uuid import UUID

from underlet.branding.logo import clean_favicon, clean_logo
from underlet.branding.queries import brand_of
from underlet.branding.types import BrandField, BrandView, UpdateBrand
from underlet.foundation import storage
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.registry import operation
from underlet.foundation.uploads import own_upload
from underlet.kernel.errors import Forbidden, VersionConflict
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT

_TEXTS = ("color", "product_name", "sender_name", "reply_to", "invoice_footer", "host_name")
_COLUMNS = {
    "logo": ("logo_sha256", "logo_media_type", "logo_1x_sha256", "logo_2x_sha256"),
    "favicon": ("favicon_sha256", "favicon_180_sha256"),
}


@operation("brand.update", needs=Permission.BRAND_EDIT, subject=UNIT, below=True, states={"draft", "active"})
def update_brand(actor: Actor, unit: Unit, data: UpdateBrand) -> BrandView:
    """Set parts of a unit's brand (R95, R96); units below inherit what they do not set.

    Raises FileRejected for a picture that is not a safe image, Forbidden for a host name by anybody but the
    operator of the installation, NameUnavailable for one that is taken, VersionConflict.
    """
    version = scalar("select coalesce(max(version), 0) from brand where unit_id = %s", [unit.id])
    if data.version is not None and data.version != version:
        raise VersionConflict()
    values = _resets(data)
    for name in _TEXTS:
        text = getattr(data, name)
        if text is not None and name not in values:
            values[name] = text.lower() if name in ("color", "host_name") else text
    if "host_name" in values and not actor.is_operator:
        own = scalar("select max(host_name) from brand where unit_id = %s", [unit.id]) or ""
        if values["host_name"] != own and _names_host(data):
            # It needs DNS and a certificate, and one that a stranger took would show their sign-in page there.
            raise Forbidden(
                "Only the operator of the installation may set the host name.",
                hint="Ask them to set it for this unit.",
            )
        del values["host_name"]
    if data.logo is not None:
        values |= _logo(actor, data.logo)
    if data.favicon is not None:
        values |= _favicon(actor, data.favicon)
    execute(
        "insert into brand (unit_id, version, updated_at) values (%s, 0, %s) on conflict (unit_id) do nothing",
        [unit.id, now()],
    )
    changes = "".join(f", {column} = %s" for column in values)  # columns of this module, never input
    execute(
        f"update brand set version = version + 1, updated_at = %s{changes} where unit_id = %s",  # noqa: S608
        [now(), *(value or None for value in values.values()), unit.id],
    )
    return brand_of(actor, unit.id)


def _resets(data: UpdateBrand) -> dict[str, str]:
    """The columns of the fields that are inherited again."""
    fields = get_args(BrandField) if "all" in data.reset else data.reset
    return {column: "" for field in fields for column in _COLUMNS.get(field, (field,))}


def _names_host(data: UpdateBrand) -> bool:
    """Whether the host name is meant, and not only swept along by "all"."""
    return data.host_name is not None or "host_name" in data.reset


def _logo(actor: Actor, upload: UUID) -> dict[str, str]:
    logo = clean_logo(storage.get(own_upload(actor, upload).sha256))
    sha256, small, large = (storage.put([content])[0] for content in (logo.content, logo.png, logo.png_2x))
    return dict(zip(_COLUMNS["logo"], (sha256, logo.media_type, small, large), strict=True))


def _favicon(actor: Actor, upload: UUID) -> dict[str, str]:
    icon = clean_favicon(storage.get(own_upload(actor, upload).sha256))
    small, large = (storage.put([content])[0] for content in (icon.png_32, icon.png_180))
    return dict(zip(_COLUMNS["favicon"], (small, large), strict=True))
