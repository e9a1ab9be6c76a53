"""Whose waybill is this? A word beside the field while it is typed."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from shouhou.cases.access import case_for
from shouhou.logistics.queries import couriers_off
from shouhou.logistics.rules.couriers import WAYBILL_MOST
from shouhou.logistics.rules.waybills import recognise
from shouhou.plumbing.actor import Actor
from shouhou.web.consumer.quiet import quiet_door
from shouhou.web.page import page, said

ENOUGH = 8


@require_GET
@quiet_door
def courier(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The courier that the number surely is of, or those that it may be of."""
    case_for(actor, number)
    found, closed = recognise(request.GET.get("tracking_number", "")[: WAYBILL_MOST * 2]), couriers_off()
    off = found.sure if found.sure and found.sure.code in closed else None
    context = {
        "sure": {"code": found.sure.code, "name": said(found.sure.name)} if found.sure and not off else None,
        "off": said(off.name) if off else "",
        "maybe": [{"code": each.code, "name": said(each.name)} for each in found.maybe if each.code not in closed],
        "unknown": len(found.number) >= ENOUGH and not found.maybe,
    }  # fmt: skip
    return page(request, "consumer/courier.html", context, actor=actor)
