"""Reads of the access context, a module a subject; importing this fills the registry."""

from underlet.access.queries import groups, installation, invitations, reach, roles, sign_in
from underlet.access.queries.actors import (
    VIEWING,
    actor_by_email,
    actor_by_id,
    actor_by_token,
    actor_of,
    directory_by_token,
    me,
    operator,
    signed_in,
)
from underlet.access.queries.directory import (
    DIRECTORY_GROUP,
    DIRECTORY_USER,
    SCIM_PATH,
    directory_group_rows,
    directory_groups,
    directory_groups_with,
    directory_members,
    directory_user_rows,
    directory_users,
    directory_users_in,
    note_directory_call,
)
from underlet.access.queries.identity_providers import IDENTITY_PROVIDER, SIGN_IN_PATH, identity_provider_row
from underlet.access.queries.people import CUSTOMERS, counts_on, grants_on, reaches, user_rows, visible_users
from underlet.access.queries.tokens import OWN_TOKEN, TOKEN_PREFIX, UNIT_TOKEN, digest, token_row

__all__ = [
    "CUSTOMERS", "DIRECTORY_GROUP", "DIRECTORY_USER", "IDENTITY_PROVIDER", "OWN_TOKEN", "SCIM_PATH",
    "SIGN_IN_PATH", "TOKEN_PREFIX", "UNIT_TOKEN", "VIEWING",
    "actor_by_email", "actor_by_id", "actor_by_token", "actor_of",
    "counts_on", "digest", "directory_by_token", "directory_group_rows", "directory_groups", "directory_groups_with",
    "directory_members", "directory_user_rows", "directory_users", "directory_users_in", "grants_on", "groups",
    "identity_provider_row", "installation", "invitations", "me", "note_directory_call", "operator", "reach",
    "reaches", "roles", "sign_in", "signed_in", "token_row", "user_rows", "visible_users",
]  # fmt: skip
