"""The one list: which event is heard by whom, and who fills the ports of the floors below."""

from django.apps import AppConfig


class WiringConfig(AppConfig):
    """Loaded last, when every folder is there."""

    name = "shouhou"
    label = "wiring"

    def ready(self) -> None:
        from shouhou.wired import wire

        wire()
