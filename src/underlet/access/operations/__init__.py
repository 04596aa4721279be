"""Writes of the access context, a module a subject; importing this fills the registry."""

from underlet.access.operations import (
    directory,
    grants,
    groups,
    identity_providers,
    installation,
    me,
    people,
    roles,
    sign_in,
    tokens,
    units,
)

__all__ = [
    "directory", "grants", "groups", "identity_providers", "installation", "me", "people", "roles", "sign_in",
    "tokens", "units",
]  # fmt: skip
