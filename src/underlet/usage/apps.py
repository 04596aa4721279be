"""Django app of the usage context."""

from django.apps import AppConfig


class UsageConfig(AppConfig):
    name = "underlet.usage"
    label = "usage"
