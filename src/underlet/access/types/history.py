"""Inputs and results about what changed, and who changed it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field

from underlet.foundation.types import PageInput


class ListHistory(PageInput):
    """Changes of the subject unit."""

    what: Literal["", "fields", "operations"] = Field(
        default="", description="Only changes of fields, or only operations that changed none"
    )
    sort: Literal["-at", "at"] = Field(default="-at", description="Newest first, or oldest first")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a unit before and after. "" = empty; None = a unit that the reader does not see.

    Units are told by name, as they are called now, or were last; a legal entity as "own" or "inherited".
    """

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """What one change did to a unit, or an operation on it that changed no field of its own.

    actor: who, "" = the software itself, or somebody whom the reader may not know. by_key: by an API key of theirs.
    on_behalf_of: as whom they looked (P32), "" = whom the reader may not know, None = as themselves.
    operation: its name, where the reader may read the audit trail of the unit; else "".
    """

    at: datetime
    actor: str
    by_key: bool
    on_behalf_of: str | None
    kind: Literal["created", "changed", "done"]
    operation: str
    changes: tuple[FieldChange, ...]
