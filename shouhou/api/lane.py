"""The lean lane: the hottest calls reach the same endpoint functions without Django's and ninja's way there.

It takes only what is plainly right: a known path, known simple parameters, a key that may. Anything else – a wrong
parameter, a missing scope, a refusal – answers None and goes the long way, which says what is wrong. Measured by
`bench/http.py`; switched off by SHOUHOU_LANE=0.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from time import monotonic
from typing import Any, cast
from urllib.parse import parse_qsl

import orjson
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel, ValidationError

from shouhou.api.v1.auth import Caller, caller_by_token
from shouhou.api.v1.body import JSON_LIMIT_BYTES, MOST_DEPTH, PARSED
from shouhou.api.v1.door import request_id_of, stamped
from shouhou.api.v1.errors import problem
from shouhou.api.v1.routes import cases, events, orders
from shouhou.api.v1.shapes.cases import CaseInput, MoveInput
from shouhou.foundation.refusals import Refused
from shouhou.plumbing.clock import now

CODE = re.compile(r"[a-z][a-z0-9_]{0,38}\Z")
NUMBER = re.compile(r"[0-9]{1,9}\Z")
CURSOR = re.compile(r"[A-Za-z0-9_-]{1,400}\Z")
KEY_SECONDS, CALLERS_MOST = 1.0, 1000
_callers: dict[str, tuple[float, Caller]] = {}
log = logging.getLogger(__name__)
BODY_MOST = min(JSON_LIMIT_BYTES, 65_536)


@dataclass(slots=True)
class LaneRequest:
    """What the endpoints and the idempotency look at of a request, and nothing more."""

    method: str
    path: str
    query: str
    auth: Caller
    headers: dict[str, str]
    META: dict[str, Any] = field(default_factory=dict)

    def get_full_path(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Way:
    """One hot call: who may, which parameters are plain, and the endpoint."""

    method: str
    path: re.Pattern[str]
    scope: str
    endpoint: Callable[..., HttpResponse]
    plain: Mapping[str, re.Pattern[str]]
    body: type[BaseModel] | None = None


WAYS = (
    Way("GET", re.compile(r"/api/v1/events\Z"), "events:read", events.events, {"after": NUMBER, "limit": NUMBER}),
    Way("GET", re.compile(r"/api/v1/cases\Z"), "cases:read", cases.cases,
        {"sort": CODE, "limit": NUMBER, "status": CODE, "stage": CODE, "service": CODE, "waits_on": CODE, "cursor": CURSOR}),
    Way("GET", re.compile(r"/api/v1/orders/(?P<number>[A-Za-z0-9_-]{1,60})/entitlements\Z"), "orders:read",
        orders.get_entitlements, {"reason": CODE}),
    Way("POST", re.compile(r"/api/v1/cases\Z"), "cases:write", cases.apply, {}, CaseInput),
    Way("POST", re.compile(r"/api/v1/cases/(?P<number>[A-Z0-9-]{1,40})/moves/(?P<move>[a-z][a-z_]{0,38})\Z"), "cases:write",
        cases.move, {}, MoveInput),
)  # fmt: skip
BOUNDS = {"limit": (1, 100), "after": (0, 2**62)}
CHOICES = {"sort": {"updated", "due", "submitted"}, "stage": {"applied", "reviewed", "goods", "inspected", "resolved", "rated"}}


def hurry(environ: dict[str, Any]) -> HttpResponse | None:
    """The answer, or None for whatever must go the long way; the body can then be read again."""
    method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
    for way in WAYS:
        if way.method == method and (found := way.path.match(path)):
            return _go(way, environ, path, found.groupdict())
    return None


def _go(way: Way, environ: dict[str, Any], path: str, parts: dict[str, Any]) -> HttpResponse | None:
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    given = _plain(way, environ.get("QUERY_STRING", ""))
    if scheme != "Bearer" or given is None:
        return None
    raw, wish = b"", None
    if way.body is not None:
        raw = _read(environ)
        wish = _wish(way.body, raw)
        if wish is None:
            return None
    request: LaneRequest | None = None
    request_id = request_id_of(environ.get("HTTP_X_REQUEST_ID", ""))
    try:
        caller = _caller(token)
        if way.scope not in caller.scopes:
            return None
        request = LaneRequest(method=way.method, path=path, query=environ.get("QUERY_STRING", ""), auth=caller,
                              headers=_headers(environ))  # fmt: skip
        if wish is not None:
            request.META[PARSED] = wish[1]
            parts["wish"] = wish[0]
        return stamped(way.endpoint(cast(HttpRequest, request), **parts, **given), request_id)
    except Refused as refusal:
        # Said here once the endpoint was asked: the long way would find it kept under the key and call it a replay.
        return None if request is None else stamped(problem(cast(HttpRequest, request), refusal), request_id)
    except Exception:
        # Rolled back, so nothing has happened; the long way makes the same call and says properly what was wrong.
        log.warning("the lane gave up on %s %s", way.method, path, exc_info=True)
        return None
    finally:
        close_old_connections()


def _caller(token: str) -> Caller:
    """Who the key belongs to, asked at most once a second: a key that is switched off is dead a second later."""
    known = _callers.get(token)
    if known is not None and known[0] > monotonic():
        return known[1]
    found = caller_by_token(token, at=now())
    if len(_callers) >= CALLERS_MOST:
        _callers.clear()
    _callers[token] = (monotonic() + KEY_SECONDS, found)
    return found


def _plain(way: Way, query: str) -> dict[str, Any] | None:
    """The parameters as the endpoint takes them, or None when one is unknown, doubled or not plain."""
    given: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True) if query else ():
        pattern = way.plain.get(name)
        if pattern is None or name in given or not pattern.match(value) or value not in CHOICES.get(name, {value}):
            return None
        given[name] = int(value) if pattern is NUMBER else value
        low, high = BOUNDS.get(name, (0, 0))
        if name in BOUNDS and not low <= given[name] <= high:
            return None
    return given


def _read(environ: dict[str, Any]) -> bytes:
    """A small JSON body; the stream is put back for the long way."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not NUMBER.match(length) or int(length) > BODY_MOST or environ.get("CONTENT_TYPE") != "application/json":
        return b""
    raw = bytes(environ["wsgi.input"].read(int(length)))
    environ["wsgi.input"] = BytesIO(raw)
    return raw


def _wish(shape: type[BaseModel], raw: bytes) -> tuple[BaseModel, Any] | None:
    if not raw or b"\\u0000" in raw or raw.count(b"[") + raw.count(b"{") > MOST_DEPTH:
        return None
    try:
        parsed = orjson.loads(raw)
        return shape.model_validate(parsed), parsed
    except (orjson.JSONDecodeError, ValidationError):
        return None


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    return {
        name: environ[key]
        for name, key in (
            ("Accept-Language", "HTTP_ACCEPT_LANGUAGE"), ("Idempotency-Key", "HTTP_IDEMPOTENCY_KEY"),
            ("If-Match", "HTTP_IF_MATCH"),
        )
        if key in environ
    }  # fmt: skip
