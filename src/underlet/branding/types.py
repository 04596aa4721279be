"""Inputs and results of the branding context."""

import unicodedata
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from underlet.foundation.types import Input
from underlet.organization.types import UnitLink

BrandField = Literal[
    "color", "product_name", "logo", "favicon", "sender_name", "reply_to", "invoice_footer", "host_name"
]
"""What a unit sets or inherits, each on its own (R94)."""

_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _one_line(text: str) -> str:
    """A text that fits into a header of a mail: nothing invisible, so no line break either."""
    if any(unicodedata.category(sign) in _INVISIBLE for sign in text):
        raise ValueError("This text holds invisible or control characters.")
    return unicodedata.normalize("NFC", text).strip()


def _lines(text: str) -> str:
    """A text of several lines."""
    return "\n".join(_one_line(line) for line in text.splitlines()).strip()


class UpdateBrand(Input):
    """What a unit sets; left out = unchanged, empty text = inherit again."""

    color: Annotated[str, Field(pattern=r"^(#[0-9a-fA-F]{6})?$", examples=["#0f766e"])] | None = None
    product_name: Annotated[str, AfterValidator(_one_line)] | None = Field(default=None, max_length=60)
    logo: UUID | None = Field(
        default=None,
        description="Id of an uploaded PNG, JPEG, WebP or SVG, at most 512 kB",
        json_schema_extra={"x-upload": True},
    )
    favicon: UUID | None = Field(
        default=None,
        description="Id of an uploaded image for browser tabs, like a logo",
        json_schema_extra={"x-upload": True},
    )
    sender_name: Annotated[str, AfterValidator(_one_line)] | None = Field(
        default=None, max_length=60, description="Name that mails come from"
    )
    reply_to: str | None = Field(
        default=None,
        max_length=254,
        pattern=r"^([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+)?$",
        description="E-mail address that answers to mails go to",
    )
    invoice_footer: Annotated[str, AfterValidator(_lines)] | None = Field(
        default=None, max_length=500, description="Text below invoices"
    )
    host_name: str | None = Field(
        default=None,
        pattern=rf"^({_LABEL}(\.{_LABEL})*)?$",
        max_length=253,
        description="Host whose sign-in page shows this brand; set by the operator of the installation",
    )
    reset: tuple[Literal["all", BrandField], ...] = Field(
        default=(), max_length=8, description='Fields to inherit again, or "all"'
    )
    version: int | None = Field(default=None, description="The version you saw; refused if it changed since.")


class ShowLogo(Input):
    """Which picture of the logo."""

    size: Literal["1x", "2x"] = Field(default="1x", description="At most 240 × 48 pixels, or twice that")


class ShowFavicon(Input):
    """Which picture of the favicon."""

    size: Literal["32", "180"] = Field(default="32", description="Pixels per side")


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where a field's value comes from.

    source: own, above (a unit above) or default (of the installation). unit: the unit above, None if the reader
    may not see it. inherited: the value without an own one; of pictures their hash; "" = none, or an own
    one stands in its place and the reader may not edit the brand.
    """

    field: BrandField
    source: Literal["own", "above", "default"]
    unit: UnitLink | None
    inherited: str


@dataclass(frozen=True, slots=True)
class BrandView:
    """The effective brand of a unit, and for each field where it comes from. Empty texts: nobody set one.

    logo: hash of what documents print, logo_type: its media type. logo_1x, logo_2x, favicon, favicon_180: hashes of
    the pictures (PNG) that pages show.
    """

    color: str
    product_name: str
    sender_name: str
    reply_to: str
    invoice_footer: str
    host_name: str
    logo: str | None
    logo_type: str | None
    logo_1x: str | None
    logo_2x: str | None
    favicon: str | None
    favicon_180: str | None
    own: tuple[BrandField, ...]
    sources: tuple[FieldSource, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Look:
    """What of a brand everybody sees who is shown it: no unit, no address. logo_…, favicon_…: hashes of PNGs."""

    color: str
    product_name: str
    logo_1x: str | None = None
    logo_2x: str | None = None
    favicon: str | None = None
    favicon_180: str | None = None
