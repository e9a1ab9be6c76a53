"""The folder as a Django app."""

from django.apps import AppConfig


class SettlementsConfig(AppConfig):
    name = "shouhou.settlements"
    label = "settlements"
    verbose_name = "商家资金 Merchants' money"
