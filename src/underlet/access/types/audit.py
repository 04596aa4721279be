"""Inputs and results about the audit trail."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from underlet.access.types.history import FieldChange
from underlet.foundation.audit_chain import Fault
from underlet.foundation.types import Input, PageInput
from underlet.organization.types import UnitLink

Chain = Literal["hierarchy", "installation"]
_CHAIN = "hierarchy: of the unit's; installation: of what belongs to no hierarchy, for its operator alone"
Digest = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]


class ListAudit(PageInput):
    """Entries about the subject unit and those below it."""

    who: str = Field(default="", max_length=200, description="Part of the name of who did it, or as whom")
    operation: str = Field(default="", max_length=80, description="Name of an operation, or its beginning")
    q: str = Field(default="", max_length=200, description="Part of the name of the unit that it was about")
    within: Literal["below", "unit"] = Field(default="below", description="Units below as well, or the unit alone")
    since: date | None = Field(default=None, description="From this UTC day on")
    until: date | None = Field(default=None, description="Up to this UTC day, itself included")
    sort: Literal["-at", "at"] = Field(default="-at", description="Newest first, or oldest first")


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One operation that was done. actor: who did it, "" = somebody whom the reader may not know.

    is_on_behalf: they viewed as somebody else; on_behalf_of: as whom, "" = whom the reader may not know.
    by_key: by an API key of theirs. unit: None where the reader does not see it.
    """

    id: UUID
    at: datetime
    actor: str
    is_on_behalf: bool
    on_behalf_of: str
    by_key: bool
    operation: str
    unit: UnitLink | None


@dataclass(frozen=True, slots=True)
class AuditField:
    """One field of what an operation was given, as text."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class AuditView:
    """One operation that was done, and what it changed.

    is_whole: whether the reader may read values; else `fields` names those that were given or changed, and no value
    shows. given: what was sent. changes: recorded fields before and after. Secrets are never among them.
    """

    entry: AuditRow
    is_whole: bool
    fields: tuple[str, ...]
    given: tuple[AuditField, ...]
    changes: tuple[FieldChange, ...]


class ShowHead(Input):
    """Of which chain."""

    chain: Chain = Field(default="hierarchy", description=_CHAIN)


class VerifyAudit(ShowHead):
    """Which chain to check, and a head of it that was noted earlier, if there is one."""

    head_seq: int | None = Field(default=None, ge=1, description="Number of the entry that was the head")
    head_hash: Digest = Field(default="", description="Its hash, 64 hexadecimal digits")


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The last entry of a chain: its number, its hash, when it was written. Keep it where the database is not."""

    seq: int
    hash: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What became of checking a chain. checked: entries in order. fault: "" = all of it is as it was written.

    changed: an entry is not what it was; missing: one is not there; out_of_order: one does not follow the one before;
    cut_off: the end is not there; not_the_head: the end, or the noted entry, is another. seq, at: of the first bad one.
    """

    is_intact: bool
    checked: int
    fault: Fault
    seq: int | None
    at: datetime | None
    head: AuditHead
