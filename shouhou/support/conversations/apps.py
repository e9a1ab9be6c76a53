"""The folder as a Django app."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "shouhou.support.conversations"
    label = "conversations"
    verbose_name = "会话 Conversations"
