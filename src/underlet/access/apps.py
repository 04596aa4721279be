"""Django app of people, grants and API keys."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "underlet.access"
    label = "access"
