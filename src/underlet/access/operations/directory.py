"""Writes to directories: what a unit's directory keeps of its people and groups, and what the groups stand for.

Who calls is a key of the directory (SCIM), or a person who administers the unit's users. Both give no more than they
hold (P2); what a group gave before is taken back by whoever administers the directory.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password

from underlet.access import roles
from underlet.access.mapped import give_mapped, perms_of
from underlet.access.models import DirectoryGroup, DirectoryMapping, DirectoryUser, UnitGroup
from underlet.access.queries import DIRECTORY_GROUP, DIRECTORY_USER, directory_group_rows, directory_user_rows
from underlet.access.types import (
    CreateDirectoryGroup,
    CreateDirectoryUser,
    DirectoryGroupRow,
    DirectoryUserRow,
    EntryRemoved,
    MapDirectoryGroup,
    UpdateDirectoryGroup,
    UpdateDirectoryUser,
)
from underlet.foundation.actor import Actor, can
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.registry import Interface, operation
from underlet.foundation.types import NoInput
from underlet.kernel.errors import GrantExceedsCeiling, InvalidInput, VersionConflict
from underlet.kernel.naming import name_key
from underlet.kernel.permission import Permission, Role
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, find_unit

_BY_DIRECTORY: dict[Interface, str] = {
    "web": "a directory keeps its people and groups itself, by SCIM; pages show and map them"
}


# --- people --------------------------------------------------------------------------------------


@operation("directory_user.create", needs=Permission.USER_EDIT, subject=UNIT, waive=_BY_DIRECTORY)
def create_directory_user(actor: Actor, unit: Unit, data: CreateDirectoryUser) -> DirectoryUserRow:
    """Take a person into a unit's directory; creates the person if nobody has the address.

    Somebody who has it stays as they are, and the answer does not tell. The entry itself gives no role: groups do.
    """
    user_id = scalar("select user_id_by_email(%s)", [data.email.casefold()])
    is_maker = user_id is None
    if is_maker:
        user_id = int(scalar("select nextval('actor_id_seq')"))
        execute(
            "insert into app_user (id, email, email_key, name, password, language, created_at)"
            " values (%s, %s, %s, %s, %s, 'en', %s)",
            [user_id, data.email, data.email.casefold(), _called(data.model_dump()), make_password(None), now()],
        )
    entry = DirectoryUser.objects.create(
        unit=unit, user_id=user_id, is_maker=is_maker, user_name_key=name_key(data.user_name), created_at=now(),
        updated_at=now(), **data.model_dump(),
    )  # fmt: skip
    return directory_user_rows([entry])[0]


def _called(fields: Mapping[str, Any]) -> str:
    """What a person is called, by the best that a directory says of them."""
    both = f"{fields['given_name']} {fields['family_name']}".strip()
    return str(fields["display_name"] or both or fields["user_name"])[:120]


_FIELDS = ("user_name", "email", "external_id", "display_name", "given_name", "family_name", "active")


@operation(
    "directory_user.update", needs=Permission.USER_EDIT, subject=DIRECTORY_USER, audit=_FIELDS, waive=_BY_DIRECTORY
)
def update_directory_user(actor: Actor, entry: DirectoryUser, data: UpdateDirectoryUser) -> DirectoryUserRow:
    """Change what a directory keeps of a person. Who is not active any more loses what its groups gave, at once (A6).

    The person's own name and address follow only if they began with this entry and have no role elsewhere. With another
    address, their password, second factors, sessions and keys that are bound to no unit end (ADR-0044).
    """
    _check_version(entry.version, data.version)
    changes = {name: value for name, value in data.model_dump(exclude={"version"}).items() if value is not None}
    was_active = entry.active
    for name, value in changes.items():
        setattr(entry, name, value)
    entry.user_name_key, entry.updated_at, entry.version = name_key(entry.user_name), now(), entry.version + 1
    entry.save(update_fields=[*changes, "user_name_key", "updated_at", "version"])
    if changes.keys() - {"active", "external_id", "email_type"}:
        fields = {name: getattr(entry, name) for name in _FIELDS}
        execute(
            "select follow_directory_user(%s, %s, %s, %s)",
            [entry.id, _called(fields), entry.email, entry.email.casefold()],
        )
    if entry.active != was_active:
        _settle(_groups_of(entry))
    return directory_user_rows([entry])[0]


@operation("directory_user.remove", needs=Permission.USER_EDIT, subject=DIRECTORY_USER, waive=_BY_DIRECTORY)
def remove_directory_user(actor: Actor, entry: DirectoryUser, data: NoInput) -> EntryRemoved:
    """Remove a person from a directory, with all that its groups gave them; the person stays."""
    groups = _groups_of(entry)
    execute("delete from directory_user where id = %s", [entry.id])
    _settle(groups)
    return EntryRemoved(entry.public_id)


def _groups_of(entry: DirectoryUser) -> list[int]:
    return [group for (group,) in rows("select group_id from directory_member where entry_id = %s", [entry.id])]


def _check_version(present: int, meant: int | None) -> None:
    if meant is not None and meant != present:
        raise VersionConflict()


# --- groups --------------------------------------------------------------------------------------


@operation("directory_group.create", needs=Permission.USER_EDIT, subject=UNIT, waive=_BY_DIRECTORY)
def create_directory_group(actor: Actor, unit: Unit, data: CreateDirectoryGroup) -> DirectoryGroupRow:
    """Take a group into a unit's directory. It stands for no role until an administrator maps it."""
    group = DirectoryGroup.objects.create(
        unit=unit, display_name=data.display_name, display_name_key=name_key(data.display_name),
        external_id=data.external_id, created_at=now(), updated_at=now(),
    )  # fmt: skip
    _set_members(group, data.members)
    return directory_group_rows(actor, [group])[0]


@operation(
    "directory_group.update", needs=Permission.USER_EDIT, subject=DIRECTORY_GROUP,
    audit=("display_name", "external_id"), waive=_BY_DIRECTORY,
)  # fmt: skip
def update_directory_group(actor: Actor, group: DirectoryGroup, data: UpdateDirectoryGroup) -> DirectoryGroupRow:
    """Change a group of a directory, or who is in it; members get and lose its role at once (A6, P2)."""
    _check_version(group.version, data.version)
    if data.display_name is not None:
        group.display_name, group.display_name_key = data.display_name, name_key(data.display_name)
    if data.external_id is not None:
        group.external_id = data.external_id
    group.updated_at, group.version = now(), group.version + 1
    group.save(update_fields=["display_name", "display_name_key", "external_id", "updated_at", "version"])
    if data.members is not None:
        _set_members(group, data.members)
    _join(group, data.add)
    _leave(group, data.remove)
    _settle([group.id])
    return directory_group_rows(actor, [group])[0]


@operation("directory_group.remove", needs=Permission.USER_EDIT, subject=DIRECTORY_GROUP, waive=_BY_DIRECTORY)
def remove_directory_group(actor: Actor, group: DirectoryGroup, data: NoInput) -> EntryRemoved:
    """Remove a group from a directory, with the role that it gave its members."""
    execute("delete from directory_group where id = %s", [group.id])
    return EntryRemoved(group.public_id)


def _set_members(group: DirectoryGroup, members: Collection[UUID]) -> None:
    """Let these entries be the group's members. Raises InvalidInput for one that is not of the same directory."""
    wanted = _join(group, members)
    execute("delete from directory_member where group_id = %s and not (entry_id = any (%s))", [group.id, wanted])


def _join(group: DirectoryGroup, members: Collection[UUID]) -> list[int]:
    """Let these entries come into a group; their ids. Raises InvalidInput for one that is not of the same directory."""
    found = DirectoryUser.objects.filter(unit=group.unit_id, public_id__in=members)
    wanted = sorted(found.values_list("id", flat=True))
    if len(wanted) != len(set(members)):
        raise InvalidInput(fields={"members": "One of the members is not in this directory."})
    execute(
        "insert into directory_member (group_id, entry_id, unit_id)"
        " select %s, one, %s from unnest(%s::bigint[]) one on conflict do nothing",
        [group.id, group.unit_id, wanted],
    )
    return wanted


def _leave(group: DirectoryGroup, members: Collection[UUID]) -> None:
    execute(
        "delete from directory_member m using directory_user e"
        " where m.group_id = %s and e.id = m.entry_id and e.public_id = any (%s)",
        [group.id, list(members)],
    )


# --- what groups stand for -----------------------------------------------------------------------


@operation("directory_group.map", needs=Permission.USER_EDIT, subject=DIRECTORY_GROUP, idempotency="natural")
def map_directory_group(actor: Actor, group: DirectoryGroup, data: MapDirectoryGroup) -> DirectoryGroupRow:
    """Let a group of a directory stand for a role: on a unit and all below it, or on a group of units.

    Its members have the role from now on, as long as they are in it. Raises GrantExceedsCeiling for more than one holds
    there oneself (P2). The role of owner is given by hand only. Without a role the group stands for none again.
    """
    execute("delete from directory_mapping where group_id = %s", [group.id])
    if data.role is not None:
        mapping = _mapping(actor, group, data, data.role)
        _check_ceiling(mapping)
        mapping.save(force_insert=True)
    _settle([group.id])
    return directory_group_rows(actor, [group])[0]


def _mapping(actor: Actor, group: DirectoryGroup, data: MapDirectoryGroup, role: str) -> DirectoryMapping:
    if role == Role.OWNER:
        raise InvalidInput(fields={"role": "Owners are named by hand; a directory never takes the last one."})
    unit_group = None
    if data.unit_group is not None:
        unit_group = UnitGroup.objects.select_related("unit").filter(public_id=data.unit_group).first()
        if unit_group is None or not _is_below(actor, unit_group.unit, group.unit):
            raise InvalidInput(fields={"unit_group": "Choose a group of this unit or of one below it."})
    unit = find_unit(actor, data.unit) if data.unit is not None else group.unit
    if unit is None or not _is_below(actor, unit, group.unit):
        raise InvalidInput(fields={"unit": "Choose this unit or one below it."})
    place = unit_group.unit if unit_group else unit
    choice = roles.resolve(place, role)
    return DirectoryMapping(
        group=group, unit=place, role=choice.role, own_role_id=choice.own_role_id, unit_group=unit_group
    )


def _is_below(actor: Actor, unit: Unit, top: Unit) -> bool:
    """Whether a unit is one, or lies below it, and the actor may see it."""
    return top.id in unit.anc and find_unit(actor, unit.public_id) is not None


def _check_ceiling(mapping: DirectoryMapping) -> None:
    """Raise GrantExceedsCeiling unless the actor may give this where the mapping says."""
    wanted = perms_of(mapping) | Permission.USER_EDIT
    if not can(wanted, mapping.unit_id) or not scalar("select can_below(%s, %s)", [mapping.unit_id, int(wanted)]):
        raise GrantExceedsCeiling()


def _settle(groups: Sequence[int]) -> None:
    """Let the grants of groups be what they stand for: take back what does not fit any more, give what is missing."""
    for group_id in groups:
        execute("select settle_directory_group(%s)", [group_id])
        mapping = DirectoryMapping.objects.select_related("own_role").filter(group=group_id).first()
        if mapping is None:
            continue
        missing = rows(
            "select e.user_id from directory_member m join directory_user e on e.id = m.entry_id and e.active"
            " where m.group_id = %s and not exists ("
            "  select 1 from access_grant g where g.directory_group_id = m.group_id and g.user_id = e.user_id)"
            " order by 1",
            [group_id],
        )
        if missing:
            _check_ceiling(mapping)
            give_mapped(mapping, [user_id for (user_id,) in missing])
