"""The folder as a Django app."""

from django.apps import AppConfig


class InsuranceConfig(AppConfig):
    name = "shouhou.insurance"
    label = "insurance"
    verbose_name = "运费险 Freight insurance"
