"""The same POST twice is one effect: the answer to a client's key is written in the transaction of the effect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from shouhou.api.v1.answers import JSON, as_bytes
from shouhou.api.v1.auth import caller
from shouhou.api.v1.body import PARSED
from shouhou.api.v1.errors import PROBLEM_JSON, as_refused, language_of, problem_bytes
from shouhou.api.v1.refusals import IN_PROGRESS, INVALID_KEY, KEY_REUSED
from shouhou.foundation.refusals import Refused, refused

# Two at once: the second waits this long for the first, then is told to come back (IN_PROGRESS).
WAIT = "5s"
# Refusals that belong to the request itself are an answer too; "not found" or "too many" may be another one tomorrow.
KEPT_KINDS = frozenset({"invalid", "conflict"})
NOT_KEPT = frozenset({"IN_PROGRESS", "IDEMPOTENCY_KEY_REUSED"})


@dataclass(frozen=True, slots=True)
class _Asked:
    client: str
    key: str
    fingerprint: bytes


class _AnsweredBefore(Exception):
    """Somebody else was first under this key: what was just done is undone."""


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
    asked = _Asked(caller(request).client, key, _fingerprint(request, files))
    # A file lies in its folder before the transaction ends: for it the look comes first.
    if files is not None and (known := _known(asked)):
        return known
    try:
        with transaction.atomic():
            body = as_bytes(act())
            if not _keep(asked, status, body):
                raise _AnsweredBefore
    except _AnsweredBefore:
        # Done a second time in vain and rolled back: the first answer stands.
        return _need(asked)
    except Refused as error:
        return _refused(request, asked, error)
    return HttpResponse(body, status=status, content_type=JSON)


def _refused(request: HttpRequest, asked: _Asked, error: Refused) -> HttpResponse:
    """The first answer if there is one; else the refusal, kept when it belongs to the request itself."""
    if error.refusal.kind in KEPT_KINDS and error.code not in NOT_KEPT:
        body = problem_bytes(as_refused(request, error), language_of(request))
        if not _keep(asked, error.status, body):
            return _need(asked)
    elif known := _known(asked):
        return known
    raise error


def _keep(asked: _Asked, status: int, body: bytes) -> bool:
    """Write the answer down; False when there is one. Waits while another transaction holds the key."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [asked.client, asked.key, asked.fingerprint, status, body, WAIT])
        return cursor.fetchone() is not None


def _known(asked: _Asked) -> HttpResponse | None:
    """The answer that was given under this key. Raises Refused(IDEMPOTENCY_KEY_REUSED) when it was to another request."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [asked.client, asked.key])
        row = cursor.fetchone()
    if row is None:
        return None
    fingerprint, status, body = row
    if bytes(fingerprint) != asked.fingerprint:
        raise refused(KEY_REUSED)
    response = HttpResponse(bytes(body), status=status, content_type=JSON if status < 400 else PROBLEM_JSON)
    response["Idempotent-Replayed"] = "true"
    return response


def _need(asked: _Asked) -> HttpResponse:
    known = _known(asked)
    if known is None:
        # Forgotten between the two looks: the caller may try again.
        raise refused(IN_PROGRESS)
    return known


def _fingerprint(request: HttpRequest, files: Mapping[str, str] | None) -> bytes:
    """What "the same request" means: method, address, guard and content, whatever the order of its fields."""
    content: Any = request.META.get(PARSED)
    if files is not None:
        content = {"files": dict(files), "form": dict(request.POST.lists())}
    asked = [request.method, request.get_full_path(), request.headers.get("If-Match"), content]
    return sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)).digest()


# Last in the transaction of the effect, one row written once: either both stand or neither.
KEEP = """
INSERT INTO plumbing_idempotentanswer (client, key, fingerprint, status, body)
SELECT %s, %s, %s, %s, %s FROM (SELECT set_config('lock_timeout', %s, true)) AS wait
ON CONFLICT (client, key) DO NOTHING RETURNING true
"""
READ = "SELECT fingerprint, status, body FROM plumbing_idempotentanswer WHERE client = %s AND key = %s"
