"""Visits and remote sessions: booked, moved, kept, missed by either side."""

from datetime import date, datetime, timedelta
from typing import Literal

from django.db import transaction

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import FieldError, refused
from shouhou.plumbing.actor import Actor
from shouhou.repairs.actions.stepping import held, only_in, step, tell
from shouhou.repairs.capacity import hold_day, is_full, next_free
from shouhou.repairs.events import APPOINTED
from shouhou.repairs.models import Appointment, WorkOrder
from shouhou.repairs.refusals import DAY_FULL, WINDOW_PAST

BOOKED_AHEAD_MOST_DAYS = 60
WINDOW_MOST = timedelta(hours=12)


@transaction.atomic
def book_appointment(
    number: str, *, start: datetime, end: datetime, a_day: int, actor: Actor, now: datetime, note: str = ""
) -> Appointment:  # fmt: skip
    """Book a window, or move the one that is booked; the same window again is the same appointment.

    `a_day` is how many one technician can take on one day. Raises WORK_ORDER_NOT_FOUND, WORK_ORDER_NOT_NOW, WINDOW_PAST, DAY_FULL.
    """
    order = held(number)
    only_in(order, "waiting", "booked")
    if not now < start < end <= start + WINDOW_MOST or start > now + timedelta(days=BOOKED_AHEAD_MOST_DAYS):
        raise refused(WINDOW_PAST, days=BOOKED_AHEAD_MOST_DAYS)
    before = Appointment.objects.filter(order=order, state="booked").first()
    if before is not None and (before.window_start, before.window_end) == (start, end):
        return before
    _place_on(order, local_day(start), a_day=a_day, now=now)
    if before is not None:
        _end(before, "moved", actor=actor, now=now, note=note)
    count = Appointment.objects.filter(order=order).count()
    made = Appointment.objects.create(
        order=order, number=count + 1, window_start=start, window_end=end, booked_by=actor.who, booked_at=now, note=note[:500]
    )
    step(order, "booked", "booked", actor=actor, now=now, details=_window(made), announce=None)
    _tell(order, made, now=now)
    return made


@transaction.atomic
def miss_appointment(
    number: str, *, by: Literal["consumer", "technician"], actor: Actor, now: datetime, note: str = ""
) -> WorkOrder:  # fmt: skip
    """Nobody was there: whose no-show it was stands in the appointment; the consumer's are counted."""
    order = held(number)
    only_in(order, "booked")
    order.no_shows += by == "consumer"
    missed = Appointment.objects.get(order=order, state="booked")
    _end(missed, f"missed_{by}", actor=actor, now=now, note=note)
    step(order, "waiting", f"missed_{by}", actor=actor, now=now, details=_window(missed), announce=None)
    _tell(order, missed, now=now)
    return order


@transaction.atomic
def cancel_appointment(number: str, *, actor: Actor, now: datetime, note: str = "") -> WorkOrder:
    """The window is given up; another one may be booked."""
    order = held(number)
    only_in(order, "booked")
    gone = Appointment.objects.get(order=order, state="booked")
    _end(gone, "cancelled", actor=actor, now=now, note=note)
    step(order, "waiting", "cancelled_visit", actor=actor, now=now, details=_window(gone), announce=None)
    _tell(order, gone, now=now)
    return order


def _place_on(order: WorkOrder, day: date, *, a_day: int, now: datetime) -> None:
    """Raises DAY_FULL with the next day that has a place."""
    hold_day(order, day)
    if not is_full(order, day, each=a_day):
        return
    free = next_free(order, day, each=a_day, now=now)
    zh, en = (f"{free}", f"{free}") if free else ("请联系客服", "please write to us")
    where = FieldError("start", f"{day} 已约满，最近可约：{zh}。", f"{day} is fully booked; the next free day: {en}.")
    raise refused(DAY_FULL, where, day=day, free=zh, free_en=en)


def _end(appointment: Appointment, state: str, *, actor: Actor, now: datetime, note: str) -> None:
    appointment.state, appointment.ended_at, appointment.ended_by = state, now, actor.who
    appointment.note = (note or appointment.note)[:500]
    appointment.save()


def _window(appointment: Appointment) -> dict[str, object]:
    return {
        "number": appointment.number, "state": appointment.state, "start": appointment.window_start.isoformat(),
        "end": appointment.window_end.isoformat(),
    }  # fmt: skip


def _tell(order: WorkOrder, appointment: Appointment, *, now: datetime) -> None:
    tell(
        order, APPOINTED, now=now, appointment=appointment.state, window_start=appointment.window_start.isoformat(),
        window_end=appointment.window_end.isoformat(),
    )  # fmt: skip
