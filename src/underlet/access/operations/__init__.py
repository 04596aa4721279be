"""Writes of the access context, a module a subject; importing this fills the registry."""

from underlet.access.operations import grants, groups, installation, me, people, tokens, units

__all__ = ["grants", "groups", "installation", "me", "people", "tokens", "units"]
