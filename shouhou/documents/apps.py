"""The folder as a Django app."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "shouhou.documents"
    label = "documents"
    verbose_name = "纸质表格 Paper forms"
