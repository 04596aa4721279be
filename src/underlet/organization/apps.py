"""Django app of hierarchies and units."""

from django.apps import AppConfig


class OrganizationConfig(AppConfig):
    name = "underlet.organization"
    label = "organization"
