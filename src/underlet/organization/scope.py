"""The first belt in words of a query: which rows the actor's grants reach.

The same conditions that the row-level policies use (data-core.md §4, ADR-0019), written independently of them, so
that either alone keeps a row hidden (trust.md A8). Use them on any queryset that can name the unit's columns.
"""

from typing import Any, Final, Literal
from uuid import UUID

from django.db.models import BigIntegerField, BooleanField, Exists, F, Func, JSONField, OuterRef, Q, TextField

from underlet.foundation.actor import Actor
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit

_BOTH: Final = int(Permission.COST_READ | Permission.MARGIN_READ)


class InScope(Func):
    """Whether a unit, given by its `anc` and `id` columns, lies in the actor's scope with these permissions.

    below: with everything below it.
    """

    output_field = BooleanField()

    def __init__(
        self, actor: Actor, anc: str, unit_id: str, needs: Permission = Permission.READ, *, below: bool = False
    ) -> None:
        super().__init__(F(anc), F(unit_id))
        self._actor_id, self._needs, self._below = actor.id, int(needs), below

    # override: Django's stubs want a tuple of parameters, Django itself any sequence
    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The condition and its parameters."""
        (anc, anc_values), (unit, unit_values) = map(compiler.compile, self.source_expressions)
        values = anc_values if self._below else [*anc_values, *unit_values]
        text = _in_scope(anc, unit, is_whole=self._below)
        return text, [self._actor_id, *values, self._needs, self._needs]


def _in_scope(anc: str, unit: str, *, is_whole: bool = False) -> str:
    return (  # made of columns that Django compiled; values are parameters
        "exists (select 1 from user_scope scope where scope.actor_id = %s"  # noqa: S608
        f" and scope.unit_id = any ({anc}) and {_reaches(unit, is_whole=is_whole)}"
        " and scope.perms & %s = %s)"
    )


def _reaches(unit: str, *, is_whole: bool) -> str:
    return "scope.subtree" if is_whole else f"(scope.subtree or scope.unit_id = {unit})"


class Linked(Func):
    """Links to a unit of the query, the units above it and its customer organization, as JSON: the way down first.

    Only to those that the actor reads. is_scoped: by this belt as well, not by the policies alone. Looked up together,
    and as text, because pages about a unit ask for it each time.
    """

    output_field = JSONField()

    def __init__(self, actor: Actor, *, is_scoped: bool) -> None:
        super().__init__(F("anc"), F("anchor_id"))
        self._actor_id, self._is_scoped = actor.id, is_scoped

    # override: Django's stubs want a tuple of parameters, Django itself any sequence
    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The links and their parameters."""
        anc, anchor = (compiler.compile(one)[0] for one in self.source_expressions)  # plain columns
        belt = f" and {_in_scope('near.anc', 'near.id')}" if self._is_scoped else ""
        text = (
            "(select jsonb_agg(jsonb_build_object('key', near.id, 'id', near.public_id, 'kind', near.kind,"  # noqa: S608
            f" 'name', near.name, 'is_above', near.id = any ({anc})) order by near.depth)"
            f" from unit near where near.id = any ({anc} || {anchor}){belt})"
        )
        return text, [self._actor_id, int(Permission.READ), int(Permission.READ)] if self._is_scoped else []


class Held(Func):
    """Every permission that the actor holds in a unit, given by its `anc` and `id` columns, as bits (like `can`).

    below: those for everything below it as well (like `can_below`).
    """

    output_field = BigIntegerField()

    def __init__(self, actor: Actor, anc: str, unit_id: str, *, below: bool = False) -> None:
        super().__init__(F(anc), F(unit_id))
        self._actor_id, self._below = actor.id, below

    # override: Django's stubs want a tuple of parameters, Django itself any sequence
    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The sum of the grants and its parameters."""
        (anc, anc_values), (unit, unit_values) = map(compiler.compile, self.source_expressions)
        text = (  # made of columns that Django compiled; values are parameters
            "(select coalesce(bit_or(scope.perms), 0) from user_scope scope where scope.actor_id = %s"  # noqa: S608
            f" and scope.unit_id = any ({anc}) and {_reaches(unit, is_whole=self._below)})"
        )
        return text, [self._actor_id, *anc_values, *(() if self._below else unit_values)]


class FromAbove(Func):
    """Whether the actor stands above a unit, given by its `anc`, `id` and `entity_id` columns, and not for it.

    A grant reaches it from a unit above, or lies on it for who acts for another legal entity than the unit's: its
    seller's account manager, say. All others are the unit's own people. Whoever views as somebody of another side acts
    for nobody (entity 0, ADR-0035), and so stands above only where the grant does.
    """

    output_field = BooleanField()

    def __init__(self, actor: Actor) -> None:
        super().__init__(F("anc"), F("id"), F("entity_id"))
        self._actor_id = actor.id

    # override: Django's stubs want a tuple of parameters, Django itself any sequence
    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The condition and its parameter."""
        anc, unit, entity = (compiler.compile(one)[0] for one in self.source_expressions)  # plain columns
        text = (  # made of columns that Django compiled; values are parameters
            "exists (select 1 from user_scope scope where scope.actor_id = %s and scope.perms & 1 = 1"  # noqa: S608
            f" and (scope.subtree and scope.unit_id = any (trim_array({anc}, 1))"
            f" or scope.unit_id = {unit} and scope.entity_id not in (0, {entity})))"
        )
        return text, [self._actor_id]


class Mask(Func):
    """The price type that stands between the actor and a unit of the query, None for none (R24, R26)."""

    output_field = TextField()

    def __init__(self, actor: Actor) -> None:
        super().__init__(F("kind"), FromAbove(actor), F("price_type"))

    # override: Django's stubs want a tuple of parameters, Django itself any sequence
    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The price type and its parameters."""
        (kind, _kind), (above, values), (price_type, _type) = map(compiler.compile, self.source_expressions)
        return f"case when {kind} = 'organization' or {above} then null else {price_type} end", values


class InBranch(Func):
    """Whether a unit, given by its `id` column, is a unit or lies below it; found by index, as `anc` alone is not."""

    output_field = BooleanField()

    def __init__(self, unit: Unit, unit_id: str = "id") -> None:
        super().__init__(F(unit_id))
        self._top_id = unit.id

    # override: Django's stubs want a tuple of parameters, Django itself any sequence
    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The condition and its parameters."""
        column, values = compiler.compile(self.source_expressions[0])
        return f"{column} in (select below.id from branch(%s) below)", [*values, self._top_id]  # noqa: S608


class InGroup(Func):
    """Whether a unit, given by its id column, is a member of a group or stands below one (R54).

    Of a group that the actor does not see nothing is: neither by these conditions nor by those of `group_branch`.
    The group's tables belong to `access`, which stands above this context; so they are named in SQL alone.
    """

    output_field = BooleanField()

    def __init__(self, actor: Actor, group: UUID, unit_id: str = "id") -> None:
        super().__init__(F(unit_id))
        self._actor_id, self._group = actor.id, group

    # override: Django's stubs want a tuple of parameters, Django itself any sequence
    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The condition and its parameters."""
        column, values = compiler.compile(self.source_expressions[0])
        text = (  # made of a column that Django compiled; values are parameters
            f"({column} in (select below.id from group_branch(%s) below)"  # noqa: S608
            " and exists (select 1 from unit_group grp where grp.public_id = %s and (group_role(grp.id) > 0 or exists ("
            "select 1 from user_scope scope, unit owner where owner.id = grp.unit_id and scope.actor_id = %s"
            " and scope.unit_id = any (owner.anc) and (scope.subtree or scope.unit_id = owner.id)"
            " and scope.perms & 1 = 1))))"
        )
        return text, [*values, self._group, self._group, self._actor_id]


class InEdge(Func):
    """Whether the actor stands on one side of an edge: of the contract, lines or invoices between a seller and a buyer.

    On the buyer's: the buyer is in scope, and the actor acts for its legal entity. On the seller's: the buyer or the
    seller is in scope, and the actor acts for the seller's legal entity; so a seller keeps what it agreed and issued
    when its buyer has moved away (billing.md §8). Where a customer shares its seller's legal entity, a grant on the
    customer does not make its holder the seller: what a seller pays and keeps is not for its people (R27, ADR-0032).
    What an organization of one's own legal entity buys shows to who may see both cost and margin there: beside what it
    sells it tells the margin (A11, ADR-0038). at_seller: only where the seller itself is in scope, for what is not told
    to whoever works for the seller on some of its buyers alone (R2, R51).
    """

    output_field = BooleanField()
    _ENDS: Final = {"buyer": ("buyer_id",), "seller": ("buyer_id", "seller_id")}

    def __init__(
        self,
        actor: Actor,
        side: Literal["seller", "buyer"],
        needs: Permission = Permission.PRICES,
        *,
        at_seller: bool = False,
    ) -> None:
        ends = ("seller_id",) if at_seller else self._ENDS[side]
        super().__init__(F("buyer_entity_id"), F(f"{side}_entity_id"), F("buyer_id"), *map(F, ends))
        self._actor_id, self._needs, self._is_sellers = actor.id, int(needs), side == "seller"

    # override: Django's stubs want a tuple of parameters, Django itself any sequence
    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The condition and its parameters."""
        # Plain columns, so none has parameters. Ancestors are looked up, not joined: the unit at the other end may
        # be hidden, and a join to it would take the edge along.
        buyer_entity, entity, buyer, *ends = (compiler.compile(one)[0] for one in self.source_expressions)
        above = "party.anc"
        if self._is_sellers:
            above = (
                f"case when party.kind = 'customer' and party.entity_id = {entity}"
                " then trim_array(party.anc, 1) else party.anc end"
            )
        text = " or ".join(
            "exists (select 1 from user_scope scope where scope.actor_id = %s"  # noqa: S608 (made of columns)
            f" and scope.unit_id = any ((select {above} from unit party where party.id = {end})::bigint[])"
            f" and (scope.subtree or scope.unit_id = {end})"
            f" and scope.perms & %s = %s and scope.entity_id = {entity}"
            f" and (scope.perms & %s = %s or scope.entity_id <> {buyer_entity}"
            f" or is_customer({buyer})))"
            for end in ends
        )
        return f"({text})", [self._actor_id, self._needs, self._needs, _BOTH, _BOTH] * len(ends)


class IsParty(Func):
    """Whether the actor acts for either legal entity of an edge, wherever it lies.

    InEdge implies it. But this the database may test before the policies, and by index, so that a list costs what the
    reader's own edges cost, and not everybody's.
    """

    output_field = BooleanField()

    def __init__(self, actor: Actor) -> None:
        super().__init__(F("seller_entity_id"), F("buyer_entity_id"))
        self._actor_id = actor.id

    # override: Django's stubs want a tuple of parameters, Django itself any sequence
    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The condition and its parameters."""
        text = " or ".join(
            f"{compiler.compile(entity)[0]} = any ((select array(select distinct scope.entity_id"  # noqa: S608
            " from user_scope scope where scope.actor_id = %s))::bigint[])"
            for entity in self.source_expressions
        )
        return f"({text})", [self._actor_id] * len(self.source_expressions)


def deals_of(unit: Unit) -> Q:
    """Edges in which a unit, or one below it, buys or sells, wherever the other end lies."""
    if unit.kind == UnitKind.CUSTOMER:  # a leaf that sells nothing: by index
        return Q(buyer_id=unit.id)
    below = Unit.objects.filter(anc__contains=[unit.id])
    sellers = below.filter(kind=UnitKind.ORGANIZATION, id=OuterRef("seller_id"))
    return Q(Exists(below.filter(id=OuterRef("buyer_id")))) | Q(Exists(sellers))
