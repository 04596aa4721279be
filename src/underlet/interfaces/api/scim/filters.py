"""Filters and orders of SCIM as conditions of the database."""

import operator
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import reduce
from typing import Any
from uuid import UUID

from django.db.models import Q
from scim2_models import InvalidFilterException, ScimFilter
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)

from underlet.kernel.naming import name_key

NOBODY = Q(pk__in=())
_LOOKUPS = {
    CompareOperator.eq: "iexact", CompareOperator.co: "icontains", CompareOperator.sw: "istartswith",
    CompareOperator.ew: "iendswith",
}  # fmt: skip
_ORDERED = {
    CompareOperator.gt: "gt",
    CompareOperator.ge: "gte",
    CompareOperator.lt: "lt",
    CompareOperator.le: "lte",
}
Column = Callable[[CompareOperator, Any], Q]
"""A condition on what an attribute is kept in; raises InvalidFilterException for one that makes no sense."""


def text(field: str, *, exact: bool = False) -> Column:
    """A text, compared without case unless it is exact; "" counts as absent."""

    def condition(op: CompareOperator, value: Any) -> Q:
        if op not in _LOOKUPS or not isinstance(value, str):
            raise InvalidFilterException(detail=f"“{op.value}” cannot compare this attribute")
        lookup = _LOOKUPS[op].removeprefix("i") if exact else _LOOKUPS[op]
        return Q(**{f"{field}__{lookup}": value})

    return condition


def name(field: str) -> Column:
    """A name, which is unique by its key: that finds it in an index."""
    compared = text(field)

    def condition(op: CompareOperator, value: Any) -> Q:
        if op is CompareOperator.eq and isinstance(value, str):
            return Q(**{f"{field}_key": name_key(value)})
        return compared(op, value)

    return condition


def identity(field: str) -> Column:
    """An id of ours; what is none is nobody's."""

    def condition(op: CompareOperator, value: Any) -> Q:
        if op is not CompareOperator.eq:
            raise InvalidFilterException(detail="Ids can only be equal")
        try:
            return Q(**{field: UUID(str(value))})
        except ValueError:
            return NOBODY

    return condition


def flag(field: str) -> Column:
    """True or false."""

    def condition(op: CompareOperator, value: Any) -> Q:
        if op is not CompareOperator.eq or not isinstance(value, bool):
            raise InvalidFilterException(detail="This attribute is true or false")
        return Q(**{field: value})

    return condition


def moment(field: str) -> Column:
    """A moment in time."""

    def condition(op: CompareOperator, value: Any) -> Q:
        try:
            at = datetime.fromisoformat(str(value))
        except ValueError:
            raise InvalidFilterException(detail="This attribute is a moment in time") from None
        if op is CompareOperator.eq:
            return Q(**{field: at})
        if op not in _ORDERED or at.tzinfo is None:
            raise InvalidFilterException(detail=f"“{op.value}” cannot compare this attribute")
        return Q(**{f"{field}__{_ORDERED[op]}": at})

    return condition


def fixed(present: Any) -> Column:
    """What every resource has alike."""

    def condition(op: CompareOperator, value: Any) -> Q:
        if op is not CompareOperator.eq:
            raise InvalidFilterException(detail=f"“{op.value}” cannot compare this attribute")
        is_same = value == present or (isinstance(value, str) and value.casefold() == str(present).casefold())
        return ~NOBODY if is_same else NOBODY

    return condition


def among(find: Callable[[UUID], Any]) -> Column:
    """Resources that belong to something, by its id. find: an id -> their ids."""

    def condition(op: CompareOperator, value: Any) -> Q:
        if op is not CompareOperator.eq:
            raise InvalidFilterException(detail="Ids can only be equal")
        try:
            return Q(pk__in=find(UUID(str(value))))
        except ValueError:
            return NOBODY

    return condition


class _Conditions(FilterVisitor[Q]):
    def __init__(self, columns: Mapping[str, Column], there: Mapping[str, Q], prefix: str = "") -> None:
        self._columns, self._there, self._prefix = columns, there, prefix

    def _name(self, path: AttrPath) -> str:
        return (self._prefix + path.attr + (f".{path.sub_attr}" if path.sub_attr else "")).casefold()

    def visit_comparison(self, node: Comparison) -> Q:
        """eq, ne, co, sw, ew, and the order of moments; `eq null` is absence."""
        column = self._columns.get(self._name(node.attr_path))
        if column is None:
            raise InvalidFilterException(detail=f"Filters by {node.attr_path} are not supported")
        if node.value is None and node.op in (CompareOperator.eq, CompareOperator.ne):
            there = self.visit_present(Present(node.attr_path))
            return ~there if node.op is CompareOperator.eq else there
        if node.op is CompareOperator.ne:
            return ~column(CompareOperator.eq, node.value)
        return column(node.op, node.value)

    def visit_present(self, node: Present) -> Q:
        """Whether there is a value."""
        name = self._name(node.attr_path)
        if name not in self._columns:
            raise InvalidFilterException(detail=f"Filters by {node.attr_path} are not supported")
        return self._there.get(name, ~NOBODY)

    def visit_not(self, node: Not) -> Q:
        """The contrary."""
        return ~self.visit(node.expr)

    def visit_logical_expr(self, node: LogicalExpr) -> Q:
        """All of them, or any."""
        join = operator.and_ if node.op is LogicalOperator.and_ else operator.or_
        return reduce(join, (self.visit(one) for one in node.terms))

    def visit_value_path(self, node: ValuePath) -> Q:
        """Of several values, those that fit; of each attribute that has several, one kind is kept."""
        inner = _Conditions(self._columns, self._there, f"{node.attr_path.attr}.")
        return inner.visit(node.val_filter)


def condition_of(found: ScimFilter[Any], columns: Mapping[str, Column], there: Mapping[str, Q]) -> Q:
    """A filter as a condition. columns: by attribute; there: when an attribute that may be absent is present.

    Raises InvalidFilterException for an attribute or a comparison that is not offered.
    """
    return _Conditions(columns, there).visit(found.ast)
