"""The help centre as an application of its own."""

from django.apps import AppConfig


class HelpConfig(AppConfig):
    name = "shouhou.support.help"
    label = "help"
    default_auto_field = "django.db.models.BigAutoField"
