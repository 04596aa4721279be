"""Inputs and results about who reaches what, and why (B12)."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from pydantic import Field

from underlet.access.types.people import GrantRow
from underlet.foundation.types import SORTED_BY, PageInput
from underlet.organization.types import UnitLink


class WhatReached(PageInput):
    """A person with a role on the subject unit or below it, and which units of theirs to list."""

    user: UUID
    q: str = Field(default="", max_length=200, description="Part of the unit's name")
    sort: Literal["name", "-name"] = Field(default="name", description=SORTED_BY)


class WhoReaches(PageInput):
    """Which people to list."""

    q: str = Field(default="", max_length=200, description="Part of the name or address")
    sort: Literal["name", "-name"] = Field(default="name", description=SORTED_BY)


@dataclass(frozen=True, slots=True)
class ReachedUnit:
    """A unit that a person sees. permissions: what they may do there. prices: whether they read what the unit itself
    pays and earns. grants: by which roles."""

    unit: UnitLink
    permissions: tuple[str, ...]
    prices: bool
    grants: tuple[GrantRow, ...]


@dataclass(frozen=True, slots=True)
class Reacher:
    """A person who sees something. permissions: what they may do there. prices: whether they read its prices. grants:
    by which roles."""

    id: UUID
    name: str
    email: str
    permissions: tuple[str, ...]
    prices: bool
    grants: tuple[GrantRow, ...]
