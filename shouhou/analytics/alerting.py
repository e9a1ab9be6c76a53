"""A report for whoever buys a SKU in, once a month, while its defect rate of thirty days is above the limit (KPI-04)."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from shouhou.analytics.events import QUALITY_ALERTED
from shouhou.analytics.models import QualityAlert
from shouhou.analytics.statistics import ALERT_LEAST, ALERT_PERCENT, READERS
from shouhou.foundation.days import SHANGHAI, local_day
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import publish

DAYS, MOST = 30, 200


def alerts_of(actor: Actor) -> QuerySet[QualityAlert]:
    """The house's readers of statistics; a SKU may be sold by many shops, so none reads what it is about others."""
    readers = actor.role in READERS and actor.merchant_id is None and actor.insurer is None
    return QualityAlert.objects.all() if readers else QualityAlert.objects.none()


def report_defects(*, now: datetime) -> int:
    """Make the reports that are due; returns how many are new. Twice or at once: the SKU's month is the judge."""
    last = local_day(now) - timedelta(days=1)
    first = last - timedelta(days=DAYS - 1)
    values: dict[str, Any] = {
        "since": datetime.combine(first, time(), SHANGHAI), "until": datetime.combine(last + timedelta(days=1), time(), SHANGHAI),
        "least": ALERT_LEAST, "percent": ALERT_PERCENT, "month": last.replace(day=1), "most": MOST,
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ALERTING, values)
        rows = cursor.fetchall()
        return sum(
            _reported(sku, {"title": title, "first": first, "last": last, "sold": sold, "defective": defective, "at": now})
            for sku, title, sold, defective in rows
        )


def _reported(sku: str, found: dict[str, Any]) -> bool:
    report, made = QualityAlert.objects.get_or_create(sku=sku, month=found["last"].replace(day=1), defaults=found)
    if not made:
        return False
    publish(QUALITY_ALERTED, subject=report.sku, now=report.at, data={
        "number": report.sku, "text": report.title, "percent": str(report.percent), "defective": report.defective, "sold": report.sold,
        "since": report.first.isoformat(), "day": report.last.isoformat(),
    })  # fmt: skip
    return True


# As the page of statistics counts them: by the day of the application, and what was ordered in the same days.
ALERTING = """
WITH defective AS (
    SELECT l.sku, max(l.title) AS title, sum(i.quantity) AS units
    FROM cases_case c JOIN cases_caseitem i ON i.case_id = c.id JOIN orders_orderline l ON l.id = i.line_id
    WHERE c.updated_at >= %(since)s AND c.submitted_at >= %(since)s AND c.submitted_at < %(until)s AND c.reason = 'quality'
        AND c.service IN ('return', 'exchange', 'repair', 'refund_only')
    GROUP BY 1
), sold AS (
    SELECT l.sku, sum(l.quantity) AS units FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
    WHERE o.placed_at >= %(since)s AND o.placed_at < %(until)s GROUP BY 1
)
SELECT d.sku, d.title, s.units, d.units FROM defective d JOIN sold s ON s.sku = d.sku
WHERE s.units >= %(least)s AND 100 * d.units > %(percent)s * s.units
    AND NOT EXISTS (SELECT 1 FROM analytics_qualityalert q WHERE q.sku = d.sku AND q.month = %(month)s)
ORDER BY d.units::numeric / s.units DESC, d.sku LIMIT %(most)s
"""
