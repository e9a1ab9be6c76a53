"""What a page may ask of the device: nothing, unless its own view says so."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "Permissions-Policy"
FEATURES = ("camera", "geolocation", "microphone")


class DevicePermissions:
    """Middleware: the header of every answer; a view sets it for what its one page needs ("camera=(self)")."""

    def __init__(self, following: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.following(request)
        given = answer.get(HEADER, "")
        rest = [f"{feature}=()" for feature in FEATURES if f"{feature}=" not in given]
        answer[HEADER] = ", ".join([*([given] if given else []), *rest])
        return answer
