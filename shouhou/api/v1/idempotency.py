"""The same POST twice is one effect: the answer to a client's key is written in the transaction of the effect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from shouhou.api.v1.answers import JSON, as_bytes
from shouhou.api.v1.auth import Caller, caller
from shouhou.api.v1.body import PARSED
from shouhou.api.v1.errors import PROBLEM_JSON, as_refused, language_of, problem_bytes
from shouhou.api.v1.refusals import INVALID_KEY, KEY_REUSED
from shouhou.foundation.refusals import Refused, refused

# Two at once: the second waits this long for the first, then is told to come back (IN_PROGRESS).
WAIT = "5s"
# Refusals that belong to the request itself are an answer too; "not found" or "too many" may be another one tomorrow.
KEPT_KINDS = frozenset({"invalid", "conflict"})
NOT_KEPT = frozenset({"IN_PROGRESS", "IDEMPOTENCY_KEY_REUSED"})


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes


def once(
    request: HttpRequest, act: Callable[[], object], *, status: int = 200, files: Mapping[str, str] | None = None
) -> HttpResponse:
    """Run `act` and answer with its JSON; with an Idempotency-Key, exactly once per key.

    `files` (name → sha256) take the place of a body that is no JSON. Raises Refused: the act's own,
    INVALID_IDEMPOTENCY_KEY, IDEMPOTENCY_KEY_REUSED; a lost wait surfaces as IN_PROGRESS.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return HttpResponse(as_bytes(act()), status=status, content_type=JSON)
    if not 1 <= len(key) <= 200 or not key.isascii() or not key.isprintable():
        raise refused(INVALID_KEY)
    found, fingerprint = caller(request), _fingerprint(request, files)
    try:
        with transaction.atomic():
            row = _claim(found, key, fingerprint)
            if row is None:
                return _replay(found, key, fingerprint)
            body = as_bytes(act())
            _fill(row, _Answer(status, body))
    except Refused as error:
        if error.refusal.kind not in KEPT_KINDS or error.code in NOT_KEPT:
            raise
        return _keep(request, found, key=key, fingerprint=fingerprint, error=error)
    return HttpResponse(body, status=status, content_type=JSON)


def _claim(found: Caller, key: str, fingerprint: bytes) -> int | None:
    """The new row's id, or None when the key has been used. Waits while another transaction holds the key."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [found.client, key, fingerprint, WAIT])
        row = cursor.fetchone()
    return row[0] if row else None


def _fill(row: int, answer: _Answer) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL, [answer.status, answer.body, row])


def _replay(found: Caller, key: str, fingerprint: bytes) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(READ, [found.client, key])
        stored, status, body = cursor.fetchone()
    if bytes(stored) != fingerprint:
        raise refused(KEY_REUSED)
    response = HttpResponse(bytes(body), status=status, content_type=JSON if status < 400 else PROBLEM_JSON)
    response["Idempotent-Replayed"] = "true"
    return response


def _keep(request: HttpRequest, found: Caller, *, key: str, fingerprint: bytes, error: Refused) -> HttpResponse:
    """Store the refusal as the first answer; if another request was first meanwhile, its answer is the answer."""
    body = problem_bytes(as_refused(request, error), language_of(request))
    with transaction.atomic():
        row = _claim(found, key, fingerprint)
        if row is None:
            return _replay(found, key, fingerprint)
        _fill(row, _Answer(error.status, body))
    raise error


def _fingerprint(request: HttpRequest, files: Mapping[str, str] | None) -> bytes:
    """What "the same request" means: method, address, guard and content, whatever the order of its fields."""
    content: Any = request.META.get(PARSED)
    if files is not None:
        content = {"files": dict(files), "form": dict(request.POST.lists())}
    asked = [request.method, request.get_full_path(), request.headers.get("If-Match"), content]
    return sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)).digest()


CLAIM = """
INSERT INTO plumbing_idempotentanswer (client, key, fingerprint, status, body)
SELECT %s, %s, %s, 0, '' FROM (SELECT set_config('lock_timeout', %s, true)) AS wait
ON CONFLICT (client, key) DO NOTHING RETURNING id
"""
FILL = "UPDATE plumbing_idempotentanswer SET status = %s, body = %s WHERE id = %s"
READ = "SELECT fingerprint, status, body FROM plumbing_idempotentanswer WHERE client = %s AND key = %s"
