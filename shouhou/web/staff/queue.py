"""The work queue of staff: the most urgent first, taken and put back from the row, and kept fresh without a reload."""

import hashlib
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.cases.actions import claim_free, claim_next, may_claim, release
from shouhou.cases.queue import COUNT_MOST, QueueRow, queue_counts, queue_page
from shouhou.foundation.refusals import Refused
from shouhou.logistics.queries import troubles_of
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone
from shouhou.support.teams.queries import kept_from, untrained_of
from shouhou.web.doors import staff_door
from shouhou.web.labels import role_label, service_label, status_label, tone
from shouhou.web.page import language, page, said
from shouhou.web.shared.case_view import reason_words
from shouhou.web.shared.once import new_key, once
from shouhou.web.staff.filters import Filters, my_turns, same_view, selects, user_id, usual_views
from shouhou.web.staff.views import views_of

PAGE_SIZE = 50
NOTHING = "-"


@staff_door
def queue(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The cases of this person's scope; asked again with the token of what is shown, 204 when nothing has changed."""
    filters, now = Filters.of(request.GET), clock.now()
    live = _live(filters, actor, now)
    shown = request.GET.get("live")
    if shown is not None:
        return HttpResponse(status=204) if shown == live["token"] else page(request, "staff/queue_live.html", live, actor=actor)
    context = {
        **live, "selects": selects(filters, actor), "once": new_key(), "view_once": new_key(),
        "may_claim": may_claim(actor), "usual": any(view["here"] for view in live["views"]),
    }  # fmt: skip
    return page(request, "staff/queue.html", context, actor=actor)


@require_POST
@staff_door
def take(request: HttpRequest, actor: Actor) -> HttpResponse:
    """From now on mine, when nobody else has it."""
    number = request.POST.get("number", "")[:20]
    return _answered(request, actor, lambda: claim_free(number, actor=actor, now=clock.now()), _("%(n)s 由您处理") % {"n": number})


@require_POST
@staff_door
def put_back(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Nobody's again."""
    number = request.POST.get("number", "")[:20]
    return _answered(request, actor, lambda: release(number, actor=actor, now=clock.now()), _("%(n)s 已放回") % {"n": number})


@require_POST
@staff_door
def take_next(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The most urgent case that waits for this person's role; the same form twice takes one."""
    now = clock.now()
    key = request.POST.get("once") or new_key()

    def act() -> str:
        but, only = kept_from(untrained_of(user_id(actor), merchant_id=actor.merchant_id, now=now))
        return claim_next(waits_on=my_turns(actor), actor=actor, now=now, but=but, only=only) or NOTHING

    number = once(key, act, actor=actor, now=now)
    if number == NOTHING:
        messages.success(request, _("现在没有等待您的岗位、又无人处理的工单。"))
        return redirect("web:queue")
    return redirect("web:staff_case", number)


def _answered(request: HttpRequest, actor: Actor, act: Any, done: str) -> HttpResponse:
    """The list again, as it stood in the address, with a sentence; with htmx only the list."""
    bad = False
    try:
        act()
    except Refused as no:
        if no.refusal.kind == "not_found":
            raise
        done, bad = no.sentence(language()), True
    filters = Filters.of(QueryDict(request.POST.get("back", "")[:1000]))
    if request.headers.get("HX-Request"):
        return page(request, "staff/queue_live.html", {**_live(filters, actor, clock.now()), "told": done, "bad": bad}, actor=actor)
    (messages.error if bad else messages.success)(request, done)
    return redirect(reverse("web:queue") + filters.address())


def _live(filters: Filters, actor: Actor, now: datetime) -> dict[str, Any]:
    """The part of the page that changes by itself, with the token of its state."""
    rows, following = queue_page(filters.narrowed(actor, now), actor=actor, after=filters.after or None, limit=PAGE_SIZE)
    wrong = troubles_of([row.number for row in rows]) if filters.parcel else {}
    views = _views(filters, actor, now)
    state = [(row.id, row.version, row.assigned_id, row.updated_at, _late(row, now)) for row in rows], [view["count"] for view in views]
    token = hashlib.sha256(repr(state).encode()).hexdigest()[:20]
    return {
        "here": "queue", "filters": filters, "views": views, "token": token,
        "rows": [{**_row(row, actor, now), "trouble": said(wrong[row.number]) if row.number in wrong else ""} for row in rows],
        "first": filters.address(after="") if filters.after else "",
        "next": filters.address(after=following) if following else "",
        "refresh": f"{reverse('web:queue')}{filters.address()}&live={token}", "plain": filters.address(after=""),
        "mine": views_of(actor, "queue", chosen=filters.query), "may_claim": may_claim(actor),
    }  # fmt: skip


def _views(filters: Filters, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """The usual views, each with how many wait there; one statement counts them all."""
    views = usual_views(actor)
    counts = queue_counts({code: view.narrowed(actor, now) for code, _words, view in views}, actor=actor)
    return [
        {
            "code": code, "label": words, "address": view.address(), "here": same_view(filters, view),
            "count": f"{COUNT_MOST - 1}+" if counts[code] >= COUNT_MOST else str(counts[code]),
            "bad": code in ("overdue", "trouble") and counts[code] > 0,
        }
        for code, words, view in views
    ]  # fmt: skip


def _row(row: QueueRow, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "case": row, "status": status_label(row.service, row.status), "service": service_label(row.service),
        "tone": tone(row.status, row.waits_on, actor.role), "waits_on": role_label(row.waits_on) if row.waits_on else "",
        "reason": reason_words(row.reason), "buyer": mask_name(row.buyer_name), "phone": mask_phone(row.buyer_phone),
        "late": _late(row, now), "mine": row.assigned_id is not None and row.assigned_id == user_id(actor),
    }  # fmt: skip


def _late(row: QueueRow, now: datetime) -> bool:
    return row.due_at is not None and row.closed_at is None and row.due_at < now
