"""Writes of the access context, a module a subject; importing this fills the registry."""

from underlet.access.operations import (
    directory,
    grants,
    identity_providers,
    installation,
    me,
    people,
    roles,
    tokens,
)

__all__ = [
    "directory", "grants", "identity_providers", "installation", "me", "people", "roles", "tokens",
]  # fmt: skip
