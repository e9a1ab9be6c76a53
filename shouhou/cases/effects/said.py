"""What the house itself writes into a case, in both languages: each reader reads their own."""

from datetime import datetime

from django.db import connection

from shouhou.cases.moving import Moving
from shouhou.cases.rows import CaseRow
from shouhou.cases.terms import terms_of


def say(moving: Moving, zh: str, en: str, *, internal: bool = False) -> None:
    """A message of the system; an internal one is for the staff alone."""
    say_on(moving.case.number, zh, en, internal=internal, now=moving.now)


def say_on(number: str, zh: str, en: str, *, internal: bool, now: datetime) -> None:
    """The same on a case that does not move; a number that no case has writes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(MESSAGE, [zh, en, internal, now, number])


def tell_unrated(case: CaseRow, *, now: datetime) -> None:
    """Said once, to the staff: the book's amounts mean nothing in this currency, so people decide everything they would."""
    if not terms_of(case).has_rate:
        say_on(case.number, f"政策没有 {case.currency} 的参考汇率：凡按金额自动处理的都改由人工决定，退款须第二人复核。",
               f"The policy has no reference rate for {case.currency}: whatever would go by amount is decided by people, and every refund"
               " needs a second person.", internal=True, now=now)  # fmt: skip


MESSAGE = """
INSERT INTO cases_message (case_id, role, who, name, text, text_en, internal, at)
SELECT id, 'system', 'clock', '系统', %s, %s, %s, %s FROM cases_case WHERE number = %s
"""
