"""Writes to groups of units (R46-R49)."""

import json
from collections.abc import Sequence
from uuid import UUID

from underlet.access.models import GroupMember, UnitGroup
from underlet.access.queries.groups import (
    GROUP,
    GROUP_WITH_RULE,
    group_view,
    require_below,
    stored_rule,
)
from underlet.access.types.groups import (
    AddMembers,
    CreateGroup,
    EveryUnit,
    GroupRemoved,
    GroupView,
    MembersChanged,
    RemoveMembers,
    SetMembers,
    UpdateGroup,
)
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.registry import operation
from underlet.foundation.types import NoInput
from underlet.kernel.errors import (
    Forbidden,
    GrantExceedsCeiling,
    InvalidInput,
    MemberOutsideSubtree,
    VersionConflict,
    WrongState,
)
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.naming import name_key
from underlet.kernel.permission import Permission
from underlet.organization.facets import chosen, named_like
from underlet.organization.models import Unit
from underlet.organization.queries import MOVING_UNIT, visible_units
from underlet.organization.scope import InBranch
from underlet.organization.types import ListChildren

_EDIT = Permission.GROUP_EDIT
_AUDITED = ("name", "description", "rule")


@operation("group.create", needs=_EDIT, subject=MOVING_UNIT, states={"active"})
def create_group(actor: Actor, unit: Unit, data: CreateGroup) -> GroupView:
    """Create a group of units below this one (R46, R49); with a rule, its members are found at once.

    Needs GROUP_EDIT in everything below, too. Raises Forbidden, NameTaken, and WrongState at a customer.
    """
    if unit.kind != UnitKind.ORGANIZATION:
        raise WrongState("A customer has no units below it to put into groups.")
    require_below(_EDIT, unit.id)
    rule = stored_rule(actor, unit, data.rule) if data.rule is not None else {}
    group_id = int(scalar("select nextval(pg_get_serial_sequence('unit_group', 'id'))"))
    # Not through the ORM: that reads the row back, and the policy does not see it until the statement is done.
    execute(
        "insert into unit_group (id, hierarchy_id, unit_id, name, name_key, description, rule, created_at)"
        " values (%s, %s, %s, %s, %s, %s, %s::jsonb, %s)",
        [
            group_id, unit.hierarchy_id, unit.id, data.name, name_key(data.name), data.description,
            json.dumps(rule) if rule else None, now(),
        ],
    )  # fmt: skip
    return group_view(actor, group_id)


@operation("group.update", needs=_EDIT, subject=GROUP_WITH_RULE, audit=_AUDITED)
def update_group(actor: Actor, group: UnitGroup, data: UpdateGroup) -> GroupView:
    """Rename a group, describe it, or give it another rule (R46).

    With a new rule, members join and leave at once; without one any more, they stay. Raises VersionConflict, NameTaken,
    and GrantExceedsCeiling where people look after the group who may do more than the actor (P2).
    """
    require_below(_EDIT, group.unit_id)
    if data.version is not None and data.version != group.version:
        raise VersionConflict()
    if data.name is not None:
        group.name, group.name_key = data.name, name_key(data.name)
    if data.description is not None:
        group.description = data.description
    if data.rule is not None:
        group.rule = stored_rule(actor, Unit.objects.get(id=group.unit_id), data.rule) or None
    group.version += 1
    group.save(update_fields=["name", "name_key", "description", "rule", "version"])
    return group_view(actor, group.id)


@operation("group.delete", needs=_EDIT, subject=GROUP, audit=_AUDITED)
def delete_group(actor: Actor, group: UnitGroup, data: NoInput) -> GroupRemoved:
    """Delete a group and the roles on it; its members stay where they are (R46, A6).

    Raises Forbidden where that takes a role from somebody that the actor could not take back.
    """
    require_below(_EDIT, group.unit_id)
    if not scalar("select may_drop_group(%s)", [group.id]):
        raise Forbidden(
            "People look after this group, and you may not take their roles away.",
            hint="Ask whoever administers users to take the roles back first.",
        )
    group.delete()
    return GroupRemoved(group.public_id)


# --- members --------------------------------------------------------------------------------------


@operation(
    "group.set_members", needs=_EDIT, subject=GROUP, waive={"web": "pages add and remove the members selected"}
)
def set_members(actor: Actor, group: UnitGroup, data: SetMembers) -> MembersChanged:
    """Give a group these members, and no others that the actor sees (R47, R49).

    Raises WrongState for a group with a rule, InvalidInput, MemberOutsideSubtree, GrantExceedsCeiling (P2).
    """
    _check_chosen(group)
    wanted = _found(actor, group, data.units)
    present = GroupMember.objects.filter(group=group).exclude(unit_id__in=wanted)
    removed = _remove(group, list(present.values_list("unit_id", flat=True)))
    return _changed(group, _add(group, wanted), removed)


@operation("group.add_members", needs=_EDIT, subject=GROUP)
def add_members(actor: Actor, group: UnitGroup, data: AddMembers) -> MembersChanged:
    """Let units join a group, or every unit below the group's that a search finds (R47-R49); members stay members.

    Raises WrongState for a group with a rule, InvalidInput, MemberOutsideSubtree, GrantExceedsCeiling (P2).
    """
    if not data.units and data.every is None:
        raise InvalidInput(fields={"units": "Choose at least one unit."})
    _check_chosen(group)
    wanted = _found(actor, group, data.units)
    if data.every is not None:
        wanted += _every(actor, group, data.every)
    return _changed(group, _add(group, wanted), 0)


@operation("group.remove_members", needs=_EDIT, subject=GROUP)
def remove_members(actor: Actor, group: UnitGroup, data: RemoveMembers) -> MembersChanged:
    """Take units out of a group; binds on the next request of its people (R49, A6).

    Raises WrongState for a group with a rule, and InvalidInput.
    """
    _check_chosen(group)
    return _changed(group, 0, _remove(group, _found(actor, group, data.units)))


def _check_chosen(group: UnitGroup) -> None:
    require_below(_EDIT, group.unit_id)
    if group.rule is not None:
        raise WrongState(
            "The members of this group follow its rule.", hint="Change the rule, or end it to choose members."
        )


def _found(actor: Actor, group: UnitGroup, wanted: Sequence[UUID]) -> list[int]:
    """Internal ids of the units. Raises InvalidInput for those that the actor does not see in the hierarchy."""
    seen = visible_units(actor).filter(public_id__in=wanted, hierarchy_id=group.hierarchy_id)
    found = dict(seen.values_list("public_id", "id"))
    unknown = {
        f"units.{position}": "There is no such unit here."
        for position, id_ in enumerate(wanted)
        if id_ not in found
    }
    if unknown:
        raise InvalidInput(fields=unknown)
    return [found[id_] for id_ in dict.fromkeys(wanted)]


def _every(actor: Actor, group: UnitGroup, search: EveryUnit) -> list[int]:
    owner = Unit.objects.get(id=group.unit_id)
    below = visible_units(actor).filter(
        InBranch(owner), chosen(ListChildren(kind=search.kind)), named_like(search.q)
    )
    return list(below.exclude(id=owner.id).values_list("id", flat=True))


def _add(group: UnitGroup, unit_ids: Sequence[int]) -> int:
    """Let units join, members left as they are; how many are new."""
    if not unit_ids:
        return 0
    if not scalar("select may_fill_group(%s)", [group.id]):
        raise GrantExceedsCeiling(
            "People look after this group who may do more than you.",
            hint="Ask an administrator who holds as much to add the members.",
        )
    inside = scalar(
        "select count(*) from unit u where u.id = any (%s) and %s = any (u.anc) and u.id <> %s",
        [list(set(unit_ids)), group.unit_id, group.unit_id],
    )
    if inside < len(set(unit_ids)):
        raise MemberOutsideSubtree()
    return execute(
        "insert into group_member (group_id, unit_id, hierarchy_id) select %s, wanted.id, %s"
        " from (select distinct unnest(%s::bigint[])) wanted (id) order by wanted.id on conflict do nothing",
        [group.id, group.hierarchy_id, list(unit_ids)],
    )


def _remove(group: UnitGroup, unit_ids: Sequence[int]) -> int:
    return execute(
        "delete from group_member where group_id = %s and unit_id = any (%s)", [group.id, list(unit_ids)]
    )


def _changed(group: UnitGroup, added: int, removed: int) -> MembersChanged:
    members = int(scalar("select members_shown(%s)", [group.id]))
    return MembersChanged(group.public_id, added, removed, members)
