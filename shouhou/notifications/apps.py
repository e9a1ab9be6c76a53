"""The folder as a Django app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "shouhou.notifications"
    label = "notifications"
    verbose_name = "通知 Notifications"
