"""Search by any number, from everywhere: one hit is opened at once, several are listed with what matched."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from shouhou.cases.finding import HITS_MOST, TEXT_MOST, Hit, find
from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone
from shouhou.web.doors import consumer_door, staff_door
from shouhou.web.labels import role_label, service_label, side_label, status_label, tone
from shouhou.web.page import page, said

WHAT = {
    "case": Text("售后单号", "case number"), "order": Text("订单号", "order number"), "refund": Text("退款单号", "refund number"),
    "pickup": Text("取件单号", "pickup number"), "work_order": Text("维修工单号", "work order"),
    "waybill": Text("退回运单号", "return waybill"),
    "shipment": Text("发货运单号", "delivery waybill"), "serial": Text("序列号", "serial number"),
    "phone": Text("下单手机号", "buyer's phone"), "contact": Text("联系电话", "contact phone"),
}  # fmt: skip


@staff_door
def staff_search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the scope of this member of staff holds under a number."""
    return _search(request, actor, "staff")


@consumer_door
def own_search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What of the buyer's own is meant."""
    return _search(request, actor, "consumer")


def _search(request: HttpRequest, actor: Actor, door: str) -> HttpResponse:
    q = request.GET.get("q", "").replace("\x00", "").strip()[:TEXT_MOST]
    hits = find(q, actor=actor) if q else []
    if len(hits) == 1:
        return redirect(_address(hits[0], door))
    context = {
        "here": "search", "q": q, "rows": [_row(hit, door, actor) for hit in hits], "full": len(hits) >= HITS_MOST, "most": HITS_MOST,
        "action": reverse("web:staff_search" if door == "staff" else "web:search"), "desk": door == "staff",
    }  # fmt: skip
    return page(request, "shared/search.html", context, actor=actor)


def _address(hit: Hit, door: str) -> str:
    if hit.case:
        return reverse("web:staff_case" if door == "staff" else "web:case", args=[hit.case])
    return reverse("web:staff_order" if door == "staff" else "web:order", args=[hit.order])


def _row(hit: Hit, door: str, actor: Actor) -> dict[str, Any]:
    reader = "consumer" if door == "consumer" else actor.role
    turn = side_label(hit.waits_on, "consumer") if door == "consumer" else role_label(hit.waits_on)
    return {
        "hit": hit, "address": _address(hit, door), "what": said(WHAT[hit.what]), "kind": service_label(hit.service),
        "status": status_label(hit.service, hit.status) if hit.case else "", "tone": tone(hit.status, hit.waits_on, reader),
        "turn": turn if hit.waits_on else "", "buyer": mask_name(hit.buyer_name), "phone": mask_phone(hit.buyer_phone),
    }  # fmt: skip
