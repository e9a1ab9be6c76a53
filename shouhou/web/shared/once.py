"""A form sent twice does its work once: the hidden key of the form finds the first answer."""

import secrets
from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from shouhou.plumbing.actor import Actor

KEY_LENGTH_MAX = 80


def new_key() -> str:
    return secrets.token_urlsafe(18)


def once(key: str, act: Callable[[], str], *, actor: Actor, now: datetime) -> str:
    """What `act` answered the first time it was called under `key` by this actor.

    Two at once: the second waits at the unique index until the first has committed. A refusal leaves no trace, so that
    a mended form may use its key again.
    """
    client, key = f"page:{actor.who}"[:40], key[:KEY_LENGTH_MAX]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TAKE, [client, key, now])
        if cursor.fetchone() is None:
            cursor.execute(READ, [client, key])
            return bytes(cursor.fetchone()[0]).decode()
        answer = act()
        cursor.execute(KEEP, [answer.encode(), client, key])
        return answer


def first_answer(key: str, *, actor: Actor) -> str:
    """What was answered under `key` before, or "": for a form that cannot even be read a second time, for what it asked
    for is no longer there to be had."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [f"page:{actor.who}"[:40], key[:KEY_LENGTH_MAX]])
        row = cursor.fetchone()
    return bytes(row[0]).decode() if row else ""


TAKE = """
INSERT INTO plumbing_idempotentanswer (client, key, fingerprint, status, body, created_at)
VALUES (%s, %s, '\\x'::bytea, 302, '\\x'::bytea, %s) ON CONFLICT DO NOTHING RETURNING id
"""
READ = "SELECT body FROM plumbing_idempotentanswer WHERE client = %s AND key = %s"
KEEP = "UPDATE plumbing_idempotentanswer SET body = %s WHERE client = %s AND key = %s"
