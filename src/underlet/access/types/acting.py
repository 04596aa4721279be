"""Inputs and results about viewing as somebody else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from underlet.foundation.types import Input, PageInput

ActingMode = Literal["view", "act"]


class StartViewAs(Input):
    """As whom to look, why, and whether to act as well."""

    person: UUID = Field(description="Id of the person, from the list of people to view as")
    reason: Annotated[str, Field(min_length=3, max_length=500, description="Why; the person reads it")]
    mode: ActingMode = Field(
        default="view", description="view: nothing can be changed; act: what both may do can be done"
    )


class ListPeopleToView(PageInput):
    """People who work in the subject unit or below it."""

    q: str = Field(default="", max_length=200, description="Part of the name or address")
    sort: Literal["name"] = Field(default="name", description="By name")


@dataclass(frozen=True, slots=True)
class PersonToView:
    """A person as whom the reader may look."""

    id: UUID
    name: str
    email: str


class ListViewAs(PageInput):
    """Of the last 90 days, those by others as oneself, or one's own."""

    side: Literal["of_me", "mine"] = Field(
        default="of_me", description="of_me: others who looked as oneself; mine: as whom one looked oneself"
    )
    sort: Literal["-started", "started"] = Field(default="-started", description="Newest first, or oldest first")


@dataclass(frozen=True, slots=True)
class ViewAsRow:
    """That somebody looked as somebody else. ended_at: when, at the latest or in fact. is_over: whether it has."""

    id: UUID
    viewer: str
    person: str
    mode: ActingMode
    reason: str
    started_at: datetime
    ended_at: datetime
    is_over: bool
