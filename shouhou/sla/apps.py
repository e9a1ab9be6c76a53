"""The folder as a Django app."""

from django.apps import AppConfig


class SlaConfig(AppConfig):
    name = "shouhou.sla"
    label = "sla"
    verbose_name = "时效与违约 Clocks and breaches"
