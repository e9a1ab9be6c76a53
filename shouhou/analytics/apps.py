"""The folder as a Django app."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "shouhou.analytics"
    label = "analytics"
    verbose_name = "统计 Statistics"
