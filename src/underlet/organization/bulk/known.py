"""The units that a file speaks of, as the hierarchy has them: looked up in few statements, scoped like every read."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db.models import Q

from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.permission import Permission
from underlet.organization.bulk.columns import LEGAL_FIELDS, UNIT_TEXTS
from underlet.organization.models import Unit
from underlet.organization.queries import visible_units

CHUNK = 2_000
"""Units in one statement."""
ItemT = TypeVar("ItemT")

_COLUMNS = (
    "id", "public_id", "parent_id", "kind", "name", "name_key", "anc", "depth", "price_type", "state",
    "anchor_id", "is_entity_own", "entity_id", *UNIT_TEXTS,
)  # fmt: skip
_FIXED = len(_COLUMNS) - len(UNIT_TEXTS)
_OF_ENTITY = tuple(f"entity__{field}" for field in LEGAL_FIELDS)


@dataclass(frozen=True, slots=True)
class Known:
    """A visible unit as it is. texts, entity: by field; the entity's are those of the one it inherits, if it does."""

    id: int
    public_id: UUID
    parent_id: int | None
    kind: UnitKind
    name: str
    name_key: str
    anc: tuple[int, ...]
    depth: int
    price_type: str
    state: str
    anchor_id: int | None
    is_entity_own: bool
    entity_id: int
    texts: dict[str, str]
    entity: dict[str, str]


def chunks(items: Collection[ItemT], size: int = CHUNK) -> Iterator[list[ItemT]]:
    """The items in lists of at most so many."""
    left = iter(items)
    while chunk := list(islice(left, size)):
        yield chunk


def _known(actor: Actor, where: Q) -> Iterator[Known]:
    for row in visible_units(actor).filter(where).values_list(*_COLUMNS, *_OF_ENTITY):
        id_, public_id, parent_id, kind, name, key, anc, depth, *others = row[:_FIXED]
        price_type, state, anchor_id, is_own, entity_id = others
        texts = dict(zip(UNIT_TEXTS, row[_FIXED : len(_COLUMNS)], strict=True))
        entity = dict(zip(LEGAL_FIELDS, row[len(_COLUMNS) :], strict=True))
        yield Known(
            id_, public_id, parent_id, UnitKind(kind), name, key, tuple(anc), depth, price_type, state, anchor_id,
            is_own, entity_id, texts, entity,
        )  # fmt: skip


def known_by_id(actor: Actor, hierarchy_id: int, ids: Collection[UUID]) -> dict[UUID, Known]:
    """The visible units of a hierarchy with these public ids."""
    found = (_known(actor, Q(hierarchy_id=hierarchy_id, public_id__in=chunk)) for chunk in chunks(ids))
    return {one.public_id: one for part in found for one in part}


def known_by_key(actor: Actor, hierarchy_id: int, keys: Collection[str]) -> dict[str, Known]:
    """The visible units of a hierarchy whose names have these keys."""
    taken_now = Q(hierarchy_id=hierarchy_id, name_released_at=None)
    found = (_known(actor, taken_now & Q(name_key__in=chunk)) for chunk in chunks(keys))
    return {one.name_key: one for part in found for one in part}


def known_by_ids(actor: Actor, ids: Sequence[int]) -> dict[int, Known]:
    """Those of the units that are visible, by their ids; as many as one statement takes."""
    return {one.id: one for one in _known(actor, Q(id__in=ids))}


def names_of(actor: Actor, ids: Collection[int]) -> dict[int, str]:
    """The names of those of the units that are visible."""
    return {
        id_: name
        for chunk in chunks(ids)
        for id_, name in visible_units(actor).filter(id__in=chunk).values_list("id", "name")
    }


def taken(actor: Actor, subject: Unit, wanted: Sequence[tuple[str, UnitKind]]) -> dict[tuple[str, UnitKind], bool]:
    """Which of these names (key and kind) cannot be given, each with whether the actor sees who has it (R4, R19)."""
    found: dict[tuple[str, UnitKind], bool] = {}
    for kind in UnitKind:
        keys = [key for key, of_kind in wanted if of_kind is kind]
        for chunk in chunks(keys):
            hidden = [
                key
                for (key,) in rows(
                    "select name_key from names_taken(%s, %s, %s)",
                    [subject.id, chunk, kind is UnitKind.CUSTOMER],
                )
            ]
            if not hidden:
                continue
            where = Q(hierarchy_id=subject.hierarchy_id)
            if kind is UnitKind.CUSTOMER:
                where |= Q(kind=UnitKind.CUSTOMER.value)
            seen = set(
                visible_units(actor)
                .filter(where, name_key__in=hidden, name_released_at=None)
                .values_list("name_key", flat=True)
            )
            found |= {(key, kind): key in seen for key in hidden}
    return found


@dataclass(frozen=True, slots=True)
class Rights:
    """Units in which the actor may edit, and those below which it may edit whatever comes to be there."""

    edited: frozenset[int]
    filled: frozenset[int]


def rights_in(ids: Collection[int]) -> Rights:
    """What the actor of the open transaction may do to these units (data-core.md §8)."""
    edited, filled = set(), set()
    for chunk in chunks(ids):
        for id_, held, below in rows(
            "select u.id, bit_or(s.perms), coalesce(bit_or(s.perms) filter (where s.subtree), 0)"
            " from unit u, user_scope s where u.id = any (%s) and s.actor_id = (select actor_id())"
            " and s.unit_id = any (u.anc) and (s.subtree or s.unit_id = u.id) group by u.id",
            [chunk],
        ):
            if Permission(held) & Permission.UNIT_EDIT:
                edited.add(id_)
            if Permission(below) & Permission.UNIT_EDIT:
                filled.add(id_)
    return Rights(frozenset(edited), frozenset(filled))


def levels_below(ids: Collection[int]) -> dict[int, int]:
    """How many levels the branch of each unit has below it, hidden ones included."""
    return {
        id_: levels
        for chunk in chunks(ids)
        for id_, levels in rows("select id, levels_below(id) from unnest(%s::bigint[]) id", [chunk])
    }
