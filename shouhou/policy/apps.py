"""The folder as a Django app."""

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "shouhou.policy"
    label = "policy"
    verbose_name = "政策 Policy"
