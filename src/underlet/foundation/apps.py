"""Django app of the foundation tables."""

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "underlet.foundation"
    label = "foundation"
