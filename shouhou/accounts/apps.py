"""The folder as a Django app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "shouhou.accounts"
    label = "accounts"
    verbose_name = "账户 Accounts"
