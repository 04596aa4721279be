"""Django app of the accounts context."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "underlet.accounts"
    label = "accounts"
