"""The folder as a Django app."""

from django.apps import AppConfig


class ConductConfig(AppConfig):
    name = "shouhou.conduct"
    label = "conduct"
    verbose_name = "行为规范 conduct"
