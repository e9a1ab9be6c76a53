"""A form sent twice does its work once: the hidden key of the form finds the first answer."""

import secrets
from collections.abc import Callable
from datetime import datetime

from django import forms
from django.db import connection, transaction

from shouhou.foundation.refusals import Refused
from shouhou.plumbing.actor import Actor
from shouhou.web.page import language

KEY_LENGTH_MAX = 80
DONE = 302


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


def done(form: forms.Form, act: Callable[[], str], *, actor: Actor, now: datetime) -> int:
    """Does what a form with the hidden key `once` asks for. The status of the answer: 302 when it is done, 422 with what is
    wrong with the form, a refusal's own with its words on the form.
    """
    if not form.is_valid():
        return 422
    try:
        once(form.cleaned_data["once"], act, actor=actor, now=now)
    except Refused as no:
        told(form, no)
        return no.status
    return DONE


def told(form: forms.Form, no: Refused) -> None:
    """A refusal of the domain at the fields that it names, or else above the form."""
    if not no.errors:
        form.add_error(None, no.sentence(language()))
    for error in no.errors:
        form.add_error(error.field if error.field in form.fields else None, error.en if language() == "en" else error.zh)


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
