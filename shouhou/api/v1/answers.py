"""Answers as bytes: rows go straight into JSON, no model in between."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from shouhou.api.v1.refusals import BAD_IF_MATCH
from shouhou.foundation.money import Money
from shouhou.foundation.refusals import refused

JSON = "application/json"
NDJSON = "application/x-ndjson"


def as_bytes(data: object) -> bytes:
    """JSON; instants as RFC 3339, money as {"amount", "currency"}."""
    return orjson.dumps(data, default=_other, option=orjson.OPT_NON_STR_KEYS)


def answer(data: object, *, status: int = 200) -> HttpResponse:
    """A JSON answer, with its version as ETag when it has one."""
    response = HttpResponse(as_bytes(data), status=status, content_type=JSON)
    if isinstance(data, dict) and isinstance(data.get("version"), int):
        response["ETag"] = f'"{data["version"]}"'
    return response


def listing(items: Iterable[Any], after: object) -> HttpResponse:
    """{"items": […], "next": cursor}."""
    return HttpResponse(as_bytes({"items": list(items), "next": after}), content_type=JSON)


def version_asked(request: HttpRequest, in_body: int | None) -> int | None:
    """The version the caller has seen, from the body or If-Match. Raises Refused(INVALID_IF_MATCH) when they differ."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return in_body
    text = header.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > 9 or in_body not in (None, int(text)):
        raise refused(BAD_IF_MATCH)
    return int(text)


def _other(value: object) -> object:
    if isinstance(value, Money):
        return {"amount": value.minor, "currency": value.currency}
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    if isinstance(value, (set, frozenset, tuple)):
        return sorted(value) if isinstance(value, (set, frozenset)) else list(value)
    if isinstance(value, memoryview):
        return value.tobytes().decode()
    raise TypeError(f"{type(value).__name__} has no JSON form")
