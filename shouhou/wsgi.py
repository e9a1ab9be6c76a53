"""The WSGI door: pages with the full middleware, the API with the short one, in one process."""

import os
from collections.abc import Callable, Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouhou.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from django.http.response import HttpResponseBase  # noqa: E402
from django.test.utils import override_settings  # noqa: E402


class ApiHandler(WSGIHandler):
    """The short stack says how long its answers are: without it every answer is sent in chunks."""

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        response = super().get_response(request)
        if not response.streaming and not response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
        return response


pages = WSGIHandler()
with override_settings(MIDDLEWARE=settings.API_MIDDLEWARE):
    api = ApiHandler()


# Imported when the apps are loaded.
from shouhou.api.lane import hurry  # noqa: E402

LANE = os.environ.get("SHOUHOU_LANE", "1") == "1"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Pick the stack by path; the hottest calls of the API may take the lean lane."""
    if not environ.get("PATH_INFO", "").startswith("/api/"):
        return pages(environ, start_response)
    if LANE and (quick := hurry(environ)) is not None:
        body = quick.content
        start_response(
            f"{quick.status_code} {quick.reason_phrase}",
            [*quick.items(), ("Content-Length", str(len(body))), ("X-Content-Type-Options", "nosniff")],
        )
        return [body]
    return api(environ, start_response)
