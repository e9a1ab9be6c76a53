"""The folder as a Django app."""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "shouhou.support.teams"
    label = "teams"
    verbose_name = "团队 Teams"
