"""Around every endpoint: a request id, limits, and nothing that leaves as HTML or as a bare status."""

import re
from collections.abc import Callable
from functools import wraps
from secrets import token_hex
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, re_path
from django.views.decorators.csrf import csrf_exempt

from shouhou.api.v1.body import check_size
from shouhou.api.v1.errors import answer_to, problem
from shouhou.api.v1.refusals import MALFORMED_REQUEST, METHOD_NOT_ALLOWED
from shouhou.foundation.refusals import NOT_FOUND, refused

View = Callable[..., HttpResponseBase]
R = TypeVar("R", bound=HttpResponseBase)
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def guarded(view: View) -> View:
    """`view` behind the door."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request_id = request.META["shouhou.request_id"] = request_id_of(request.headers.get("X-Request-Id", ""))
        return stamped(_answer(view, request, args, kwargs), request_id)

    return csrf_exempt(answer)


def request_id_of(asked: str) -> str:
    """The caller's own id of the request when it is a plain one, else a new one."""
    return asked if REQUEST_ID.fullmatch(asked) else token_hex(12)


def stamped(response: R, request_id: str) -> R:
    """Every answer names its request and is kept by no cache."""
    response["X-Request-Id"] = request_id
    response.setdefault("Cache-Control", "no-store")
    return response


def guard_all(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Every address of the API behind the door, and a door where there is no address."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = guarded(pattern.callback)
    return [*patterns, re_path(r"^.*$", guarded(nothing_here))]


def nothing_here(request: HttpRequest) -> HttpResponse:
    return problem(request, refused(NOT_FOUND))


def _answer(view: View, request: HttpRequest, args: tuple[Any, ...], kwargs: dict[str, Any]) -> HttpResponseBase:
    try:
        check_size(request)
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise refused(MALFORMED_REQUEST, reason="NUL")
        response = view(request, *args, **kwargs)
    except Exception as error:  # the last resort: whatever it is, it leaves as a problem document
        return answer_to(request, error)
    if isinstance(response, HttpResponseNotAllowed):
        told = problem(request, refused(METHOD_NOT_ALLOWED, method=str(request.method)))
        told["Allow"] = ", ".join(sorted(response["Allow"].split(", ")))
        return told
    return response
