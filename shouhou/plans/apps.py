"""The folder as a Django app."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "shouhou.plans"
    label = "plans"
    verbose_name = "保障计划 Protection plans"
