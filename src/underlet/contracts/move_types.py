"""Inputs and results of moves at a day to come, of several units at once, and back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from underlet.contracts.types import MoveUnit
from underlet.foundation.types import SORTED_BY, Input, PageInput
from underlet.kernel.hierarchy import UnitKind
from underlet.organization.types import UnitLink

MOST_MOVED = 500
"""Units that can be moved at once."""
MOST_AHEAD = 5
"""Years to come in which a move can be scheduled."""


class PreviewMove(MoveUnit):
    """The new parent of the subject unit, and when."""

    on: date | None = Field(default=None, description="UTC day of a move that is to be scheduled; empty = now")


class ScheduleMove(MoveUnit):
    """The new parent of the subject unit from a day on."""

    effective_on: date = Field(description="UTC day to come that begins with the move, at 00:00")


class MoveUnits(Input):
    """Units that move below the subject."""

    units: Annotated[
        tuple[UUID, ...], BeforeValidator(lambda given: given.split(",") if isinstance(given, str) else given)
    ] = Field(min_length=1, max_length=MOST_MOVED, description="Ids; in an address with commas between")


class ListScheduledMoves(PageInput):
    """Scheduled moves of the subject unit and of units below it."""

    state: Literal["", "pending", "done", "failed", "cancelled"] = ""
    only: bool = Field(default=False, description="Only those of the unit itself")
    sort: Literal["day", "-day"] = Field(default="-day", description=SORTED_BY)


@dataclass(frozen=True, slots=True)
class ScheduledMoveRow:
    """A move at a day to come, or what became of it.

    parent: None if it was removed since, or is hidden from the reader. state: pending, done, failed or cancelled.
    error: why it failed. is_own: the reader scheduled it.
    """

    id: UUID
    unit: UnitLink
    parent: UnitLink | None
    effective_on: date
    state: str
    error: dict[str, Any] | None
    is_own: bool
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class LastMove:
    """Where a unit stood before it was moved last, as far as the reader sees that.

    former: None if it never moved, or its former parent is hidden or gone. may_return: whether moving back is allowed
    as things are now.
    """

    id: UUID
    former: UnitLink | None
    moved_at: datetime | None
    may_return: bool


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """What moving several units does to one of them. outcome: "moves", "stays" (it is there already) or "refused".

    organizations, customers: that move with it, itself included. people_gain, people_lose: who get access to it or have
    none any more. refusal: why not, with its code, detail and hint.
    """

    id: UUID
    kind: UnitKind
    name: str
    outcome: str
    parent: UnitLink | None
    organizations: int
    customers: int
    people_gain: int
    people_lose: int
    contracts_ended: int
    drafts_made: int
    contracts_restored: int
    refusal: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class MoveManyPreview:
    """What moving several units would do. is_allowed: nothing of it is refused; else none of them moves.

    moves, stays, refused: how many of the units. The contracts are counted once, however many of the units they touch.
    """

    parent: UnitLink
    is_allowed: bool
    moves: int
    stays: int
    refused: int
    contracts_ended: int
    drafts_made: int
    contracts_restored: int
    units: tuple[PlannedMove, ...]


@dataclass(frozen=True, slots=True)
class MovedMany:
    """What moving several units did, as far as the mover may see it. ids: of the units in the order asked for."""

    parent_id: UUID
    ids: tuple[UUID, ...]
    moved: int
    unchanged: int
    contracts_ended: int
    drafts_made: int
    contracts_restored: int
