"""Numbers as people type them: "12,5" and "1.234,50" as well as "12.5", read into what operations take.

Both separators are understood in every language, as long as the number can be read in one way only. Where it cannot
("1.234" on a German page may be one and a bit, or more than a thousand), it is handed on in a form that the input type
refuses, so nothing is guessed and the field says what to write.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from django.utils.formats import get_format, number_format
from pydantic import BaseModel

from underlet.interfaces.web.say import decimals_of

_BLANKS = re.compile(r"[\s\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_MARKS = {".": ",", ",": "."}


def typed(value: Decimal) -> str:
    """A number as it stands in a field: in the reader's language, without grouping or trailing zeros."""
    exact = value.normalize()
    return number_format(exact, decimal_pos=decimals_of(exact), use_l10n=True, force_grouping=False)


def read(text: str) -> str:
    """A typed number with a point and without grouping; what is no number, or not a clear one, stays refusable."""
    plain = _BLANKS.sub("", text).replace("\N{MINUS SIGN}", "-")
    marks = [sign for sign in plain if sign in _MARKS]
    if not marks:
        return plain
    own = str(get_format("DECIMAL_SEPARATOR"))
    last = marks[-1]
    if len(set(marks)) == 2:
        whole, _, part = plain.rpartition(last)
        is_clear = marks.count(last) == 1 and _GROUPED.fullmatch(whole)
        return f"{whole.replace(_MARKS[last], '')}.{part}" if is_clear else text
    if len(marks) > 1:
        return plain.replace(last, "") if _GROUPED.fullmatch(plain) else text
    may_group = last != own and _GROUPED.fullmatch(plain) and not plain.lstrip("+-").startswith("0")
    return plain.replace(last, ",") if may_group else plain.replace(last, ".")


def with_numbers(kind: Any, value: Any) -> Any:
    """A form's input with its decimals read, wherever the input type has some. kind: the type of the value."""
    if isinstance(value, str):
        return read(value) if value and _takes_decimal(kind) else value
    if isinstance(value, Mapping):
        return {name: with_numbers(_kind_of(kind, name), one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        [item, *_] = [one for one in get_args(_bare(kind)) if one is not Ellipsis] or [None]
        return [with_numbers(item, one) for one in value]
    return value


def _bare(kind: Any) -> Any:
    """A type without its annotations and without "or nothing"."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        [first, *_] = [one for one in get_args(kind) if one is not type(None)]
        return _bare(first)
    return kind


def _takes_decimal(kind: Any) -> bool:
    return _bare(kind) is Decimal


def _kind_of(kind: Any, name: str) -> Any:
    bare = _bare(kind)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return bare.model_fields[name].annotation if name in bare.model_fields else None
    return get_args(bare)[1] if get_origin(bare) is dict else None
