"""What the house itself writes into a case: both languages in one message."""

from django.db import connection

from shouhou.cases.moving import Moving


def say(moving: Moving, zh: str, en: str, *, internal: bool = False) -> None:
    """A message of the system; an internal one is for the staff alone."""
    with connection.cursor() as cursor:
        cursor.execute(MESSAGE, [moving.case.id, f"{zh}\n{en}", internal, moving.now])


MESSAGE = """
INSERT INTO cases_message (case_id, role, who, name, text, internal, at) VALUES (%s, 'system', 'clock', '系统', %s, %s, %s)
"""
