"""Django app of the contracts context."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "underlet.contracts"
    label = "contracts"
