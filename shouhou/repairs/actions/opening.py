"""Opening and ending work orders, where and by whom."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shouhou.foundation.ids import new_number
from shouhou.foundation.refusals import refused
from shouhou.plumbing.actor import Actor
from shouhou.repairs.actions.stepping import held, note, only_in, step, tell
from shouhou.repairs.events import ENDED, OPENED
from shouhou.repairs.models import Appointment, Quote, WorkOrder
from shouhou.repairs.refusals import WORK_ORDER_OPEN
from shouhou.repairs.rules.states import Result


@dataclass(frozen=True, slots=True)
class Unit:
    """The thing to be repaired, as the order says."""

    line_id: int
    sku: str
    title: str
    category: str
    serial: str = ""


@transaction.atomic
def open_order(
    *, subject: str, key: str, unit: Unit, kind: str, mode: str, fault: str, symptom: str, actor: Actor, now: datetime,
    point_code: str = "", merchant_id: int | None = None, buyer_id: int | None = None,
) -> WorkOrder:  # fmt: skip
    """A new work order; the same `key` again is the same one. Raises WORK_ORDER_OPEN while another one of the subject lasts."""
    known = WorkOrder.objects.filter(key=key).first()
    if known is not None:
        return known
    earlier = WorkOrder.objects.select_for_update().filter(subject=subject).order_by("-round").first()
    if earlier is not None and earlier.ended_at is None:
        raise refused(WORK_ORDER_OPEN, subject=subject, number=earlier.number)
    order = WorkOrder.objects.create(
        number=new_number("WO"), key=key, subject=subject, round=earlier.round + 1 if earlier else 1, merchant_id=merchant_id,
        buyer_id=buyer_id, kind=kind, mode=mode, point_code=point_code, line_id=unit.line_id, sku=unit.sku, title=unit.title,
        category=unit.category, serial=unit.serial, fault=fault, symptom=symptom[:2000], state="waiting", opened_at=now,
        updated_at=now,
    )  # fmt: skip
    note(order, "opened", come_from="", actor=actor, now=now, details={"mode": mode, "fault": fault})
    tell(order, OPENED, now=now)
    return order


@transaction.atomic
def place_order(number: str, *, mode: str, point_code: str, actor: Actor, now: datetime) -> WorkOrder:
    """How and where it will be done, decided or changed before the goods are here, or when a visit was not enough."""
    order = held(number)
    only_in(order, "waiting", "booked", "diagnosing")
    order.mode, order.point_code = mode, point_code
    if order.state == "diagnosing":
        # What was at home goes to the workshop or to another kind of visit: it is not in our hands.
        order.came_in_at = None
    Appointment.objects.filter(order=order, state="booked").update(state="cancelled", ended_at=now, ended_by=actor.who)
    return step(order, "waiting", "placed", actor=actor, now=now, details={"mode": mode, "point": point_code})


@transaction.atomic
def assign(number: str, *, technician: str, name: str, actor: Actor, now: datetime) -> WorkOrder:
    """Who works on it from now on; empty: nobody in particular. The same again changes nothing."""
    order = held(number)
    if order.ended_at is not None:
        only_in(order)
    if order.technician != technician:
        order.technician, order.technician_name = technician, name[:120]
        step(order, order.state, "assigned", actor=actor, now=now, details={"technician": name})  # type: ignore[arg-type]
    return order


@transaction.atomic
def take_in(number: str, *, actor: Actor, now: datetime, serial: str = "") -> WorkOrder:
    """The thing is in our hands (or we stand before it): the repair's time begins."""
    order = held(number)
    only_in(order, "waiting", "booked")
    Appointment.objects.filter(order=order, state="booked").update(state="kept", ended_at=now, ended_by=actor.who)
    order.came_in_at, order.serial = now, serial or order.serial
    return step(order, "diagnosing", "taken_in", actor=actor, now=now, details={"serial": serial} if serial else None)


@transaction.atomic
def end_order(number: str, *, result: Result, actor: Actor, now: datetime) -> WorkOrder:
    """The work order is over; the same again changes nothing. What was quoted and not answered is withdrawn."""
    order = held(number)
    if order.ended_at is not None:
        return order
    Appointment.objects.filter(order=order, state="booked").update(state="cancelled", ended_at=now, ended_by=actor.who)
    Quote.objects.filter(order=order, state="open").update(state="withdrawn", answered_at=now, answered_by=actor.who)
    order.result, order.ended_at = result, now
    step(order, "ended", "ended", actor=actor, now=now, details={"result": result}, announce=None)
    tell(order, ENDED, now=now, result=result)
    return order


