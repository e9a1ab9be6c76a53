"""The folder as a Django app."""

from django.apps import AppConfig

from shouhou.web.translations import compile_catalogues


class WebConfig(AppConfig):
    name = "shouhou.web"
    label = "web"
    verbose_name = "页面 Web"

    def ready(self) -> None:
        compile_catalogues()
