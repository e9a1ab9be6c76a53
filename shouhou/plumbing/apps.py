"""The plumbing as a Django app."""

from django.apps import AppConfig


class PlumbingConfig(AppConfig):
    name = "shouhou.plumbing"
    label = "plumbing"
    verbose_name = "管道 Plumbing"
