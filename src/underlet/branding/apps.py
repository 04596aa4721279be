"""Django app of the branding context."""

from django.apps import AppConfig


class BrandingConfig(AppConfig):
    name = "underlet.branding"
    label = "branding"
