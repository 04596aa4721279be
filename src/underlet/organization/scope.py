"""The first belt in words of a query: which rows the actor's grants reach.

The same two conditions that the row-level policies use (data-core.md §4), written independently of them, so that
either alone keeps a row hidden (trust.md A8). Use them on any queryset that can name the unit's columns.
"""

from typing import Any

from django.db.models import BooleanField, F, Func

from underlet.foundation.actor import Actor
from underlet.kernel.permission import Permission


class InScope(Func):
    """Whether a unit, given by its `anc` and `id` columns, lies in the actor's scope with these permissions."""

    output_field = BooleanField()

    def __init__(self, actor: Actor, anc: str, unit_id: str, needs: Permission = Permission.READ) -> None:
        super().__init__(F(anc), F(unit_id))
        self._actor_id, self._needs = actor.id, int(needs)

    # override: Django's stubs want a tuple of parameters, Django itself any sequence
    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The condition and its parameters."""
        (anc, anc_values), (unit, unit_values) = map(compiler.compile, self.source_expressions)
        text = (  # made of columns that Django compiled; values are parameters
            "exists (select 1 from user_scope scope where scope.actor_id = %s"  # noqa: S608
            f" and scope.unit_id = any ({anc}) and (scope.subtree or scope.unit_id = {unit})"
            " and scope.perms & %s = %s)"
        )
        return text, [self._actor_id, *anc_values, *unit_values, self._needs, self._needs]


class InEdge(Func):
    """Whether the actor is party to an edge: reaches the buyer, and acts for the seller's or buyer's legal entity.

    seller_only: for what an edge keeps from its buyer (drafts, removed charges).
    """

    output_field = BooleanField()

    def __init__(
        self,
        actor: Actor,
        buyer: str = "buyer",
        needs: Permission = Permission.PRICES,
        *,
        seller_only: bool = False,
    ) -> None:
        side = "seller_entity_id" if seller_only else "buyer_entity_id"
        super().__init__(F(f"{buyer}__anc"), F(f"{buyer}_id"), F("seller_entity_id"), F(side))
        self._actor_id, self._needs = actor.id, int(needs)

    # override: Django's stubs want a tuple of parameters, Django itself any sequence
    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The condition and its parameters."""
        compiled = [compiler.compile(expression) for expression in self.source_expressions]
        (anc, unit, seller, buyer), values = zip(*compiled, strict=True)
        text = (  # made of columns that Django compiled; values are parameters
            "exists (select 1 from user_scope scope where scope.actor_id = %s"  # noqa: S608
            f" and scope.unit_id = any ({anc}) and (scope.subtree or scope.unit_id = {unit})"
            f" and scope.perms & %s = %s and scope.entity_id in ({seller}, {buyer}))"
        )
        before, after = [*values[0], *values[1]], [*values[2], *values[3]]
        return text, [self._actor_id, *before, self._needs, self._needs, *after]
