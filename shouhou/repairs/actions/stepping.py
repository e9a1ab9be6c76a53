"""One step of a work order: locked, checked, waits counted, written with its entry and announced."""

from collections.abc import Mapping
from datetime import datetime

from shouhou.foundation.refusals import refused
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import EventType, publish
from shouhou.repairs.events import STEPPED
from shouhou.repairs.models import WorkOrder, WorkOrderEntry
from shouhou.repairs.refusals import WORK_ORDER_NOT_FOUND, WORK_ORDER_NOT_NOW
from shouhou.repairs.rules.states import BY_NAME, StateName, may_go


def held(number: str) -> WorkOrder:
    """The work order, locked until the transaction ends. Raises WORK_ORDER_NOT_FOUND."""
    found = WorkOrder.objects.select_for_update().filter(number=number).first()
    if found is None:
        raise refused(WORK_ORDER_NOT_FOUND, number=number[:40])
    return found


def only_in(order: WorkOrder, *states: StateName) -> None:
    """Raises WORK_ORDER_NOT_NOW unless the work order stands in one of the states."""
    if order.state not in states:
        label = BY_NAME[order.state].label  # type: ignore[index]
        raise refused(WORK_ORDER_NOT_NOW, number=order.number, state=label.zh, state_en=label.en)


def step(
    order: WorkOrder, to: StateName, what: str, *, actor: Actor, now: datetime, details: Mapping[str, object] | None = None,
    announce: EventType | None = STEPPED,
) -> WorkOrder:  # fmt: skip
    """Go to the state, with an entry and an event; what else was set on the row is written with it."""
    come_from = order.state
    if come_from != to and not may_go(come_from, to):
        only_in(order)
    wait(order, BY_NAME[to].waits_for, now=now)
    order.state, order.updated_at = to, now
    order.save()
    note(order, what, come_from=come_from, actor=actor, now=now, details=details)
    if announce is not None:
        tell(order, announce, now=now, **{"what": what, "from": come_from} if announce is STEPPED else {})
    return order


def note(
    order: WorkOrder, what: str, *, come_from: str, actor: Actor, now: datetime, details: Mapping[str, object] | None = None
) -> None:  # fmt: skip
    """One line of the history."""
    WorkOrderEntry.objects.create(
        order=order, what=what, from_state=come_from, to_state=order.state, role=actor.role, who=actor.who,
        name=actor.name[:120], details=dict(details or {}), at=now,
    )  # fmt: skip


def wait(order: WorkOrder, waits_for: str, *, now: datetime) -> None:
    """Count what was waited so far, and for whom it is waited from now on."""
    if order.waiting_for and order.waiting_since is not None:
        seconds = max(0, int((now - order.waiting_since).total_seconds()))
        if order.waiting_for == "consumer":
            order.consumer_wait += seconds
        else:
            order.parts_wait += seconds
    order.waiting_for, order.waiting_since = waits_for, now if waits_for else None


def tell(order: WorkOrder, kind: EventType, /, *, now: datetime, **more: object) -> None:
    """Announce, with what every event of a work order says."""
    data = {
        "work_order": order.number, "state": order.state, "mode": order.mode, "kind": order.kind, "round": order.round,
        "point": order.point_code, "technician": order.technician, **more,
    }  # fmt: skip
    publish(kind, subject=order.subject, now=now, data=data, merchant_id=order.merchant_id, buyer_id=order.buyer_id)
