"""What units were: the structure as of a past moment, to those who see the units now (ADR-0030)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from underlet.foundation.actor import Actor
from underlet.foundation.clock import today
from underlet.foundation.database.sql import rows
from underlet.foundation.registry import query
from underlet.foundation.settings import settings
from underlet.foundation.types import Page, decode_cursor, encode_cursor, not_a_cursor
from underlet.kernel.errors import InvalidInput
from underlet.kernel.hierarchy import UnitKind, UnitState
from underlet.kernel.period import end_of_day
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit, UnitVersion
from underlet.organization.queries import UNIT
from underlet.organization.types import ListPast, PastUnit

_RANKS = {"": (0, 1), "organization": (0, 0), "customer": (1, 1)}


class _WasInScope(Func):
    """Whether the actor sees now what a unit, given by its id, was: the unit itself, or below its last place."""

    output_field = BooleanField()

    def __init__(self, actor: Actor) -> None:
        super().__init__(F("unit_id"))
        self._actor_id = actor.id

    # override: Django's stubs want a tuple of parameters, Django itself any sequence
    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The condition and its parameters."""
        unit, _none = compiler.compile(self.source_expressions[0])  # a plain column
        scope = "exists (select 1 from user_scope scope where scope.actor_id = %s and scope.perms & %s = %s"
        text = (  # made of a column that Django compiled; values are parameters
            f"({scope} and scope.unit_id = any ((select here.anc from unit here where here.id = {unit})::bigint[])"  # noqa: S608
            f" and (scope.subtree or scope.unit_id = {unit}))"
            f" or {scope} and scope.subtree and scope.unit_id = any ((select kept.anc from unit kept,"
            f" removed_unit gone where gone.unit_id = {unit} and kept.id = gone.kept_id)::bigint[])))"
        )
        return text, [self._actor_id, Permission.READ, Permission.READ] * 2


def visible_versions(actor: Actor) -> QuerySet[UnitVersion]:
    """What the units were that the actor may read now, or could if they were still there (first belt)."""
    if not settings().query_scoping:
        return UnitVersion.objects.all()
    return UnitVersion.objects.filter(_WasInScope(actor))


def as_of(moment: datetime) -> Q:
    """Of each unit the version of one moment."""
    return Q(from_at__lte=moment) & (Q(to_at=None) | Q(to_at__gt=moment))


def last_names(actor: Actor, ids: Collection[int]) -> dict[int, str]:
    """What those of the units are called that the actor sees, or, if they are gone, what they were called last."""
    found = visible_versions(actor).filter(unit_id__in=ids).order_by("unit_id", "-from_at").distinct("unit_id")
    return dict(found.values_list("unit_id", "name"))


@query("unit.past", subject=UNIT)
def list_past(actor: Actor, unit: Unit, data: ListPast) -> Page[PastUnit]:
    """List a unit and everything that stood below it on a past day or at a past moment, in the order of an outline.

    Shown is what the reader sees now, and what was removed since from below what they see. Where something hidden stood
    between, what was below it comes last, without a parent. Raises InvalidInput for a time to come.
    """
    if data.as_of > end_of_day(today()):
        raise InvalidInput(fields={"as_of": "This day is still to come."})
    then = visible_versions(actor).filter(as_of(data.as_of))
    below = _place(then, unit, data.below)
    after = decode_cursor(data.after, int)
    if after and not then.filter(unit_id=after[0]).exists():
        raise not_a_cursor()
    if below is None:
        return Page(())
    found = rows(
        "select unit_id, depth from page_past(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            below, data.as_of, *_RANKS[data.kind], data.state == "all", data.direct, below == unit.id,
            after[0] if after else 0, data.limit + 1,
        ],
    )  # fmt: skip
    ids = [id_ for id_, _depth in found[: data.limit]]
    shown = {version.unit_id: version for version in _with_surroundings(then.filter(unit_id__in=ids), then)}
    items = tuple(_row(shown[id_], depth) for id_, depth in found if id_ in shown)
    return Page(items, encode_cursor(ids[-1]) if len(found) > data.limit else None)


def _place(then: QuerySet[UnitVersion], unit: Unit, below: UUID | None) -> int | None:
    """The id of the unit whose children are asked for; None where it is hidden or was not there."""
    if below is None or below == unit.public_id:
        return unit.id
    return then.filter(public_id=below, hierarchy_id=unit.hierarchy_id).values_list("unit_id", flat=True).first()


def _with_surroundings(versions: QuerySet[UnitVersion], then: QuerySet[UnitVersion]) -> QuerySet[UnitVersion]:
    """With the public id of the parent, the number of children, and whether the unit is gone since."""
    parent = then.filter(unit_id=OuterRef("parent_id")).values("public_id")
    children = then.filter(parent_id=OuterRef("unit_id")).exclude(state=UnitState.ARCHIVED).values("parent_id")
    return versions.annotate(
        above=Subquery(parent),
        below=Coalesce(
            Subquery(children.annotate(n=Count("unit_id")).values("n"), output_field=IntegerField()), 0
        ),
        is_gone=~Exists(Unit.objects.filter(id=OuterRef("unit_id"))),
    )


def _row(version: Any, depth: int) -> PastUnit:
    return PastUnit(
        version.public_id,
        UnitKind(version.kind),
        version.name,
        version.display_name,
        depth,
        version.above,
        version.organization_number,
        version.code,
        version.below,
        UnitState(version.state),
        version.anchors,
        version.is_gone,
    )


def last_move(unit: Unit) -> tuple[int, datetime] | None:
    """From where and when a visible unit was moved last; None if it never was. The place may be hidden or gone."""
    moved = UnitVersion.objects.filter(unit_id=unit.id, came_from__isnull=False).order_by("-from_at").first()
    return (moved.came_from, moved.from_at) if moved and moved.came_from else None
