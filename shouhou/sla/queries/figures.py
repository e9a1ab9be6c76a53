"""A shop's month, computed: how its clocks ended, how long reviews took, what the platform had to decide, what came back."""

from datetime import date
from typing import Any

import orjson
from django.db import connection

from shouhou.foundation.days import month_span
from shouhou.sla import ports
from shouhou.sla.rules.card import Ended, clock_figures, share

# The first of these in a case's life is the opinion of the review (MER-01); the system's by the book counts as one.
REVIEWED = ("approve", "approve_by_book", "approve_in_doubt", "override_approve", "reject", "grant", "grant_in_doubt")
PLATFORM = ("escalated", "disputed", "inspection_escalated")
GOODS_BACK = ("return", "exchange")


def month_figures(merchant_id: int, month: date) -> dict[str, Any]:
    """Everything the scorecard shows, as JSON: counts beside every rate; null where the denominator is 0."""
    since, until = month_span(month)
    values: dict[str, Any] = {
        "shop": merchant_id, "since": since, "until": until, "reviewed": list(REVIEWED), "platform": list(PLATFORM),
        "goods": list(GOODS_BACK),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CODE, values)
        code = cursor.fetchone()[0]
        cursor.execute(REVIEW, values)
        reviews, median, p90 = cursor.fetchone()
        cursor.execute(INTERVENED, values)
        asked, taken = cursor.fetchone()
        cursor.execute(ORDERS, values)
        orders, back = cursor.fetchone()
        cursor.execute(REASONS, values)
        reasons = [{"reason": reason, "orders": many, "percent": share(many, orders)} for reason, many in cursor.fetchall()]
        cursor.execute(CONDUCT, values)
        kept, waiting = cursor.fetchone()
    return {
        **clock_part(merchant_id, month), "satisfaction": _satisfaction(code, month),
        "review": {"count": reviews, "median_hours": _hours(median), "p90_hours": _hours(p90)},
        "intervention": {"cases": asked, "taken": taken, "percent": share(taken, asked)},
        "returns": {"orders": orders, "returned": back, "percent": share(back, orders), "reasons": reasons},
        "conduct": {"kept": kept, "waiting": waiting},
    }  # fmt: skip


def clock_part(merchant_id: int, month: date) -> dict[str, Any]:
    """The part that an appeal can change: clocks by kind, breaches that stand, points and amount."""
    since, until = month_span(month)
    values: dict[str, Any] = {"shop": merchant_id, "since": since, "until": until, "month": month.replace(day=1)}
    with connection.cursor() as cursor:
        cursor.execute(CLOCKS, values)
        ended = [Ended(*row) for row in cursor.fetchall()]
        cursor.execute(BREACHES, values)
        standing, struck, points, amount, missing = cursor.fetchone()
    return {
        "clocks": clock_figures(ended),
        "breaches": {"standing": standing, "struck": struck, "points": points, "amount_minor": amount, "table_missing": missing},
    }  # fmt: skip


def _satisfaction(code: str, month: date) -> dict[str, Any]:
    for row in ports.satisfaction_of(month):
        if row.merchant == code:
            return {
                "very": row.very, "satisfied": row.satisfied, "total": row.total, "floor": row.floor,
                "percent": str(row.score) if row.score is not None else None, "result": row.result,
            }  # fmt: skip
    return {"very": 0, "satisfied": 0, "total": 0, "floor": None, "percent": None, "result": "not_assessable"}


def _hours(seconds: Any) -> str | None:
    return None if seconds is None else f"{float(seconds) / 3600:.1f}"


def same(one: Any, other: Any) -> bool:
    """Whether two cards say the same."""
    return orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(other, option=orjson.OPT_SORT_KEYS)


CODE = "SELECT code FROM merchants_merchant WHERE id = %(shop)s"
CLOCKS = """
SELECT k.kind, k.outcome, coalesce(b.state = 'struck', false), count(*)
FROM sla_clock k LEFT JOIN sla_breach b ON b.deadline_id = k.deadline_id
WHERE k.merchant_id = %(shop)s AND k.ended_at >= %(since)s AND k.ended_at < %(until)s AND k.seller GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
BREACHES = """
SELECT count(*) FILTER (WHERE state <> 'struck'), count(*) FILTER (WHERE state = 'struck'),
    coalesce(sum(points) FILTER (WHERE state <> 'struck'), 0)::bigint,
    coalesce(sum(amount_minor) FILTER (WHERE state <> 'struck'), 0)::bigint,
    count(*) FILTER (WHERE state <> 'struck' AND table_missing)
FROM sla_breach WHERE merchant_id = %(shop)s AND seller
  AND (month = %(month)s OR (month IS NULL AND recorded_at >= %(since)s AND recorded_at < %(until)s))
"""
# KPI: approved/rejected less submitted, by the day of the opinion; the first opinion of each case. Asked of the shop's own cases one by
# one (`updated_at` is never before an opinion): a plan made once for all months must not go through everybody's history.
REVIEW = """
WITH own AS MATERIALIZED (
    SELECT id, submitted_at FROM cases_case WHERE merchant_id = %(shop)s AND updated_at >= %(since)s AND submitted_at < %(until)s
), first AS (
    SELECT own.submitted_at, opinion.at FROM own CROSS JOIN LATERAL (
        SELECT h.at FROM cases_historyentry h WHERE h.case_id = own.id AND h.move = ANY(%(reviewed)s) ORDER BY h.version LIMIT 1
    ) opinion WHERE opinion.at >= %(since)s AND opinion.at < %(until)s
)
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM at - submitted_at)),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM at - submitted_at))
FROM first
"""
INTERVENED = """
SELECT count(*), count(*) FILTER (WHERE EXISTS (
    SELECT 1 FROM cases_historyentry h WHERE h.case_id = c.id AND h.to_status = ANY(%(platform)s)))
FROM cases_case c
WHERE c.merchant_id = %(shop)s AND c.updated_at >= %(since)s AND c.submitted_at >= %(since)s AND c.submitted_at < %(until)s
"""
ORDERS = """
SELECT count(*), count(*) FILTER (WHERE EXISTS (
    SELECT 1 FROM cases_case c WHERE c.order_id = o.id AND c.requested_service = ANY(%(goods)s)))
FROM orders_order o WHERE o.merchant_id = %(shop)s AND o.placed_at >= %(since)s AND o.placed_at < %(until)s
"""
REASONS = """
SELECT c.reason, count(DISTINCT o.id) FROM orders_order o JOIN cases_case c ON c.order_id = o.id
WHERE o.merchant_id = %(shop)s AND o.placed_at >= %(since)s AND o.placed_at < %(until)s AND c.requested_service = ANY(%(goods)s)
GROUP BY 1 ORDER BY 2 DESC, 1
"""
CONDUCT = """
SELECT count(*) FILTER (WHERE reviewed = 'kept'), count(*) FILTER (WHERE reviewed = '')
FROM conduct_screened WHERE merchant_id = %(shop)s AND at >= %(since)s AND at < %(until)s
  AND role IN ('merchant_operator', 'merchant_manager')
"""
