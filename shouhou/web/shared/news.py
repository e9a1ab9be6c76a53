"""Whether a case has changed since a page was made: one short token, cheap to compare."""

from django.db import connection

from shouhou.cases.rows import CaseRow


def news_token(case: CaseRow) -> str:
    """Changes with every move, message, file, report of a parcel and step of a refund."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, {"case": case.id, "number": case.number})
        return "-".join(str(part) for part in (case.version, *cursor.fetchone()))


def moved_since(token: str, case: CaseRow) -> bool:
    """Whether more than the talk has changed since then."""
    parts = token.split("-")
    return parts[0] != str(case.version) or parts[2:] != news_token(case).split("-")[2:]


NEWEST = """
SELECT
    (SELECT coalesce(max(id), 0) FROM cases_message WHERE case_id = %(case)s AND NOT internal),
    (SELECT coalesce(max(t.id), 0) FROM logistics_trackingevent t JOIN logistics_parcel p ON p.id = t.parcel_id
     WHERE p.subject = %(number)s),
    (SELECT coalesce(sum(version), 0) FROM payments_refund WHERE subject = %(number)s)
"""
