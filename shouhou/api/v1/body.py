"""Reading what was sent: limits on size and depth, and no text that a database cannot hold."""

import json
from collections.abc import Iterator
from decimal import Decimal
from io import RawIOBase
from typing import Any, BinaryIO, cast

import orjson
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from ninja.parser import Parser

from shouhou.api.v1.refusals import BODY_TOO_LARGE, LENGTH_REQUIRED, MALFORMED_JSON, MALFORMED_REQUEST
from shouhou.foundation.refusals import refused

JSON_LIMIT_BYTES = 2 * 1024 * 1024
BULK_LIMIT_BYTES = 64 * 1024 * 1024
# One file of the largest kind, and the form around it.
UPLOAD_LIMIT_BYTES = 105 * 1024 * 1024
LINE_LIMIT_BYTES = 1024 * 1024
BLOCK_BYTES = 256 * 1024
MOST_DEPTH = 32
PARSED = "shouhou.parsed"


class CarefulParser(Parser):
    """Ninja's parser over orjson; the parsed body is kept for the idempotency fingerprint."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        parsed = careful_json(request.body)
        request.META[PARSED] = parsed
        return cast(dict[str, Any], parsed)


def careful_json(raw: bytes) -> Any:
    """JSON as Python values. Raises Refused(MALFORMED_JSON) for anything unreadable, too deep, or with NUL in a text."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise refused(MALFORMED_JSON, reason=str(error)[:200]) from None
    # Most bodies cannot be deep or hold a NUL; only the odd ones are walked.
    if b"\\u0000" in raw or raw.count(b"[") + raw.count(b"{") > MOST_DEPTH:
        _walk(value)
    return value


def check_size(request: HttpRequest) -> None:
    """Refuse by the announced length, before a byte is read. Raises Refused(BODY_TOO_LARGE)."""
    limit = _limit(request)
    request.META["shouhou.limit_bytes"] = limit
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not str(length).isdigit():
        raise refused(MALFORMED_REQUEST, reason="Content-Length")
    if int(length) > limit:
        raise refused(BODY_TOO_LARGE, limit_bytes=limit)
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower() and isinstance(request, WSGIRequest):
        if request.content_type == "multipart/form-data":
            raise refused(LENGTH_REQUIRED)
        # Django reads no more than a stated length: a body in chunks is read to its end, within the same limit.
        request._stream = _Chunks(request.environ["wsgi.input"], limit)  # type: ignore[assignment]


def ndjson_lines(request: HttpRequest) -> Iterator[bytes]:
    """The lines of a bulk body as they arrive; one too long is given cut, so that only it is refused.

    Read in blocks and split here: the web server's own `readline` stops after the first line.
    """
    rest = b""
    while block := request.read(BLOCK_BYTES):
        *lines, rest = (rest + block).split(b"\n")
        yield from lines
        rest = rest[: LINE_LIMIT_BYTES + 1]
    if rest:
        yield rest


def exact_json(raw: bytes) -> Any:
    """The same for policy facts: a fraction stays the decimal that was written. Raises Refused(MALFORMED_JSON)."""
    careful_json(raw)
    try:
        return json.loads(raw, parse_float=Decimal)
    except ValueError as error:
        raise refused(MALFORMED_JSON, reason=str(error)[:200]) from None


class _Chunks(RawIOBase):
    """A body without a stated length. Raises Refused(BODY_TOO_LARGE) when it goes on beyond `limit` bytes."""

    def __init__(self, source: BinaryIO, limit: int) -> None:
        self._source, self._limit, self._left = source, limit, limit

    def read(self, size: int | None = -1, /) -> bytes:
        return self._taken(self._source.read(self._most(size)))

    def _most(self, size: int | None) -> int:
        return self._left + 1 if size is None or size < 0 else min(size, self._left + 1)

    def _taken(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise refused(BODY_TOO_LARGE, limit_bytes=self._limit)
        return data


def _limit(request: HttpRequest) -> int:
    if request.path.endswith("/bulk"):
        return BULK_LIMIT_BYTES
    if request.content_type == "multipart/form-data":
        return UPLOAD_LIMIT_BYTES
    return JSON_LIMIT_BYTES


def _walk(value: Any) -> None:
    todo: list[tuple[Any, int]] = [(value, 1)]
    while todo:
        here, depth = todo.pop()
        if depth > MOST_DEPTH:
            raise refused(MALFORMED_JSON, reason=f"nested deeper than {MOST_DEPTH}")
        if isinstance(here, str):
            if "\0" in here:
                raise refused(MALFORMED_JSON, reason="a text holds the character NUL")
        elif isinstance(here, list):
            todo += [(item, depth + 1) for item in here]
        elif isinstance(here, dict):
            todo += [(key, depth) for key in here]
            todo += [(item, depth + 1) for item in here.values()]
