"""Reads of directories: entries of people and groups, by those who administer the unit's users."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from underlet.access.models import (
    ApiToken,
    Directory,
    DirectoryGroup,
    DirectoryMapping,
    DirectoryMember,
    DirectoryUser,
)
from underlet.access.types import (
    DirectoryGroupRow,
    DirectoryUserRow,
    DirectoryView,
    GroupLink,
    ListDirectoryGroups,
    ListDirectoryUsers,
    Mapping,
)
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute
from underlet.foundation.listing import Order, sorted_page
from underlet.foundation.registry import Subject, query
from underlet.foundation.types import NoInput, Page
from underlet.kernel.permission import Permission
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, unit_links, visible_units
from underlet.organization.scope import InScope

SCIM_PATH = "/scim/v2"


def _places(actor: Actor) -> QuerySet[Unit]:
    """Units whose users the actor administers."""
    return visible_units(actor).filter(InScope(actor, "anc", "id", Permission.USER_EDIT))


def directory_users(actor: Actor) -> QuerySet[DirectoryUser]:
    """Entries of people in directories of units whose users the actor administers."""
    return DirectoryUser.objects.filter(unit__in=_places(actor))


def directory_groups(actor: Actor) -> QuerySet[DirectoryGroup]:
    """Groups in directories of units whose users the actor administers."""
    return DirectoryGroup.objects.filter(unit__in=_places(actor))


def _find_user(actor: Actor, public_id: UUID) -> DirectoryUser | None:
    return directory_users(actor).select_related("unit").filter(public_id=public_id).first()


def _find_group(actor: Actor, public_id: UUID) -> DirectoryGroup | None:
    return directory_groups(actor).select_related("unit").filter(public_id=public_id).first()


def _lock_user(entry: DirectoryUser) -> None:
    DirectoryUser.objects.select_for_update(of=("self",)).get(id=entry.id)


def _lock_group(group: DirectoryGroup) -> None:
    DirectoryGroup.objects.select_for_update(of=("self",)).get(id=group.id)


DIRECTORY_USER = Subject(
    "directory_user", _find_user, lambda row: row.unit_id, lambda row: row.unit.hierarchy_id, _lock_user
)
DIRECTORY_GROUP = Subject(
    "directory_group", _find_group, lambda row: row.unit_id, lambda row: row.unit.hierarchy_id, _lock_group
)


def directory_user_rows(entries: Sequence[DirectoryUser]) -> list[DirectoryUserRow]:
    """Entries with the groups that they are in; one query, whatever their number."""
    found = DirectoryMember.objects.filter(entry__in=[entry.id for entry in entries]).select_related("group")
    groups: dict[int, list[GroupLink]] = {entry.id: [] for entry in entries}
    for one in found.order_by("group__display_name_key"):
        groups[one.entry_id].append(GroupLink(one.group.public_id, one.group.display_name))
    return [
        DirectoryUserRow(
            row.public_id, row.user_name, row.email, row.email_type, row.external_id, row.display_name, row.given_name,
            row.family_name, row.active, tuple(groups[row.id]), row.version, row.created_at, row.updated_at,
        )
        for row in entries
    ]  # fmt: skip


def directory_members(groups: Sequence[DirectoryGroup]) -> dict[int, tuple[GroupLink, ...]]:
    """Who is in each group, by user name; one query, whatever their number."""
    found = DirectoryMember.objects.filter(group__in=[group.id for group in groups]).select_related("entry")
    members: dict[int, list[GroupLink]] = {}
    for one in found.order_by("entry__user_name_key"):
        members.setdefault(one.group_id, []).append(GroupLink(one.entry.public_id, one.entry.user_name))
    return {group: tuple(links) for group, links in members.items()}


def directory_groups_with(entry: UUID) -> QuerySet[Any]:
    """Ids of the groups that an entry is in."""
    return DirectoryMember.objects.filter(entry__public_id=entry).values("group_id")


def directory_users_in(group: UUID) -> QuerySet[Any]:
    """Ids of the entries in a group."""
    return DirectoryMember.objects.filter(group__public_id=group).values("entry_id")


def note_directory_call(unit: UUID, error: str) -> None:
    """Remember that a unit's directory called, and what it was refused; after its transactions."""
    execute("select note_directory_call(%s, %s, %s)", [unit, now(), error[:500]])


def directory_group_rows(actor: Actor, groups: Sequence[DirectoryGroup]) -> list[DirectoryGroupRow]:
    """Groups with what they stand for; three queries, whatever their number."""
    ids = [group.id for group in groups]
    counts = dict(
        DirectoryMember.objects.filter(group__in=ids)
        .values("group_id")
        .annotate(n=Count("*"))
        .values_list("group_id", "n")
    )
    mappings = {
        one.group_id: one
        for one in DirectoryMapping.objects.filter(group__in=ids).select_related("own_role", "unit_group")
    }
    links = unit_links(actor, [one.unit_id for one in mappings.values()])

    def mapped(group: DirectoryGroup) -> Mapping | None:
        one = mappings.get(group.id)
        if one is None:
            return None
        return Mapping(
            one.role or (str(one.own_role.public_id) if one.own_role else ""),
            one.own_role.name if one.own_role else "",
            links.get(one.unit_id),
            one.unit_group.name if one.unit_group else None,
        )

    return [
        DirectoryGroupRow(
            row.public_id, row.display_name, row.external_id, counts.get(row.id, 0), mapped(row), row.version,
            row.created_at, row.updated_at,
        )
        for row in groups
    ]  # fmt: skip


@query("directory.show", needs=Permission.USER_EDIT, subject=UNIT)
def show_directory(actor: Actor, unit: Unit, data: NoInput) -> DirectoryView:
    """Show where a unit's directory sends its people and groups by SCIM 2.0, and how that goes."""
    made = Directory.objects.filter(unit=unit).first()
    keys = ApiToken.objects.filter(unit=unit, purpose="directory", revoked_at=None, expires_at__gt=now())
    return DirectoryView(
        SCIM_PATH,
        keys.count(),
        directory_users(actor).filter(unit=unit).count(),
        directory_groups(actor).filter(unit=unit).count(),
        made.last_call_at if made else None,
        made.last_error if made else "",
        made.last_error_at if made else None,
    )


_USER_ORDERS = {"name": Order("user_name_key", str), "changed": Order("updated_at", datetime)}
_GROUP_ORDERS = {"name": Order("display_name_key", str), "changed": Order("updated_at", datetime)}


@query("directory_user.list", needs=Permission.USER_EDIT, subject=UNIT)
def list_directory_users(actor: Actor, unit: Unit, data: ListDirectoryUsers) -> Page[DirectoryUserRow]:
    """List the people in the directory of a unit, by name."""
    found = directory_users(actor).filter(unit=unit)
    if data.q:
        found = found.filter(
            Q(user_name__icontains=data.q) | Q(email__icontains=data.q) | Q(display_name__icontains=data.q)
        )
    if data.active:
        found = found.filter(active=data.active == "yes")
    page = sorted_page(found, data, data.sort, _USER_ORDERS)
    return Page(tuple(directory_user_rows(page.items)), page.next)


@query("directory_group.list", needs=Permission.USER_EDIT, subject=UNIT)
def list_directory_groups(actor: Actor, unit: Unit, data: ListDirectoryGroups) -> Page[DirectoryGroupRow]:
    """List the groups in the directory of a unit, by name, and the roles that they stand for."""
    found = directory_groups(actor).filter(unit=unit)
    if data.q:
        found = found.filter(display_name__icontains=data.q)
    page = sorted_page(found, data, data.sort, _GROUP_ORDERS)
    return Page(tuple(directory_group_rows(actor, page.items)), page.next)


@query("directory_group.show", needs=Permission.USER_EDIT, subject=DIRECTORY_GROUP)
def show_directory_group(actor: Actor, group: DirectoryGroup, data: NoInput) -> DirectoryGroupRow:
    """Show a group of a directory and the role that it stands for."""
    return directory_group_rows(actor, [group])[0]
