"""Writes of the access context, a module a subject; importing this fills the registry."""

<<<<<<< HEAD
from underlet.access.operations import grants, installation, me, people, roles, tokens

__all__ = ["grants", "installation", "me", "people", "roles", "tokens"]
=======
from underlet.access.operations import directory, grants, identity_providers, installation, me, people, tokens

__all__ = ["directory", "grants", "identity_providers", "installation", "me", "people", "tokens"]
>>>>>>> main
