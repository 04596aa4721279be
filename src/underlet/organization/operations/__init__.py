"""Writes of the organization context, a module a subject; importing this fills the registry."""

from underlet.organization.operations import environments, legal_entities, life, many, units

__all__ = ["environments", "legal_entities", "life", "many", "units"]
