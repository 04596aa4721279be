"""Who changed a unit, what and when: from the versions that the database keeps, and the audit trail (ADR-0030)."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from underlet.access.models import Grant, User
from underlet.access.types import FieldChange, HistoryEntry, ListHistory
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows
from underlet.foundation.models import AuditEntry
from underlet.foundation.registry import query
from underlet.foundation.settings import settings
from underlet.foundation.types import Page, decode_cursor, encode_cursor, not_a_cursor
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit, UnitVersion
from underlet.organization.past import last_names, visible_versions
from underlet.organization.queries import UNIT, visible_units
from underlet.organization.scope import InScope

_TEXTS = (
    "kind", "name", "display_name", "code", "organization_number", "time_zone", "price_type", "state"
)  # fmt: skip
_UNITS = {"parent": "parent_id", "customer_organization": "anchor_id"}


_OF_THE_UNIT = (
    "unit", "legal_entity", "user", "grant", "group", "role", "role_ceiling", "sign_in_policy", "brand", "environment",
    "structure", "view_as",
)  # fmt: skip
"""What operations on a unit itself are about; all others may be about an edge, which is its two parties' alone."""


class Doer(NamedTuple):
    """Who did something: by name, "" = whom the reader may not know; and as whom they looked, None = as themselves."""

    name: str
    by_key: bool = False
    on_behalf_of: str | None = None


_NOBODY = Doer("")


class _MayAudit(Func):
    """Whether the actor may read an entry of a unit's audit trail; of an edge, only while acting for the unit."""

    output_field = BooleanField()

    def __init__(self, actor: Actor) -> None:
        super().__init__(F("unit_id"), F("operation"))
        self._actor_id = actor.id

    # override: Django's stubs want a tuple of parameters, Django itself any sequence
    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """The condition and its parameters."""
        unit, operation = (compiler.compile(one)[0] for one in self.source_expressions)  # plain columns
        text = (  # made of columns that Django compiled; values are parameters
            "exists (select 1 from user_scope scope where scope.actor_id = %s and scope.perms & %s = %s"  # noqa: S608
            f" and scope.unit_id = any ((select here.anc from unit here where here.id = {unit})::bigint[])"
            f" and (scope.subtree or scope.unit_id = {unit})"
            f" and (split_part({operation}, '.', 1) = any (%s)"
            f" or scope.entity_id = (select here.entity_id from unit here where here.id = {unit})))"
        )
        return text, [self._actor_id, Permission.AUDIT_READ, Permission.AUDIT_READ, list(_OF_THE_UNIT)]


def visible_audit(actor: Actor) -> QuerySet[AuditEntry]:
    """Entries of the audit trail that the actor may read (first belt)."""
    if not settings().query_scoping:
        return AuditEntry.objects.all()
    return AuditEntry.objects.filter(_MayAudit(actor))


@query("unit.history", subject=UNIT)
def list_history(actor: Actor, unit: Unit, data: ListHistory) -> Page[HistoryEntry]:
    """List what changed in a unit: who, when, and each field before and after.

    Operations that changed no field of the unit, such as invitations, are listed for those who may read its audit
    trail; those about its contracts and invoices only while acting for its legal entity. Names of people show to
    those who may see who has access.
    """
    versions = visible_versions(actor).filter(unit_id=unit.id)
    audit = visible_audit(actor).filter(unit_id=unit.id)
    sort, *after = decode_cursor(data.after, str, int) or (data.sort,)
    if sort != data.sort:
        raise not_a_cursor()
    is_down = data.sort == "-at"
    beyond = Q(**{f"change_id__{'lt' if is_down else 'gt'}": after[0]}) if after else Q()
    found: set[int] = set()
    alone = audit.exclude(change_id__in=versions.values("change_id"))
    for kept in {"fields": (versions,), "operations": (alone,)}.get(data.what, (versions, audit)):
        ids = kept.filter(beyond).order_by("-change_id" if is_down else "change_id")
        found |= set(ids.values_list("change_id", flat=True)[: data.limit + 1])
    page = sorted(found, reverse=is_down)[: data.limit]
    entries = _entries(actor, versions, audit.filter(change_id__in=page).order_by("id"), page)
    return Page(entries, encode_cursor(data.sort, page[-1]) if len(found) > data.limit else None)


def _entries(
    actor: Actor, versions: QuerySet[UnitVersion], audit: QuerySet[AuditEntry], page: list[int]
) -> tuple[HistoryEntry, ...]:
    states = {version.change_id: version for version in versions.filter(change_id__in=page)}
    starts = [version.from_at for version in states.values()]
    before = {version.to_at: version for version in versions.filter(to_at__in=starts)}
    done = {entry.change_id: entry for entry in audit}
    actors = {version.actor_id for version in states.values()} | {entry.actor_id for entry in done.values()}
    people = _people(actor, {id_ for id_ in actors if id_ is not None})
    names = last_names(
        actor,
        {
            id_
            for version in (*states.values(), *before.values())
            for column in _UNITS.values()
            if (id_ := getattr(version, column)) is not None
        },
    )
    entries = []
    for change in page:
        state, entry = states.get(change), done.get(change)
        operation = entry.operation if entry else ""
        if state is not None:
            old = before.get(state.from_at)
            who = people.get(state.actor_id or 0, _NOBODY)
            entries.append(
                HistoryEntry(
                    state.from_at,
                    *who,
                    "changed" if old else "created",
                    operation,
                    _changes(old, state, names),
                )
            )
        elif entry is not None:
            who = people.get(entry.actor_id, _NOBODY)
            entries.append(HistoryEntry(entry.at, *who, "done", operation, ()))
    return tuple(entries)


def _changes(old: UnitVersion | None, new: UnitVersion, names: Mapping[int, str]) -> tuple[FieldChange, ...]:
    """The fields that differ; of a new unit, those that have a value."""
    pairs: list[FieldChange] = []
    for field, column in _UNITS.items():
        was, is_ = getattr(old, column, None), getattr(new, column)
        if was != is_:
            pairs.append(FieldChange(field, *("" if id_ is None else names.get(id_) for id_ in (was, is_))))
    for field in _TEXTS:
        if field == "price_type" and new.kind == UnitKind.ORGANIZATION:
            continue  # organizations have none
        was, is_ = getattr(old, field, ""), getattr(new, field)
        if was != is_:
            pairs.append(FieldChange(field, was, is_))
    if old is not None and old.anchors != new.anchors:
        pairs.append(
            FieldChange("is_customer_organization", *(str(one).lower() for one in (old.anchors, new.anchors)))
        )
    if old is not None and old.own_entity_id != new.own_entity_id:
        sides = ("inherited" if one.own_entity_id is None else "own" for one in (old, new))
        pairs.append(FieldChange("legal_entity", *sides))
    return tuple(pairs)


def known_people(actor: Actor) -> QuerySet[User]:
    """Oneself, and the people with a role where the reader may see who has access: whose names may be told."""
    places = visible_units(actor).filter(InScope(actor, "anc", "id", Permission.USER_EDIT))
    known = Exists(Grant.objects.filter(user_id=OuterRef("id"), unit__in=places))
    return User.objects.filter(Q(id=actor.person_id) | Q(known))


def _people(actor: Actor, ids: Iterable[int]) -> dict[int, Doer]:
    """The people behind actors, by name as far as the reader may know them."""
    found = rows("select actor_id, user_id, behalf_of_id from acted_for(%s)", [list(ids)])
    people = {one for _, *some in found for one in some if one is not None}
    names = dict(known_people(actor).filter(id__in=people).values_list("id", "name"))
    return {
        id_: Doer(
            names.get(user, ""),
            behalf is None and user != id_,
            None if behalf is None else names.get(behalf, ""),
        )
        for id_, user, behalf in found
    }
