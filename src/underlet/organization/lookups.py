"""Looking up units that are already known or chosen, by key and in one statement.

Each condition is one array, however many units there are: hundreds of parameters cost more than the look-up, and for a
page function in a join the planner guesses so many rows that it reads all units.
"""

from collections.abc import Collection, Sequence
from typing import Any, LiteralString

from django.db.models import BooleanField, F, Func, IntegerField, Q, Value


def among(ids: Collection[int], column: str = "id") -> Q:
    """Rows whose column holds one of these ids; for none of them nothing is asked."""
    return Q(_Among(ids, column)) if ids else Q(**{f"{column}__in": ()})


class _Among(Func):
    output_field = BooleanField()

    def __init__(self, ids: Collection[int], column: str) -> None:
        super().__init__(F(column))
        self._ids = list(ids)

    # override: Django's stubs want a tuple of parameters, Django itself any sequence
    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The condition and its parameters."""
        column, values = compiler.compile(self.source_expressions[0])
        return f"{column} = any (%s)", [*values, self._ids]


class OnPage(Func):
    """Whether a unit is among those that a page function of the database chose. chosen: selects their ids."""

    output_field = BooleanField()

    def __init__(self, chosen: LiteralString, parameters: Sequence[Any]) -> None:
        super().__init__(F("id"))
        self._chosen, self._parameters = chosen, list(parameters)

    # override: Django's stubs want a tuple of parameters, Django itself any sequence
    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The condition and its parameters."""
        column, values = compiler.compile(self.source_expressions[0])
        return f"{column} = any (array({self._chosen}))", [*values, *self._parameters]


def children_count(most: int) -> Func:
    """How many visible children a unit of the outer query has, without archived ones, counted no further than `most`.

    Counted in the index alone, by a function that knows the actor; ask it only of units found visible.
    """
    return Func(F("id"), Value(most), function="children_shown", output_field=IntegerField())


class ChildrenAmong(Func):
    """The same of a few units, all counted at once; 0 for others. ids: of units found visible."""

    output_field = IntegerField()

    def __init__(self, ids: Collection[int]) -> None:
        super().__init__(F("id"))
        self._ids = list(ids)

    # override: Django's stubs want a tuple of parameters, Django itself any sequence
    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The number and its parameters."""
        column, values = compiler.compile(self.source_expressions[0])
        counted = "(select jsonb_object_agg(c.id, c.below) from children_counted(%s) c)"
        return f"coalesce(({counted} ->> {column}::text)::integer, 0)", [self._ids, *values]
