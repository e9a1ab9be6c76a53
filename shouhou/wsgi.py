"""The WSGI door: pages with the full middleware, the API with the short one, in one process."""

import os
from collections.abc import Callable, Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouhou.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

pages = WSGIHandler()
with override_settings(MIDDLEWARE=settings.API_MIDDLEWARE):
    api = WSGIHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Pick the stack by path."""
    handler = api if environ.get("PATH_INFO", "").startswith("/api/") else pages
    return handler(environ, start_response)
