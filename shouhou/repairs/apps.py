"""The folder as a Django app."""

from django.apps import AppConfig


class RepairsConfig(AppConfig):
    name = "shouhou.repairs"
    label = "repairs"
    verbose_name = "维修 Repairs"
