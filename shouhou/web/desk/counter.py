"""The counter: one field that takes any number, who is expected today, what can be fetched, what was handed in."""

import re
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.cases.finding import TEXT_MOST, find
from shouhou.cases.models import Case, HistoryEntry
from shouhou.documents.codes import named
from shouhou.foundation.refusals import refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone
from shouhou.repairs.models import WorkOrder
from shouhou.repairs.queries import BoardFilter, board, columns
from shouhou.repairs.rules.states import BENCH
from shouhou.web.access import cases_of
from shouhou.web.desk.actions import keep_home
from shouhou.web.desk.door import CODE_MOST, clerk, desk_page, home_of, keep_scanned, point_here, point_name, points_of
from shouhou.web.desk.refusals import NO_SUCH_POINT
from shouhou.web.doors import staff_door
from shouhou.web.labels import status_label
from shouhou.web.shared.once import new_key, once
from shouhou.web.shared.photo_code import code_answer
from shouhou.web.technician.board import rows_of

SHOWN_MOST, READY_MOST = 40, 1000
# What the consumer's page shows as a picture: the case and its pickup code.
SCANNED = re.compile(r"([A-Z]{1,3}-[0-9A-Z-]{4,20})\s+(\d{6})", re.IGNORECASE)
CAMERA_POLICY = "camera=(self)"


@staff_door
def counter(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The day at one service point."""
    clerk(actor)
    return _counter_page(request, actor, {})


@require_POST
@staff_door
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """This counter is mine from now on, on every device; an empty one: none is."""
    clerk(actor)
    asked, now = request.POST.get("point", ""), clock.now()
    point = next((each for each in points_of(actor) if each.code == asked), None)
    if asked and point is None:
        raise refused(NO_SUCH_POINT, point=asked[:CODE_MOST])

    def act() -> str:
        keep_home(point, actor=actor, now=now)
        return asked

    once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
    said_so = _("您的网点：%(name)s。以后登录即显示它。") % {"name": point_name(point)} if point else _("不再有固定的网点。")
    messages.success(request, said_so)
    return redirect("web:counter")


@staff_door
def lookup(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The case that a number leads to, a work order's own, or several to choose from."""
    clerk(actor)
    q = request.GET.get("q", "").replace("\x00", "").strip()[:TEXT_MOST]
    q = named(q)
    if shown := SCANNED.fullmatch(q):
        q, code = shown[1].upper(), shown[2]
        keep_scanned(request, q, code)
    order = WorkOrder.objects.filter(number=q.upper()).first() if q else None
    if order is not None and cases_of(actor).filter(number=order.subject).exists():
        return redirect("web:counter_case", order.subject)
    hits = [hit for hit in find(q, actor=actor) if hit.case is not None] if q else []
    living = [hit for hit in hits if hit.open] or hits
    if len(living) == 1 and living[0].case:
        return redirect("web:counter_case", living[0].case)
    found = [{"hit": hit, "status": status_label(hit.service, hit.status), "buyer": mask_name(hit.buyer_name)} for hit in living]
    orders = [hit for hit in find(q, actor=actor) if hit.case is None] if q and not found else []
    return _counter_page(request, actor, {"q": q, "found": found, "unknown": bool(q) and not found, "orders": orders})


@require_POST
@staff_door
def read(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What a photo of a code says, looked up."""
    clerk(actor)
    return code_answer(request, find="web:counter_find", back="web:counter")


def _counter_page(request: HttpRequest, actor: Actor, more: dict[str, Any]) -> HttpResponse:
    now, point = clock.now(), point_here(request, actor)
    code = point.code if point else None
    # What cannot be repaired waits for the consumer's choice: only what the case says is ready can be fetched.
    fetched = tuple(cases_of(actor).filter(service="repair", status="ready", closed_at=None).values_list("number", flat=True)[:READY_MOST])
    ready, _more = board(BoardFilter(state="ready", point=code, subjects=fetched), actor=actor, limit=SHOWN_MOST)
    counts = {each["state"]: each["count"] for each in columns(BoardFilter(point=code), actor=actor)}
    context = {
        "point": point, "point_name": point_name(point) if point else "",
        "points": [(each.code, point_name(each)) for each in points_of(actor)],
        "visits": _people(_at(cases_of(actor).filter(service="repair", status="awaiting_visit"), "details__point", code)),
        "coming": _people(_at(cases_of(actor).filter(status="awaiting_goods", return_method="drop_off"), "contact__place", code)),
        "ready": rows_of(ready, now=now), "in_hand": sum(counts[state] for state in BENCH if state != "ready"),
        "home": home_of(actor), "once": new_key(), "dropped": _dropped(actor, code, now=now), **more,
    }  # fmt: skip
    answer = desk_page(request, actor, "counter", context, tab="counter")
    answer["Permissions-Policy"] = CAMERA_POLICY
    return answer


def _at(found: QuerySet[Case], where: str, code: str | None) -> list[Case]:
    """The open cases of one counter, or of all; those whose limit ends first come first."""
    if code is not None:
        found = found.filter(**{where: code})
    return list(found.filter(closed_at=None).select_related("buyer").order_by("due_at", "id")[:SHOWN_MOST])


def _people(cases: list[Case]) -> list[dict[str, Any]]:
    return [
        {"case": case, "buyer": mask_name(str(case.contact.get("name") or case.buyer.name)),
         "phone": mask_phone(str(case.contact.get("phone") or case.buyer.phone))}
        for case in cases
    ]  # fmt: skip


def _dropped(actor: Actor, code: str | None, *, now: datetime) -> list[dict[str, Any]]:
    """What was handed in today, the newest first."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now), time()))
    found = HistoryEntry.objects.filter(case__in=cases_of(actor).filter(updated_at__gte=midnight), move="drop_off", at__gte=midnight)
    if code is not None:
        found = found.filter(case__contact__place=code)
    return [{"at": entry.at, "case": entry.case} for entry in found.select_related("case").order_by("-id")[:SHOWN_MOST]]
