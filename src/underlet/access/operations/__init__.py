"""Writes of the access context, a module a subject; importing this fills the registry."""

from underlet.access.operations import grants, installation, me, people, tokens

__all__ = ["grants", "installation", "me", "people", "tokens"]
