"""The bench: one field that takes any number, what waits by age, what I have done today."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from shouhou.cases.finding import TEXT_MOST, find
from shouhou.cases.models import Case, HistoryEntry
from shouhou.cases.workflows import move_named
from shouhou.cases.workflows.asks import INSPECTORS
from shouhou.documents.codes import named
from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.logistics.models import Parcel
from shouhou.logistics.unknown_models import OPEN
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.access import cases_of, unidentified_of
from shouhou.web.doors import staff_door
from shouhou.web.inspect.draft import draft_of, drafts, keep_draft
from shouhou.web.inspect.together import after_sending
from shouhou.web.labels import status_label
from shouhou.web.page import page, said
from shouhou.web.shared.photo_code import code_answer

SHOWN_MAX = 20
WAITING = ("received", "inspection_escalated")
RECEIVING = ("receive", "receive_more", "receive_late")
VERDICTS = ("accept", "propose_deduction", "not_accept")
CAMERA_POLICY = "camera=(self)"


@staff_door
def bench(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Where the day is worked off: scan, inspect, send, scan."""
    inspector(actor)
    return _bench_page(request, actor, {})


@staff_door
def lookup(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The case that a number leads to; several to choose from, or what to do with a parcel nobody knows."""
    inspector(actor)
    q = named(request.GET.get("q", "").replace("\x00", "").strip()[:TEXT_MOST])
    hits = [hit for hit in find(q, actor=actor) if hit.case is not None] if q else []
    living = [hit for hit in hits if hit.open] or hits
    if len(living) == 1 and living[0].case:
        number = living[0].case
        if living[0].what == "waybill":
            draft = draft_of(request.session, number, now=clock.now())
            draft.waybill = living[0].matched
            keep_draft(request.session, draft)
        return redirect("web:inspect_case", number)
    found = [{"hit": hit, "status": status_label(hit.service, hit.status)} for hit in living]
    return _bench_page(request, actor, {"q": q, "found": found, "unknown": bool(q) and not found})


@require_POST
@staff_door
def read(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What a photo of a code says, looked up."""
    inspector(actor)
    return code_answer(request, find="web:inspect_find", back="web:inspect")


def inspector(actor: Actor) -> None:
    """Raises FORBIDDEN for whoever may not inspect."""
    if actor.role not in INSPECTORS:
        raise refused(FORBIDDEN)


def waiting_for(actor: Actor) -> list[Case]:
    """Received and not judged, the oldest first."""
    return list(cases_of(actor).filter(status__in=WAITING).order_by(F("received_at").asc(nulls_last=True), "id")[:SHOWN_MAX])


def done_by(actor: Actor, *, day: datetime, most: int = SHOWN_MAX) -> list[dict[str, Any]]:
    """What this person received or judged on the day (its first instant), the newest first."""
    entries = (
        HistoryEntry.objects.filter(
            case__in=cases_of(actor).filter(updated_at__gte=day), who=actor.who, move__in=(*RECEIVING, *VERDICTS),
            at__gte=day, at__lt=day + timedelta(days=1),
        ).select_related("case").order_by("-id")
    )  # fmt: skip
    return [
        {"entry": entry, "case": entry.case, "what": _said(entry), "status": status_label(entry.case.service, entry.case.status)}
        for entry in entries[:most]
    ]


def _bench_page(request: HttpRequest, actor: Actor, more: dict[str, Any]) -> HttpResponse:
    now = clock.now()
    arrived = Parcel.objects.filter(direction="return", phase="delivered", released_at=None).values("subject")
    context = {
        "here": "inspect", "waiting": waiting_for(actor),
        "waiting_count": cases_of(actor).filter(status__in=WAITING).count(),
        "arrived": list(cases_of(actor).filter(status="in_transit", number__in=arrived).order_by("due_at", "id")[:SHOWN_MAX]),
        "unidentified_count": unidentified_of(actor).filter(state__in=OPEN).count(),
        "done": done_by(actor, day=_today(now)), "drafts": drafts(request.session), **after_sending(request, actor), **more,
    }  # fmt: skip
    answer = page(request, "inspect/bench.html", context, actor=actor)
    answer["Permissions-Policy"] = CAMERA_POLICY
    return answer


def _today(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def _said(entry: HistoryEntry) -> str:
    move = move_named(entry.case.service, entry.move)
    return said(move.says or move.label) if move else entry.move
