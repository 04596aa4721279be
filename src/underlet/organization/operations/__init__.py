"""Writes of the organization context, a module a subject; importing this fills the registry."""

from underlet.organization.operations import legal_entities, life, units

__all__ = ["legal_entities", "life", "units"]
