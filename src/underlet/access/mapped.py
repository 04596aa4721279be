"""What a group of a directory gives the people in it: the role that an administrator mapped it to (P2).

Who is in it, a directory says by SCIM (`operations.directory`), or a provider as somebody arrives (`arrivals`).
"""

from collections.abc import Sequence

from underlet.access.models import DirectoryMapping
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute
from underlet.kernel.permission import ROLE_PERMISSIONS, Permission, Role


def perms_of(mapping: DirectoryMapping) -> Permission:
    """What a mapped role allows."""
    if mapping.own_role is not None:
        return Permission(mapping.own_role.perms)
    return ROLE_PERMISSIONS[Role(mapping.role)]


def give_mapped(mapping: DirectoryMapping, people: Sequence[int]) -> None:
    """Give people the role that their group stands for. Who has it by this group already keeps it."""
    execute(
        "insert into access_grant (user_id, unit_id, role, role_id, perms, scope, group_id, acts_for_id,"
        " directory_group_id, created_at)"
        " select one, %s, %s, %s, %s, %s, %s, %s, %s, %s from unnest(%s::bigint[]) one on conflict do nothing",
        [
            mapping.unit_id, mapping.role, mapping.own_role_id, int(perms_of(mapping)),
            "subtree" if mapping.unit_group_id is None else "group", mapping.unit_group_id, mapping.unit_id,
            mapping.group_id, now(), list(people),
        ],
    )  # fmt: skip
