"""Django app of the invoicing context."""

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    name = "underlet.invoicing"
    label = "invoicing"
