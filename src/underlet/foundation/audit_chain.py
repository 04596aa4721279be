"""Checking the chain of the audit trail, from the columns of its entries alone (S9, ADR-0034).

Shares no code with the trigger that makes the chain (`sql/0001_foundation.sql`): what that one does, this one checks.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from underlet.foundation.database.sql import rows

BATCH = 2000
INSTALLATION = 0
"""The chain of what belongs to no hierarchy."""

Fault = Literal["", "changed", "missing", "out_of_order", "cut_off", "not_the_head"]
"""What is wrong with a chain: an entry whose columns are not those it was written with; an entry that is not there; an
entry that does not follow the one before it; the last entries are not there; another entry where a head was noted."""


class Link(NamedTuple):
    """One entry as it lies in the table; json columns as their text."""

    seq: int
    previous: bytes
    hash: bytes
    at: datetime
    public_id: UUID
    columns: tuple[Any, ...]


class Head(NamedTuple):
    """The last entry of a chain."""

    seq: int
    hash: bytes
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of checking a chain. checked: entries that are in order. seq, at, public_id: of the first bad one."""

    checked: int
    fault: Fault = ""
    seq: int | None = None
    at: datetime | None = None
    public_id: UUID | None = None


def hash_of(link: Link, chain_id: int) -> bytes:
    """The hash that an entry must have."""
    line = b"".join(_piece(part) for part in (link.previous.hex(), chain_id, link.seq, *link.columns))
    return hashlib.sha256(line).digest()


def _piece(part: Any) -> bytes:
    if part is None:
        return b"-"
    if isinstance(part, datetime):
        part = part.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    elif isinstance(part, list):
        part = "{" + ",".join("NULL" if one is None else str(one) for one in part) + "}"
    text = str(part).encode()
    return str(len(text)).encode() + b":" + text


def verdict(links: Iterator[Link], chain_id: int, head: Head, noted: tuple[int, bytes] | None = None) -> Verdict:
    """Walk a chain to its head. noted: number and hash of a head that was exported earlier (a chain alone does not show
    that its end was cut off, nor that all of it was written anew)."""
    checked, before = 0, b""
    for link in links:
        seen = (link.seq, link.at, link.public_id)
        if link.seq > checked + 1:
            return Verdict(checked, "missing", checked + 1, *seen[1:])
        if link.seq != checked + 1 or link.previous != before:
            return Verdict(checked, "out_of_order", *seen)
        if hash_of(link, chain_id) != link.hash:
            return Verdict(checked, "changed", *seen)
        if noted is not None and noted[0] == link.seq and noted[1] != link.hash:
            return Verdict(checked, "not_the_head", *seen)
        checked, before = link.seq, link.hash
    if checked < max(head.seq, noted[0] if noted else 0):
        return Verdict(checked, "cut_off", checked + 1)
    if (checked, before) != (head.seq, head.hash):
        return Verdict(checked, "not_the_head", head.seq + 1)
    return Verdict(checked)


def head_of(chain_id: int) -> Head:
    """The last entry of a chain, as its head row says; to be called as the system."""
    found = rows("select seq, hash, at from audit_head where chain_id = %s", [chain_id])
    return Head(found[0][0], bytes(found[0][1]), found[0][2]) if found else Head(0, b"", None)


def links_of(chain_id: int) -> Iterator[Link]:
    """The entries of a chain in the order of their numbers, a batch at a time; to be called as the system."""
    after = (-1, 0)
    while True:
        found = rows(
            "select seq, id, previous, hash, at, public_id, hierarchy_id, unit_id, actor_id, person_id, behalf_of_id,"
            " from_units, from_entities, operation, subject_id, input::text, before::text, after::text, change_id"
            " from audit_entry where chain_id = %s and (seq, id) > (%s, %s) order by seq, id limit %s",
            [chain_id, *after, BATCH],
        )
        for seq, id_, previous, hash_, at, public_id, *rest in found:
            *columns, change_id = rest
            yield Link(
                seq, bytes(previous), bytes(hash_), at, public_id, (id_, public_id, *columns, at, change_id)
            )
        if len(found) < BATCH:
            return
        after = (found[-1][0], found[-1][1])
