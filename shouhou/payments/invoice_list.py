"""The invoice tasks as finance and the invoicing system list them, and one as the API shows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from shouhou.payments.models import InvoiceTask
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.policy.queries import compiled

OPEN = ("drafted", "confirmed", "rejected")


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """What to list. `state` "open" is everything still to be done, None or "all" everything."""

    state: str | None = None
    kind: str | None = None
    reason: str | None = None
    text: str | None = None
    subject: str | None = None
    merchant_id: int | None = None
    # Still to be done, and drafted before.
    late_since: datetime | None = None


def tasks(chosen: InvoiceFilter) -> QuerySet[InvoiceTask]:
    """All of them, in no order yet."""
    wanted = {
        "kind": chosen.kind, "reason": chosen.reason, "subject": chosen.subject, "order__merchant_id": chosen.merchant_id,
        "state": chosen.state if chosen.state not in ("open", "all") else None,
    }  # fmt: skip
    found = InvoiceTask.objects.filter(**{name: value for name, value in wanted.items() if value is not None})
    if chosen.state == "open":
        found = found.filter(state__in=OPEN)
    if chosen.late_since is not None:
        found = found.filter(state__in=OPEN, created_at__lt=chosen.late_since)
    if chosen.text:
        text = chosen.text.strip()
        found = found.filter(
            Q(number=text.upper()) | Q(subject=text.upper()) | Q(order__number__iexact=text)
            | Q(invoice_number=text) | Q(issued_number=text)
        )
    return found


def time_to_issue() -> timedelta:
    """How long after it was drafted an invoice is to be made out, by the book."""
    return timedelta(days=int(compiled().terms.number("invoice_days")))


def invoice_page(chosen: InvoiceFilter, *, limit: int, cursor: str | None = None) -> tuple[list[InvoiceTask], str | None]:
    """At most `limit` of them, what is to be done from the oldest on, and where the next page begins. Raises INVALID_CURSOR."""
    oldest_first = chosen.state in ("open", *OPEN)
    found = tasks(chosen)
    if cursor:
        (after,) = decode_cursor(cursor, int)
        found = found.filter(pk__gt=after) if oldest_first else found.filter(pk__lt=after)
    rows = list(found.order_by("id" if oldest_first else "-id").select_related("order__merchant", "refund", "charge")[: limit + 1])
    return rows[:limit], encode_cursor(rows[limit - 1].pk) if len(rows) > limit else None


def every_task(chosen: InvoiceFilter, *, portion: int = 500) -> Iterator[InvoiceTask]:
    """The same to the end, portion by portion."""
    cursor: str | None = None
    while True:
        rows, cursor = invoice_page(chosen, limit=portion, cursor=cursor)
        yield from rows
        if cursor is None:
            return


def invoice_json(task: InvoiceTask) -> dict[str, Any]:
    """One task as the API shows it."""
    return {
        "number": task.number, "kind": task.kind, "state": task.state, "subject": task.subject, "order": task.order.number,
        "refund": task.refund.number if task.refund else None, "charge": task.charge.number if task.charge else None,
        "invoice": task.invoice_number, "amount": {"amount": task.amount_minor, "currency": task.currency},
        "reason": task.reason or None, "whole": task.whole, "needs_confirmation": task.needs_confirmation,
        "confirmation": task.confirmation or None, "issued_number": task.issued_number or None, "why": task.why or None,
        "created_at": task.created_at.isoformat(), "issued_at": task.issued_at.isoformat() if task.issued_at else None,
        "version": task.version,
    }  # fmt: skip
