"""The folder as a Django app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "shouhou.api"
    label = "api"
    verbose_name = "接口 API"
