"""The demo's books beside its channel: a statement of every day with the shop's sales, on one of them not quite what we know."""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from shouhou.foundation.days import local_day
from shouhou.ledger.proving import day_begins
from shouhou.orders.models import Payment
from shouhou.payments.channels.fake.statement import COLUMNS, END
from shouhou.payments.channels.registry import DEFAULT, channel_for
from shouhou.payments.models import BalanceProof
from shouhou.payments.reconciliation.actions.proving import prove
from shouhou.payments.reconciliation.daily import grace_days, reconcile_file
from shouhou.plumbing.actor import SYSTEM

DAYS = 24
# So many days ago the channel states a refund that nobody here knows, and a payment under a key that is not ours.
ODD_DAYS_AGO, BACK_MINOR, PAID_MINOR = 6, 4200, 1990
Row = tuple[str, str, str, int, int, str, str, str]


def reconcile(*, now: datetime) -> None:
    """Once: a second time there are proofs already. The last day's statement has not come yet, as in life.

    Yesterday may have been proven by the worker's own round while the demo was being filled: it is proven anew.
    """
    today = local_day(now)
    if BalanceProof.objects.filter(day__lt=today - timedelta(days=1)).exists():
        return
    for back in range(DAYS, 0, -1):
        day = today - timedelta(days=back)
        if back > 1:
            rows = [*_sales(day), *(_strange(day) if back == ODD_DAYS_AGO else ())]
            reconcile_file(_written(rows), channel=DEFAULT, name=f"{DEFAULT}-{day}.csv", day=day, by=SYSTEM.who, now=now)
        prove(day, grace_days=grace_days(), by=SYSTEM.who, now=now)


def _sales(day: date) -> Iterable[Row]:
    """What the shop itself took through the channel."""
    begin, end = day_begins(day), day_begins(day + timedelta(days=1))
    for paid in Payment.objects.filter(order__placed_at__gte=begin, order__placed_at__lt=end).select_related("order").order_by("id"):
        if channel_for(paid.tender) == DEFAULT and paid.amount_minor:
            yield (
                "payment", paid.reference or f"FP-{paid.pk}", "", paid.amount_minor, paid.amount_minor * 6 // 1000, paid.order.currency,
                paid.order.placed_at.isoformat(), paid.order.number,
            )  # fmt: skip


def _strange(day: date) -> Iterable[Row]:
    at = (day_begins(day) + timedelta(hours=15)).isoformat()
    yield ("refund", "FR-8c1d20", "", BACK_MINOR, 0, "CNY", at, "")
    yield ("payment", "FP-77e0a1", str(uuid5(NAMESPACE_URL, "demo")), PAID_MINOR, 11, "CNY", at, "")


def _written(rows: Iterable[Row]) -> bytes:
    kept, told = io.StringIO(newline=""), list(rows)
    out = csv.writer(kept)
    out.writerow(COLUMNS)
    out.writerows(told)
    out.writerow([END, len(told)])
    return kept.getvalue().encode()
