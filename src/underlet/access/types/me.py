"""Inputs and results about who is asking."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from pydantic import Field

from underlet.foundation.types import Input
from underlet.organization.types import Language, UnitLink


class UpdateMe(Input):
    """How pages speak to oneself and look; fields left out stay as they are."""

    language: Language | None = Field(default=None, description="Of texts, dates and numbers on pages")
    theme: Literal["auto", "light", "dark"] | None = Field(default=None, description="auto: as the device")


@dataclass(frozen=True, slots=True)
class Me:
    """Who is asking. theme: of their pages: auto, light or dark."""

    id: UUID
    name: str
    email: str
    language: str
    theme: str
    is_operator: bool
    home: tuple[UnitLink, ...]
