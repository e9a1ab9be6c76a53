"""What the house itself writes into a case, in both languages: each reader reads their own."""

from datetime import datetime

from django.db import connection

from shouhou.cases.moving import Moving


def say(moving: Moving, zh: str, en: str, *, internal: bool = False) -> None:
    """A message of the system; an internal one is for the staff alone."""
    say_on(moving.case.number, zh, en, internal=internal, now=moving.now)


def say_on(number: str, zh: str, en: str, *, internal: bool, now: datetime) -> None:
    """The same on a case that does not move; a number that no case has writes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(MESSAGE, [zh, en, internal, now, number])


MESSAGE = """
INSERT INTO cases_message (case_id, role, who, name, text, text_en, internal, at)
SELECT id, 'system', 'clock', '系统', %s, %s, %s, %s FROM cases_case WHERE number = %s
"""
