"""Visits and remote sessions of one day in their order: where, who, when, the way there, and whether it took place."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from shouhou.cases.models import Case
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.repairs.models import Appointment
from shouhou.repairs.rules.faults import FAULT_TEXTS
from shouhou.repairs.rules.modes import AT_HOME, MODES
from shouhou.web.access import cases_of
from shouhou.web.doors import staff_door
from shouhou.web.labels import label
from shouhou.web.page import said
from shouhou.web.technician.door import bench_page, hand

SHOWN_MOST = 100
UNBOOKED_MOST = 30
SHOWN = ("booked", "kept", "missed_consumer", "missed_technician")
MAP = "https://uri.amap.com/search?keyword="


@staff_door
def day(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One day's appointments; `whose=me` only one's own, and those nobody has taken."""
    hand(actor)
    now = clock.now()
    chosen, whose = _asked(request.GET.get("day", ""), now), request.GET.get("whose", "")
    start = timezone.make_aware(datetime.combine(chosen, time()))
    found = (
        Appointment.objects.filter(
            window_start__gte=start, window_start__lt=start + timedelta(days=1), state__in=SHOWN,
            order__subject__in=cases_of(actor).filter(service="repair").values("number"),
        ).select_related("order").order_by("window_start", "id")
    )  # fmt: skip
    if whose == "me":
        found = found.filter(order__technician__in=(actor.who, ""))
    visits = list(found[:SHOWN_MOST])
    cases = {case.number: case for case in Case.objects.filter(number__in=[each.order.subject for each in visits]).select_related("order")}
    rows = [_visit(each, cases[each.order.subject], now=now) for each in visits]
    unbooked = cases_of(actor).filter(service="repair", status="awaiting_appointment", closed_at=None).order_by("due_at", "id")
    context = {
        "rows": rows, "day": chosen, "before": chosen - timedelta(days=1), "after": chosen + timedelta(days=1), "whose": whose,
        "left": sum(row["open"] for row in rows), "here_today": chosen == timezone.localdate(now),
        "unbooked": unbooked[:UNBOOKED_MOST],
    }  # fmt: skip
    return bench_page(request, actor, "day", context, tab="technician_day")


def place_of(contact: Mapping[str, Any], address: Mapping[str, Any]) -> str:
    """Where somebody is to go: what the application says, else where the order went."""
    said_there = contact if contact.get("address") else address
    return f"{said_there.get('region') or ''}{said_there.get('address') or ''}"


def _visit(each: Appointment, case: Case, *, now: datetime) -> dict[str, Any]:
    order, contact = each.order, case.contact
    where = place_of(contact, case.order.address if case.order else {})
    return {
        "visit": each, "order": order, "case": case, "at_home": order.mode == "on_site", "mode": said(MODES[order.mode]),  # type: ignore[index]
        "buyer": contact.get("name", ""), "phone": str(contact.get("phone", "")), "where": where if order.mode in AT_HOME else "",
        "map": MAP + quote(where), "fault": label(FAULT_TEXTS, order.fault) if order.fault else "",
        "open": each.state == "booked", "late": each.state == "booked" and each.window_end < now,
        "running": each.state == "booked" and each.window_start <= now, "state": _state(each.state),
        "note": each.note,
    }  # fmt: skip


def _state(state: str) -> str:
    words = {
        "booked": _("已预约"), "kept": _("已到场"), "missed_consumer": _("消费者不在"), "missed_technician": _("工程师未到"),
    }  # fmt: skip
    return words[state]


def _asked(text: str, now: datetime) -> date:
    """The day that the address names, else today."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return timezone.localdate(now)
