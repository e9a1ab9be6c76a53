"""Binding uploads to a case: who uploaded it may attach it, once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from shouhou.cases.refusals import EVIDENCE_TOO_MANY, UPLOAD_UNKNOWN
from shouhou.foundation.refusals import refused
from shouhou.plumbing.actor import GUESTS_OF, Actor

ATTACHMENTS_MOST = 60


def attach_tokens(
    case_id: int, tokens: Sequence[str], *, kind: str, actor: Actor, now: datetime, item_id: int | None = None
) -> int:  # fmt: skip
    """Attach the uploads to the case, in the caller's transaction. Raises UPLOAD_UNKNOWN, EVIDENCE_TOO_MANY.

    An upload already on this case is left as it is, so that the same move twice adds nothing; one on another case, or
    of another person, is unknown here.
    """
    if not tokens:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(ATTACH, {
            "case": case_id, "tokens": list(tokens), "kind": kind, "role": actor.role, "who": actor.uploads_as,
            "guests": f"{actor.uploads_as}{GUESTS_OF}", "now": now, "item": item_id,
        })  # fmt: skip
        known, total = cursor.fetchone()
    if known < len(set(tokens)):
        raise refused(UPLOAD_UNKNOWN)
    if total > ATTACHMENTS_MOST:
        raise refused(EVIDENCE_TOO_MANY, most=ATTACHMENTS_MOST)
    return int(known)


def evidence_count(case_id: int) -> int:
    """How many files stand on the case."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_attachment WHERE case_id = %s", [case_id])
        return int(cursor.fetchone()[0])


def message_files(message_id: int) -> str:
    """The kind of the files that came with a message."""
    return f"message:{message_id}"


ATTACH = """
WITH wanted AS (
    SELECT u.id, a.case_id FROM plumbing_upload u LEFT JOIN cases_attachment a ON a.upload_id = u.id
    WHERE u.token = ANY(%(tokens)s) AND (u.uploaded_by = %(who)s OR starts_with(u.uploaded_by, %(guests)s) OR a.case_id = %(case)s)
      AND (a.case_id IS NULL OR a.case_id = %(case)s)
), added AS (
    INSERT INTO cases_attachment (case_id, upload_id, kind, role, at, item_id)
    SELECT %(case)s, id, %(kind)s, %(role)s, %(now)s, %(item)s FROM wanted WHERE case_id IS NULL
    ON CONFLICT DO NOTHING RETURNING 1
)
SELECT (SELECT count(*) FROM wanted),
    (SELECT count(*) FROM cases_attachment WHERE case_id = %(case)s) + (SELECT count(*) FROM added)
"""
