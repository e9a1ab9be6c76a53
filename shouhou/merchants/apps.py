"""The folder as a Django app."""

from django.apps import AppConfig


class MerchantsConfig(AppConfig):
    name = "shouhou.merchants"
    label = "merchants"
    verbose_name = "商家 Merchants"
