"""The folder as a Django app."""

from django.apps import AppConfig


class SatisfactionConfig(AppConfig):
    name = "shouhou.support.satisfaction"
    label = "satisfaction"
    verbose_name = "满意度 Satisfaction"
