"""The folder as a Django app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "shouhou.cases"
    label = "cases"
    verbose_name = "售后单 Cases"
