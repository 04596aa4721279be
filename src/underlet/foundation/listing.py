"""Lists in an order of the reader's choice, paged by key.

A page begins after the last row of the page before, found by what the list is sorted by and, where that is equal, by
the row's id: so no row comes twice or is left out while others are added. A cursor belongs to its order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, TypeVar

from django.db.models import F, Model, Q, QuerySet

from underlet.foundation.types import Page, PageInput, decode_cursor, encode_cursor, not_a_cursor
from underlet.kernel.errors import InvalidInput

ModelT = TypeVar("ModelT", bound=Model)


@dataclass(frozen=True, slots=True)
class Order:
    """What a list can be sorted by. field: a column or an annotation. kind: of its values.

    is_nullable: rows without a value exist; they come last, in either direction.
    Only what the reader is shown may be a field: a cursor carries its value, and the order tells about it.
    """

    field: str
    kind: type
    is_nullable: bool = False


BY_ID = Order("id", int)
"""In the order in which the rows were made."""


def sorted_page(found: QuerySet[ModelT], data: PageInput, sort: str, orders: Mapping[str, Order]) -> Page[ModelT]:
    """The page of a list that the cursor asks for, in one query.

    sort: a name among `orders`, with "-" in front for backwards. Raises InvalidInput for a cursor of another order.
    """
    is_down = sort.startswith("-")
    order = orders[sort.removeprefix("-")]
    after = _decoded(data.after, sort, order)
    if after is not None:
        found = found.filter(_beyond(order, *after, is_down=is_down))
    by_id = F("id").desc() if is_down else F("id").asc()
    last = True if order.is_nullable else None
    by_field = F(order.field).desc(nulls_last=last) if is_down else F(order.field).asc(nulls_last=last)
    rows = list(found.order_by(*((by_id,) if order is BY_ID else (by_field, by_id)))[: data.limit + 1])
    if len(rows) <= data.limit:
        return Page(tuple(rows))
    kept = tuple(rows[: data.limit])
    return Page(kept, encode_cursor(sort, getattr(kept[-1], order.field), kept[-1].pk))


def _decoded(cursor: str, sort: str, order: Order) -> tuple[Any, int] | None:
    """Value and id of the row that the page begins after; None for the first page. Raises InvalidInput."""
    try:
        parts = decode_cursor(cursor, str, order.kind, int)
    except InvalidInput:
        if not order.is_nullable:
            raise
        parts = decode_cursor(cursor, str, NoneType, int)
    if parts is None:
        return None
    of_sort, value, id_ = parts
    if of_sort != sort:
        raise not_a_cursor()
    return value, id_


def _beyond(order: Order, value: Any, id_: int, *, is_down: bool) -> Q:
    """Rows that come after the one with this value and id."""
    way = "lt" if is_down else "gt"
    later = Q(**{f"id__{way}": id_})
    if order is BY_ID:
        return later
    if value is None:
        return Q(**{f"{order.field}__isnull": True}) & later
    # The first half alone bounds the scan of an index; the second leaves out the rows seen.
    found = Q(**{f"{order.field}__{way}e": value}) & (Q(**{f"{order.field}__{way}": value}) | later)
    return found | Q(**{f"{order.field}__isnull": True}) if order.is_nullable else found
