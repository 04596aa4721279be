"""Reads of groups of units: which there are, what they hold, what a rule would do (R46-R48)."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, JSONObject

from underlet.access.models import Grant, GroupMember, UnitGroup, User
from underlet.access.types.groups import (
    ChooseGroups,
    FindGroups,
    GroupChoices,
    GroupName,
    GroupPerson,
    GroupRow,
    GroupRule,
    GroupRuleView,
    GroupView,
    ListGroups,
    ListMembers,
    PreviewRule,
    RulePreview,
)
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import rows, scalar
from underlet.foundation.listing import Order, sorted_page
from underlet.foundation.registry import Subject, query
from underlet.foundation.settings import settings
from underlet.foundation.types import NoInput, Page
from underlet.kernel.errors import Forbidden, InvalidInput
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.naming import name_key
from underlet.kernel.permission import Permission
from underlet.kernel.price_type import PriceType
from underlet.organization.facets import chosen, named_like
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, linked, unit_links, units_by_name, visible_units
from underlet.organization.scope import InBranch
from underlet.organization.types import ListChildren, UnitRow

_TEXTS = ("name", "display_name", "code", "organization_number")


def visible_groups(actor: Actor) -> QuerySet[UnitGroup]:
    """The groups that the actor may read: of units that they see, and those that they look after (first belt)."""
    if not settings().query_scoping:
        return UnitGroup.objects.all()
    owner = visible_units(actor).filter(id=OuterRef("unit_id"))
    lasts = Q(suspended_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now()))
    theirs = Grant.objects.filter(lasts, user_id=actor.person_id, group_id=OuterRef("id"))
    # A key reads no grants, not even its owner's: what it looks after, the database tells.
    role = Func(F("id"), function="group_role", output_field=BigIntegerField())
    by_key = Q(role__gt=0) if actor.owner_id is not None else Q(Exists(theirs))
    return UnitGroup.objects.alias(role=role).filter(Q(Exists(owner)) | by_key)


def find_group(actor: Actor, public_id: UUID) -> UnitGroup | None:
    """The visible group with this public id, and what the actor may do in its unit or by roles on it."""
    held = Func(F("id"), function="held_in_group", output_field=BigIntegerField())
    return visible_groups(actor).annotate(held=held).filter(public_id=public_id).first()


def _lock(group: UnitGroup) -> None:
    rows("select pg_advisory_xact_lock_shared(%s)", [group.hierarchy_id])
    rows("select 1 from unit_group where id = %s for update", [group.id])


def _lock_alone(group: UnitGroup) -> None:
    # A rule is looked at against all units, so nobody else changes one meanwhile (ADR-0040).
    rows("select pg_advisory_xact_lock(%s)", [group.hierarchy_id])
    rows("select 1 from unit_group where id = %s for update", [group.id])


def _unit_id(group: UnitGroup) -> int:
    return group.unit_id


def _hierarchy_id(group: UnitGroup) -> int:
    return group.hierarchy_id


def _held(group: UnitGroup) -> Permission | None:
    held: int | None = getattr(group, "held", None)
    return None if held is None else Permission(held)


GROUP = Subject("group", find_group, _unit_id, _hierarchy_id, _lock, held=_held)
GROUP_WITH_RULE = Subject("group", find_group, _unit_id, _hierarchy_id, _lock_alone, held=_held)


def holds_below(needs: Permission, unit_id: int) -> bool:
    """Whether the actor of the open transaction holds the permission in the unit and everything below it."""
    return bool(scalar("select can_below(%s, %s)", [unit_id, int(needs)]))


def require_below(needs: Permission, unit_id: int) -> None:
    """Raise Forbidden unless the actor holds the permission in the unit and everything below it."""
    if not holds_below(needs, unit_id):
        raise Forbidden()


def group_rows(actor: Actor, groups: QuerySet[UnitGroup]) -> QuerySet[UnitGroup]:
    """The groups with what a list says of them."""
    unit = visible_units(actor).filter(id=OuterRef("unit_id"))
    return groups.annotate(
        link=Subquery(unit.values(json=JSONObject(id="public_id", kind="kind", name="name"))),
        members=Func(F("id"), function="members_shown", output_field=BigIntegerField()),
        may_join=Coalesce(
            Func(F("id"), function="may_join_group", output_field=BooleanField()), Value(value=False)
        ),
    )


def _row(group: Any) -> GroupRow:
    return GroupRow(
        group.public_id,
        group.name,
        group.description,
        linked(group.link) if group.link else None,
        group.rule is not None,
        group.members,
        group.may_join,
    )


_ORDERS = {"name": Order("name_key", str)}


@query("group.list", subject=UNIT)
def list_groups(actor: Actor, unit: Unit, data: ListGroups) -> Page[GroupRow]:
    """List the groups of the unit's hierarchy that one sees, by name (R46): of units that one sees, and those that one
    looks after. Or only those that the unit or one below it keeps, or of which the unit is a member (R48).
    """
    found = visible_groups(actor).filter(hierarchy_id=unit.hierarchy_id)
    if data.where == "below":
        found = found.filter(InBranch(unit, "unit_id"))
    elif data.where == "member":
        found = found.filter(Exists(GroupMember.objects.filter(group_id=OuterRef("id"), unit_id=unit.id)))
    if data.q:
        found = found.filter(name_key__contains=name_key(data.q))
    page = sorted_page(group_rows(actor, found), data, data.sort, _ORDERS)
    return Page(tuple(_row(group) for group in page.items), page.next)


@query("group.choices", subject=UNIT)
def list_group_choices(actor: Actor, unit: Unit, data: ChooseGroups) -> GroupChoices:
    """List the groups of a hierarchy by name alone, to choose from: for filters, and for new units (R53, R54)."""
    found = visible_groups(actor).filter(hierarchy_id=unit.hierarchy_id)
    if data.joinable:
        found = found.filter(Q(Func(F("id"), function="may_join_group", output_field=BooleanField())))
    if data.q:
        found = found.filter(name_key__contains=name_key(data.q))
    names = list(found.order_by("name_key", "id").values_list("public_id", "name")[: data.limit + 1])
    return GroupChoices(tuple(GroupName(*one) for one in names[: data.limit]), len(names) > data.limit)


@query("group.mine")
def list_own_groups(actor: Actor, data: FindGroups) -> Page[GroupName]:
    """List the groups that one looks after oneself, by name (R50, R51)."""
    role = Func(F("id"), function="group_role", output_field=BigIntegerField())
    found = visible_groups(actor).annotate(mine=role).filter(mine__gt=0)
    if data.q:
        found = found.filter(name_key__contains=name_key(data.q))
    page = sorted_page(found, data, "name", _ORDERS)
    return Page(tuple(GroupName(group.public_id, group.name) for group in page.items), page.next)


@query("group.show", subject=GROUP)
def show_group(actor: Actor, group: UnitGroup, data: NoInput) -> GroupView:
    """Show a group: whose it is, its rule if it has one, and how many members it has (R46)."""
    return group_view(actor, group.id)


def group_view(actor: Actor, group_id: int) -> GroupView:
    """One visible group in full, as it is now."""
    shown: Any = group_rows(actor, visible_groups(actor)).get(id=group_id)
    creates = shown.may_join and int(scalar("select held_in_group(%s)", [group_id])) & 10 == 10
    return GroupView(
        shown.public_id,
        shown.name,
        shown.description,
        linked(shown.link) if shown.link else None,
        _rule_view(actor, shown.rule) if shown.rule is not None else None,
        shown.members,
        shown.version,
        _people(shown),
        holds_below(Permission.GROUP_EDIT, shown.unit_id),
        creates,
    )


def _people(group: UnitGroup) -> tuple[GroupPerson, ...]:
    """Who looks after the group; told where one administers users."""
    if not holds_below(Permission.USER_EDIT, group.unit_id):
        return ()
    found = Grant.objects.filter(group_id=group.id, user__in=User.objects.filter(is_active=True))
    rows_ = found.order_by("user__name", "id").values_list(
        "user__public_id", "user__name", "role", "own_role__name"
    )
    return tuple(GroupPerson(id_, name, role, own or "") for id_, name, role, own in rows_)


def _rule_view(actor: Actor, rule: dict[str, Any]) -> GroupRuleView:
    links = unit_links(actor, [rule[name] for name in ("below", "customer_organization") if name in rule])
    return GroupRuleView(
        UnitKind(rule["kind"]) if "kind" in rule else None,
        rule.get("state"),
        PriceType(rule["price_type"]) if "price_type" in rule else None,
        rule.get("name", ""),
        rule.get("display_name", ""),
        rule.get("code", ""),
        rule.get("organization_number", ""),
        links.get(rule.get("below", 0)),
        links.get(rule.get("customer_organization", 0)),
    )


@query("group.members", subject=GROUP)
def list_members(actor: Actor, group: UnitGroup, data: ListMembers) -> Page[UnitRow]:
    """List the members of a group that one sees, by name; archived units show when asked for (R47)."""
    wanted = ListChildren(state=data.state, kind=data.kind)
    found = visible_units(actor).filter(members_of(group), chosen(wanted), named_like(data.q))
    return units_by_name(actor, found, data, data.sort)


def members_of(group: UnitGroup) -> Q:
    """Units that are members of a group."""
    member = Func(
        F("id"),
        Value(group.public_id),
        template="%(expressions)s) member)",
        arg_joiner=" in (select member.id from group_members(",
        output_field=BooleanField(),
    )
    return Q(member)


@query("group.preview_rule", needs=Permission.GROUP_EDIT, subject=UNIT)
def preview_rule(actor: Actor, unit: Unit, data: PreviewRule) -> RulePreview:
    """Tell how many members a group of this unit would have by a rule, and how many join and leave; changes nothing.

    Without conditions nothing joins or leaves: the members stay as they are.
    """
    require_below(Permission.GROUP_EDIT | Permission.READ, unit.id)
    group = visible_groups(actor).filter(public_id=data.group, unit_id=unit.id).first() if data.group else None
    if data.group and group is None:
        raise InvalidInput(fields={"group": "Choose a group of this unit."})
    stored = stored_rule(actor, unit, data)
    if not stored:
        members = GroupMember.objects.filter(group=group).count() if group else 0
        return RulePreview(members, 0, 0)
    [found] = rows(
        "select members, joining, leaving from rule_changes(%s, %s, %s::jsonb)",
        [unit.id, group.id if group else 0, json.dumps(stored)],
    )
    return RulePreview(*found)


def stored_rule(actor: Actor, unit: Unit, rule: GroupRule) -> dict[str, Any]:
    """A rule as it is kept; {} without conditions. Raises InvalidInput for units that the actor does not see below
    this one."""
    found: dict[str, Any] = {
        name: value for name in ("kind", "state", "price_type", *_TEXTS) if (value := getattr(rule, name))
    }
    if "name" in found:
        found["name"] = name_key(found["name"])  # as names are compared
    for name in ("below", "customer_organization"):
        wanted = getattr(rule, name)
        if wanted is None:
            continue
        there = visible_units(actor).filter(public_id=wanted, anc__contains=[unit.id]).exclude(id=unit.id)
        id_ = there.values_list("id", flat=True).first()
        if id_ is None:
            raise InvalidInput(fields={name: "Choose a unit below the one whose group it is."})
        found[name] = id_
    return found


def chosen_groups(actor: Actor, hierarchy_id: int, wanted: Sequence[UUID]) -> list[UnitGroup]:
    """The groups that a new unit is to join. Raises InvalidInput for what is not there to choose."""
    ids = list(dict.fromkeys(wanted))
    may_join = Func(F("id"), function="may_join_group", output_field=BooleanField())
    found = visible_groups(actor).filter(Q(may_join), hierarchy_id=hierarchy_id, public_id__in=ids)
    groups = {group.public_id: group for group in found}
    unknown = {
        f"groups.{position}": "Choose a group that you look after, and whose members are chosen."
        for position, id_ in enumerate(wanted)
        if id_ not in groups
    }
    if unknown:
        raise InvalidInput(fields=unknown)
    return [groups[id_] for id_ in ids]
