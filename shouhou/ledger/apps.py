"""The folder as a Django app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "shouhou.ledger"
    label = "ledger"
    verbose_name = "账本 Ledger"
