"""The refunds of the house as finance lists them: any selection page by page, and what of them waits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from shouhou.payments.models import BatchRow, InvoiceTask, Refund, RefundAttempt, RefundBatch, RefundPart
from shouhou.plumbing.paging import decode_cursor, encode_cursor

# Instructed and not yet with the buyer.
OPEN = ("awaiting_second", "pending", "failed", "partly_settled")
TROUBLED = ("failed", "partly_settled")
PARTS_OPEN = ("pending", "sent", "unknown")
SILENT_FOR = timedelta(minutes=15)
Sums = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class RefundFilter:
    """What to list; None asks for nothing. `numbers` are of refunds, subjects or orders as somebody typed them."""

    states: Sequence[str] = ()
    channel: str | None = None
    tender: str | None = None
    merchant: str | None = None
    reason: str | None = None
    instructed_from: datetime | None = None
    instructed_before: datetime | None = None
    expected_before: datetime | None = None
    expected_from: datetime | None = None
    least_minor: int | None = None
    most_minor: int | None = None
    # True: a second person let it go, or has to.
    second: bool | None = None
    stuck_at: datetime | None = None
    text: str | None = None


def refunds(chosen: RefundFilter) -> QuerySet[Refund]:
    """All of them, in no order yet."""
    wanted = {
        "state__in": list(chosen.states) or None, "merchant__code": chosen.merchant, "reason": chosen.reason,
        "instructed_at__gte": chosen.instructed_from, "instructed_at__lt": chosen.instructed_before,
        "expected_at__gte": chosen.expected_from, "expected_at__lt": chosen.expected_before,
        "amount_minor__gte": chosen.least_minor, "amount_minor__lte": chosen.most_minor,
    }  # fmt: skip
    found = Refund.objects.filter(**{name: value for name, value in wanted.items() if value is not None})
    parts = RefundPart.objects.filter(refund=OuterRef("pk"))
    if chosen.channel:
        found = found.filter(Exists(parts.filter(channel=chosen.channel)))
    if chosen.tender:
        found = found.filter(Exists(parts.filter(tender=chosen.tender)))
    if chosen.second is not None:
        asked = Q(state="awaiting_second") | ~Q(approved_by="")
        found = found.filter(asked) if chosen.second else found.exclude(asked)
    if chosen.stuck_at is not None:
        found = found.filter(Exists(_needing(parts, chosen.stuck_at)))
    if chosen.text:
        text = chosen.text.strip().upper()
        found = found.filter(Q(number=text) | Q(subject=text) | Q(order__number__iexact=chosen.text.strip()))
    return found


def refund_page(
    chosen: RefundFilter, *, oldest_first: bool, limit: int, cursor: str | None = None
) -> tuple[list[Refund], str | None]:  # fmt: skip
    """At most `limit` of them with merchant, order and parts, and where the next page begins. Raises INVALID_CURSOR."""
    found = refunds(chosen)
    if cursor:
        (after,) = decode_cursor(cursor, int)
        found = found.filter(pk__gt=after) if oldest_first else found.filter(pk__lt=after)
    found = found.order_by("id" if oldest_first else "-id").select_related("merchant", "order", "buyer").prefetch_related("parts")
    rows = list(found[: limit + 1])
    return rows[:limit], encode_cursor(rows[limit - 1].pk) if len(rows) > limit else None


def every_refund(chosen: RefundFilter, *, oldest_first: bool, portion: int = 500) -> Iterator[Refund]:
    """The same to the end, portion by portion."""
    cursor: str | None = None
    while True:
        rows, cursor = refund_page(chosen, oldest_first=oldest_first, limit=portion, cursor=cursor)
        yield from rows
        if cursor is None:
            return


def counted(chosen: RefundFilter) -> tuple[int, Sums]:
    """How many, and how much by currency."""
    rows = refunds(chosen).values("currency").annotate(count=Count("id"), sum=Sum("amount_minor")).order_by("currency")
    return sum(row["count"] for row in rows), tuple((row["currency"], int(row["sum"] or 0)) for row in rows)


def contradicted_count() -> int:
    """Open parts of which the channel told another amount than instructed."""
    wrong = Exists(RefundAttempt.objects.filter(part=OuterRef("pk"), outcome="other amount"))
    return RefundPart.objects.filter(wrong, state__in=PARTS_OPEN).count()


def invoices_waiting() -> tuple[int, Sums]:
    """Invoice tasks that are still to be made out."""
    rows = InvoiceTask.objects.filter(state__in=("drafted", "confirmed", "rejected")).values("currency")
    found = rows.annotate(count=Count("id"), sum=Sum("amount_minor")).order_by("currency")
    return sum(row["count"] for row in found), tuple((row["currency"], int(row["sum"] or 0)) for row in found)


def batches_waiting() -> Mapping[str, int]:
    """How many batches wait for the second person, how many for the bank."""
    rows = RefundBatch.objects.filter(state__in=("drafted", "released")).values("state").annotate(count=Count("id"))
    return {row["state"]: row["count"] for row in rows}


def batch_progress(batch: RefundBatch) -> Mapping[str, int]:
    """How many rows of a batch stand how."""
    rows = BatchRow.objects.filter(batch=batch).values("state").annotate(count=Count("id"))
    return {row["state"]: row["count"] for row in rows}


def refunds_a_day(*, since: datetime, zone: str = "Asia/Shanghai") -> list[tuple[str, str, int]]:
    """Day of instruction (YYYY-MM-DD), state now, how many."""
    with connection.cursor() as cursor:
        cursor.execute(A_DAY, [zone, since])
        return [(str(day), state, int(count)) for day, state, count in cursor.fetchall()]


def amounts_by_way(*, since: datetime) -> list[tuple[str, str, str, int]]:
    """Channel, tender, currency and how much went out through it."""
    with connection.cursor() as cursor:
        cursor.execute(BY_WAY, [since])
        return [(channel, tender, currency, int(sum_)) for channel, tender, currency, sum_ in cursor.fetchall()]


def ages_of_open(*, now: datetime) -> list[int]:
    """How many open refunds are younger than a day, 1–3, 3–7, 7–15 days, older."""
    with connection.cursor() as cursor:
        cursor.execute(AGES, {"now": now, "open": list(OPEN)})
        return [int(count) for count in cursor.fetchone()]


def hours_to_settle(*, since: datetime, zone: str = "Asia/Shanghai") -> list[tuple[str, float, float, int]]:
    """Week (its Monday): hours from instruction to settlement, p50 and p90, and of how many."""
    with connection.cursor() as cursor:
        cursor.execute(HOURS, [zone, since])
        return [(str(week), float(p50), float(p90), int(count)) for week, p50, p90, count in cursor.fetchall()]


def _needing(parts: QuerySet[RefundPart], now: datetime) -> QuerySet[RefundPart]:
    """Parts that a person has to look at: refused, contradicted, or silent for too long."""
    wrong = Exists(RefundAttempt.objects.filter(part=OuterRef("pk"), outcome="other amount"))
    return parts.annotate(since=Coalesce("sent_at", "refund__instructed_at")).filter(
        Q(state="refused")
        | (Q(state__in=PARTS_OPEN, since__lt=now - SILENT_FOR) & ~Q(refund__state="awaiting_second"))
        | (Q(state__in=PARTS_OPEN) & wrong)
    )


A_DAY = """
SELECT (instructed_at AT TIME ZONE %s)::date AS day, state, count(*) FROM payments_refund WHERE instructed_at >= %s
GROUP BY 1, 2 ORDER BY 1, 2
"""
BY_WAY = """
SELECT CASE WHEN p.proof <> '' AND p.channel_reference = '' THEN 'offline' ELSE p.channel END, p.tender, r.currency, sum(p.amount_minor)
FROM payments_refundpart p JOIN payments_refund r ON r.id = p.refund_id
WHERE p.state = 'settled' AND p.settled_at >= %s GROUP BY 1, 2, 3 ORDER BY 4 DESC LIMIT 12
"""
AGES = """
SELECT count(*) FILTER (WHERE age < interval '1 day'), count(*) FILTER (WHERE age >= interval '1 day' AND age < interval '3 days'),
       count(*) FILTER (WHERE age >= interval '3 days' AND age < interval '7 days'),
       count(*) FILTER (WHERE age >= interval '7 days' AND age < interval '15 days'), count(*) FILTER (WHERE age >= interval '15 days')
FROM (SELECT %(now)s::timestamptz - instructed_at AS age FROM payments_refund WHERE state = ANY(%(open)s)) x
"""
HOURS = """
SELECT date_trunc('week', settled_at AT TIME ZONE %s)::date, percentile_cont(0.5) WITHIN GROUP (ORDER BY hours),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY hours), count(*)
FROM (SELECT settled_at, extract(epoch FROM settled_at - instructed_at) / 3600.0 AS hours FROM payments_refund
      WHERE state = 'settled' AND settled_at >= %s) x GROUP BY 1 ORDER BY 1
"""
