"""Inputs and results about what belongs to the whole installation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field

from underlet.foundation.types import SORTED_BY, CurrencyCode, Input, PageInput
from underlet.kernel.pricing.types import Metric


class CreateHierarchy(Input):
    """A new hierarchy and its root unit (R1)."""

    name: str = Field(min_length=1, max_length=120, description="Name of the root unit")
    currency: CurrencyCode = Field(default="EUR", description="Reporting currency of the root")
    metric: Metric = Field(default=Metric.EFFECTIVE, description="Provider cost metric that is the root's cost")


class NameInput(Input):
    """A name that units may take or not, whatever its case."""

    name: str = Field(min_length=1, max_length=253)


class ListNames(PageInput):
    """Names that the installation holds back."""

    q: str = Field(default="", max_length=200, description="Part of the name, ignoring case")
    sort: Literal["name", "-name"] = Field(default="name", description=SORTED_BY)


@dataclass(frozen=True, slots=True)
class HeldName:
    """A name that no new unit gets. is_reserved: by the operator; else it was an archived customer's. since: of either,
    the earlier."""

    name: str
    is_reserved: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class NameHeld:
    """What became of a name. is_held: no unit takes it. has_changed: the operation made it so."""

    name: str
    is_held: bool
    has_changed: bool
