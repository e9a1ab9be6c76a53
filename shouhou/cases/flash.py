"""Whether a case is refunded before its goods are there: the facts of its buyer, the book's answer, and how far it has come."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from shouhou.cases.rows import CaseRow
from shouhou.policy.rules.flash import FlashFacts, flash_refund
from shouhou.policy.terms import Terms


def flash_of(case: CaseRow) -> dict[str, Any]:
    """What is kept of it: `when`, `state` (offered, paid, covered, collecting, paid_back, written_off), `refund`, `due`."""
    found: dict[str, Any] = case.details.get("flash") or {}
    return found


def is_out(case: CaseRow) -> bool:
    """Whether the money is out and the goods have not been taken back."""
    return flash_of(case).get("state") == "paid"


def offer(case: CaseRow, *, terms: Terms, now: datetime) -> dict[str, Any] | None:
    """What the buyer is promised when applying, with its conditions; None: refunded when the goods are there."""
    if terms.value("flash_refund_when", member=case.tier) == "never":
        return None
    abuses, open_now = _record(case, since=now - timedelta(days=terms.number("flash_refund_abuse_days")))
    when = flash_refund(
        FlashFacts(case.tier, case.verdict, [item.category for item in case.items], case.refund_minor, abuses, open_now), terms
    )
    if when == "never":
        return None
    return {"when": when, "state": "offered", "days": terms.number("flash_goods_days")}


def _record(case: CaseRow, *, since: datetime) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(RECORD, {"buyer": case.buyer_id, "case": case.id, "since": since.isoformat()})
        abuses, open_now = cursor.fetchone()
    return int(abuses), int(open_now)


RECORD = """
SELECT count(*) FILTER (WHERE details->'flash'->>'abused_at' >= %(since)s),
       count(*) FILTER (WHERE details->'flash'->>'state' IN ('paid', 'collecting'))
FROM cases_case WHERE buyer_id = %(buyer)s AND id <> %(case)s AND details ? 'flash'
"""
