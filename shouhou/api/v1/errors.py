"""Every failure leaves as application/problem+json (RFC 9457), in the caller's language."""

import logging
from collections.abc import Mapping

import orjson
import psycopg.errors
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja.errors import AuthenticationError, HttpError, ValidationError

from shouhou.api.v1.invalid import field_errors
from shouhou.api.v1.refusals import (
    BODY_TOO_LARGE,
    IN_PROGRESS,
    INTERNAL_ERROR,
    MALFORMED_JSON,
    MALFORMED_REQUEST,
    UNAUTHENTICATED,
    UNAVAILABLE,
)
from shouhou.foundation.refusals import INVALID_INPUT, NOT_FOUND, FieldError, Kind, Refused, refused

PROBLEM_JSON = "application/problem+json"
TITLES: Mapping[Kind, tuple[str, str]] = {
    "invalid": ("请求内容不符合要求", "The request is not acceptable"),
    "unauthenticated": ("身份未验证", "Not authenticated"),
    "forbidden": ("没有权限", "Not permitted"),
    "not_found": ("没有找到", "Not found"),
    "conflict": ("与当前状态冲突", "In conflict with the current state"),
    "too_many": ("请求过于频繁", "Too many requests"),
    "too_large": ("请求体过大", "Too large"),
    "malformed": ("请求无法解析", "The request cannot be read"),
    "not_allowed": ("不支持的方法", "Method not allowed"),
    "unavailable": ("服务暂不可用", "Not available"),
    "broken": ("系统内部错误", "Internal error"),
}
# What a client may simply try again, with the same key.
RETRYABLE = frozenset({"IN_PROGRESS", "UNAVAILABLE"})
# Waiting for somebody else's transaction ended without a result: nothing was changed, try again.
LOST_RACE = (
    psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure,
    psycopg.errors.QueryCanceled,
)  # fmt: skip
log = logging.getLogger("shouhou.api")


def language_of(request: HttpRequest) -> str:
    """The caller's language by Accept-Language: "en" when it is preferred to Chinese, else "zh-hans"."""
    header = request.headers.get("Accept-Language", "")
    best, language = 0.0, "zh-hans"
    for part in header[:200].split(","):
        tag, _, rest = part.strip().partition(";")
        tag = tag.strip().lower()
        if not tag.startswith(("en", "zh")):
            continue
        try:
            weight = float(rest.strip().removeprefix("q=")) if rest else 1.0
        except ValueError:
            continue
        if weight > best:
            best, language = weight, "en" if tag.startswith("en") else "zh-hans"
    return language


def answer_to(request: HttpRequest, error: Exception) -> HttpResponse:
    """The answer to any exception of the API."""
    return problem(request, as_refused(request, error))


def problem(request: HttpRequest, error: Refused) -> HttpResponse:
    """The problem document of a refusal."""
    language = language_of(request)
    response = HttpResponse(problem_bytes(error, language), status=error.status, content_type=PROBLEM_JSON)
    response["Content-Language"] = "en" if language == "en" else "zh-Hans"
    response["Vary"] = "Accept-Language, Authorization"
    if error.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="shouhou"'
    if error.code in RETRYABLE or error.status == 429:
        response["Retry-After"] = str(error.facts.get("retry_after_seconds", 1))
    return response


def problem_bytes(error: Refused, language: str) -> bytes:
    """The document itself: type, title, status, code, detail, errors[], and the facts of the refusal."""
    english = language == "en"
    if error.refusal is INVALID_INPUT and "reason" not in error.facts:
        error.facts["reason"] = _first_reason(error.errors, english=english)
    zh, en = TITLES[error.refusal.kind]
    return orjson.dumps(
        {
            "type": f"/api/v1/problems/{error.code}",
            "title": en if english else zh,
            "status": error.status,
            "code": error.code,
            "detail": error.sentence(language),
            "errors": [
                {"field": wrong.field, "detail": wrong.en if english else wrong.zh, "zh": wrong.zh, "en": wrong.en}
                for wrong in error.errors
            ],
            "facts": error.facts,
        },
        default=str,
        option=orjson.OPT_NON_STR_KEYS,
    )


def as_refused(request: HttpRequest, error: Exception) -> Refused:
    """Any exception as the refusal that is told; what nobody anticipated is logged with the request's id."""
    match error:
        case Refused():
            return error
        case ValidationError():
            return Refused(INVALID_INPUT, {}, field_errors(error.errors))
        case AuthenticationError():
            return refused(UNAUTHENTICATED)
        case HttpError() if isinstance(error.__cause__, Refused):
            return error.__cause__
        case HttpError() if error.status_code == 400:
            return refused(MALFORMED_JSON, reason=str(error.__cause__ or error)[:200])
        case Http404():
            return refused(NOT_FOUND)
        case RequestDataTooBig():
            return refused(BODY_TOO_LARGE, limit_bytes=request.META.get("shouhou.limit_bytes", "…"))
        case SuspiciousOperation() | BadRequest() | MultiPartParserError() | UnreadablePostError():
            return refused(MALFORMED_REQUEST, reason=str(error)[:200])
        case OperationalError() if isinstance(error.__cause__, LOST_RACE):
            return refused(IN_PROGRESS)
        case OperationalError() | InterfaceError():
            log.error("database not available: %s", error)
            return refused(UNAVAILABLE)
        case DataError():
            # The shapes should have caught it: worth a look, but a wrong input all the same.
            log.error("input reached the database: %s", error, exc_info=error)
            return refused(INVALID_INPUT, reason="value out of range")
    request_id = request.META.get("shouhou.request_id", "")
    log.error("request %s failed", request_id, exc_info=error)
    return refused(INTERNAL_ERROR, request_id=request_id)


def _first_reason(errors: tuple[FieldError, ...], *, english: bool) -> str:
    if not errors:
        return "…"
    first = errors[0]
    return f"{first.field}: {first.en if english else first.zh}"
