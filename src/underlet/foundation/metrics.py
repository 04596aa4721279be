"""Figures of cost in answers: each says which metric it holds, and one door takes out what its reader may not see.

A field of a result is typed `Margin`, `SellerCost` and so on; a table keyed by `CostMetric` says it by its keys. `ask`
and `run` pass every answer through `masked` with what the subject shows its reader, so a new read is masked before
anybody thinks of it; a test fails on a figure that does not say what it is (ADR-0032).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from operator import is_
from types import NoneType
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticOmit, core_schema

from underlet.kernel.price_type import CostMetric


class Absent:
    """What stands for a figure that is not there for its reader: no field in JSON, no column on a page, no dash.

    False, as nothing is. In schemas the field is optional.
    """

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "ABSENT"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.is_instance_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        raise PydanticOmit


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class Figure:
    """Which metric a field holds. None: that depends on the price rule, and the query decides who sees it."""

    metric: CostMetric | None

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), OPTIONAL: self.metric.value if self.metric else "by rule"}


OPTIONAL = "x-cost-metric"
"""In schemas: the metric of a field, which is left out for readers who may not see it."""

# Without Absent: what every reader of its answer may see, and what only the root's people read at all.
Price = Annotated[Decimal, Figure(CostMetric.PRICE)]
Bought = Annotated[Decimal | Absent, Figure(CostMetric.PRICE)]
MaybePrice = Annotated[Decimal | None, Figure(CostMetric.PRICE)]
SellerCost = Annotated[Decimal, Figure(CostMetric.SELLER_COST)]
MaybeSellerCost = Annotated[Decimal | Absent | None, Figure(CostMetric.SELLER_COST)]
Sales = Annotated[Decimal | Absent | None, Figure(CostMetric.SALES)]
Margin = Annotated[Decimal | Absent | None, Figure(CostMetric.MARGIN)]
ByRule = Annotated[Decimal | Absent | None, Figure(None)]


@cache
def figures_of(result: type) -> Mapping[str, CostMetric | None]:
    """The fields of a result that say which metric they hold."""
    found: dict[str, CostMetric | None] = {}
    for name, hint in get_type_hints(result, include_extras=True).items():
        if get_origin(hint) is Annotated:
            for tag in get_args(hint):
                if isinstance(tag, Figure):
                    found[name] = tag.metric
    return found


_ALL = frozenset(CostMetric)
_PLAIN = frozenset({NoneType, str, int, bool, Decimal, date, datetime, UUID})
"""Types of most values of most answers: they hold nothing that could go."""


def masked(value: Any, shown: frozenset[CostMetric]) -> Any:
    """An answer without the figures whose metric is not shown; the same object if nothing had to go."""
    return value if shown >= _ALL else _masked(value, shown)


def _masked(value: Any, shown: frozenset[CostMetric]) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, dict):
        kept = {key: _masked(item, shown) for key, item in value.items() if _is_shown(key, shown)}
        same = len(kept) == len(value) and all(kept[key] is item for key, item in value.items())
        return value if same else kept
    if isinstance(value, tuple):
        parts = tuple(_masked(item, shown) for item in value if _is_shown(item, shown))
        same = len(parts) == len(value) and all(map(is_, parts, value))
        return value if same else parts
    if not is_dataclass(value) or isinstance(value, type):
        return value
    tags = figures_of(type(value))
    changes: dict[str, Any] = {}
    for field in fields(value):
        before = getattr(value, field.name)
        metric = tags.get(field.name)
        after = _masked(before, shown) if metric is None or metric in shown else ABSENT
        if after is not before:
            changes[field.name] = after
    return replace(value, **changes) if changes else value


def _is_shown(key: Any, shown: frozenset[CostMetric]) -> bool:
    return not isinstance(key, CostMetric) or key in shown
