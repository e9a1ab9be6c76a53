"""The folder as a Django app."""

from django.apps import AppConfig


class LogisticsConfig(AppConfig):
    name = "shouhou.logistics"
    label = "logistics"
    verbose_name = "物流 Logistics"
