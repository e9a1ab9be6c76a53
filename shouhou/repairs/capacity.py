"""How many visits and sessions fit into a day: what the technicians of the house, or of a shop of its own, can take."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db import connection

from shouhou.accounts.models import User
from shouhou.foundation.days import SHANGHAI, local_day
from shouhou.merchants.models import Merchant
from shouhou.repairs.models import Appointment, WorkOrder

AHEAD_MOST_DAYS = 30


def hold_day(order: WorkOrder, day: date) -> None:
    """Hold the day of these technicians until the transaction ends: who books the last place books it alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"visits:{_side(order)}:{day.isoformat()}"])


def is_full(order: WorkOrder, day: date, *, each: int) -> bool:
    """Whether nobody has a place left on the day, or the technician of this order has none; `each` is what one can take."""
    start = datetime.combine(day, time(), SHANGHAI)
    booked = Appointment.objects.filter(state="booked", window_start__gte=start, window_start__lt=start + timedelta(days=1))
    booked = booked.exclude(order=order)
    if order.technician and booked.filter(order__technician=order.technician).count() >= each:
        return True
    return booked.filter(order__merchant_id__in=_merchants(order)).count() >= each * _hands(order)


def next_free(order: WorkOrder, day: date, *, each: int, now: datetime) -> date | None:
    """The first day with a place, from the next one on; None when the coming weeks are full."""
    return next((later for later in _days(max(day, local_day(now))) if not is_full(order, later, each=each)), None)


def _days(after: date) -> Iterator[date]:
    return (after + timedelta(days=days) for days in range(1, AHEAD_MOST_DAYS + 1))


def _hands(order: WorkOrder) -> int:
    """Technicians at work; a shop without any sends its own people, one visit after the other."""
    found = User.objects.filter(is_active=True, role="technician")
    side = _side(order)
    mine = found.filter(organisation__merchant=side) if side else found.exclude(organisation__kind="merchant")
    return max(1, mine.distinct().count())


def _side(order: WorkOrder) -> int:
    """A shop that sends its own people, by id; 0: the house."""
    merchant = order.merchant_id or 0
    return merchant if Merchant.objects.filter(pk=merchant, channel="third").exists() else 0


def _merchants(order: WorkOrder) -> list[int]:
    side = _side(order)
    return [side] if side else list(Merchant.objects.exclude(channel="third").values_list("pk", flat=True))
