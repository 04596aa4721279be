"""Shapes that every context shares: inputs, pages, addresses of things."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import IO, Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from underlet.foundation.metrics import ABSENT
from underlet.kernel.errors import InvalidInput
from underlet.kernel.period import Month

PAGE_SIZE = 50
MAX_PAGE_SIZE = 100
_MOST_DIGITS = 60  # of a number in a cursor; no column holds more

SORTED_BY = "What the list is sorted by; a “-” in front turns it round. What has no value comes last."

RowT = TypeVar("RowT")
CursorPart = str | int | date | Decimal | None


class Input(BaseModel):
    """Base of all inputs: unknown fields are refused, texts are trimmed, values never change afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, arbitrary_types_allowed=True)


class NoInput(Input):
    """For operations and queries that take nothing but their subject."""


class PageInput(Input):
    """What every list takes: where to go on, and how many rows."""

    after: str = Field(default="", description="Cursor: the `next` of the page before.")
    limit: int = Field(default=PAGE_SIZE, ge=1, le=MAX_PAGE_SIZE, description="Rows per page.")


def _plain_decimal(value: Any) -> Any:
    """Refuse floats: JSON numbers with a point have lost their digits before we see them."""
    if isinstance(value, float):
        raise ValueError('Send decimals as strings, for example "0.025".')
    return value


ExactDecimal = Annotated[
    Decimal,
    BeforeValidator(_plain_decimal),
    Field(allow_inf_nan=False),
    PlainSerializer(lambda value: format(value, "f"), return_type=str, when_used="json"),
]
"""A decimal that never was a float; written as a string."""

MonthText = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-04"])]
OptionalMonth = Annotated[str, Field(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$", description="Only this month")]
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """One page of a list in its order. next: cursor of the following page, None at the end."""

    items: tuple[RowT, ...]
    next: str | None = None


def encode_cursor(*key: CursorPart) -> str:
    """An opaque cursor from the sort key of the last row."""
    return base64.urlsafe_b64encode(json.dumps(key, default=to_json).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type) -> tuple[Any, ...] | None:
    """The sort key in a cursor, None for the empty cursor. Raises InvalidInput for anything else.

    kinds: of its parts: str, int, date, datetime, Decimal.
    """
    if not cursor:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return tuple(_part(part, kind) for part, kind in zip(key, kinds, strict=True))
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        raise not_a_cursor() from None


def not_a_cursor() -> InvalidInput:
    """The refusal of a cursor that is none, or belongs to another list or another order of it."""
    return InvalidInput("This page cursor is not valid.", fields={"after": "Not a cursor of this list."})


def _part(part: Any, kind: type) -> CursorPart:
    """One part of a cursor as the database can compare with it. Raises ValueError, TypeError, ArithmeticError."""
    if kind is datetime:
        moment = datetime.fromisoformat(part)
        if moment.tzinfo is not None:
            return moment
    elif kind is date:
        return date.fromisoformat(part)
    elif kind is Decimal and isinstance(part, str):
        value = Decimal(part)
        if value.is_finite() and abs(value.adjusted()) < _MOST_DIGITS:
            return value
    elif kind is type(None) and part is None:
        return None
    if kind is int and type(part) is int and -(2**63) <= part < 2**63:
        return part
    if kind is str and isinstance(part, str) and b"\0" not in part.encode():  # a lone surrogate raises by itself
        return part
    raise ValueError


def page_of(rows: Sequence[RowT], limit: int, key: Any) -> Page[RowT]:
    """Cut limit + 1 fetched rows into a page; `key(row)` gives the cursor parts of the last row kept."""
    if len(rows) <= limit:
        return Page(tuple(rows))
    kept = tuple(rows[:limit])
    return Page(kept, encode_cursor(*key(kept[-1])))


def to_json(value: Any) -> Any:
    """Plain JSON data of a result: decimals, dates and ids as strings, dataclasses as objects."""
    if value is None or isinstance(value, str | int | bool):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Month):
        return str(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if is_dataclass(value):
        found = {field.name: getattr(value, field.name) for field in fields(value)}
        return {name: to_json(item) for name, item in found.items() if item is not ABSENT}
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_json(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """A query's answer that is a file. inline: may be shown in a tab; everything else only downloads.

    file: an open temporary file in place of `content`, where that is too large to hold; its sender closes it.
    """

    name: str
    media_type: str
    content: bytes = b""
    inline: bool = False
    file: IO[bytes] | None = None
