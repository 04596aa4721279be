"""Inputs and results of the branding context."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import Field

from underlet.foundation.types import Input


class UpdateBrand(Input):
    """What a unit sets; left out = unchanged, empty text = inherit again."""

    color: Annotated[str, Field(pattern=r"^(#[0-9a-fA-F]{6})?$", examples=["#0f766e"])] | None = None
    product_name: str | None = Field(default=None, max_length=60)
    logo: UUID | None = Field(default=None, description="Id of an uploaded PNG, JPEG, WebP or SVG, at most 512 kB")
    remove_logo: bool = False


@dataclass(frozen=True, slots=True)
class BrandView:
    """The effective brand of a unit, and which fields it sets itself."""

    color: str
    product_name: str
    logo_sha256: str | None
    logo_media_type: str | None
    own: tuple[str, ...]
