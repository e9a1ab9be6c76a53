"""Refunds that a person has to look at: refused by the channel, contradicted by it, or nothing heard of for too long."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse

from shouhou.cases.models import Case
from shouhou.cases.workflows import WORKFLOWS
from shouhou.payments.models import RefundAttempt, RefundPart
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.web.doors import staff_door
from shouhou.web.labels import status_label
from shouhou.web.page import page, said
from shouhou.web.staff.money import OPEN_PARTS, coming_tries, part_words

PAGE_SIZE = 50
SILENT_FOR = timedelta(minutes=15)
REPAIRS = ("retry_refund", "settle_offline", "settle_contradicted")
ONLY_CONTRADICTED = frozenset({"settle_contradicted"})


@staff_door
def stuck(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The longest waiting first, each with what the channel said last and what this person can do about it."""
    only = "contradicted" if request.GET.get("only") == "contradicted" else ""
    every, after, kept = waiting(actor), request.GET.get("after", ""), f"&only={only}" if only else ""
    if only:
        every = every.filter(attempts__outcome="other amount", state__in=OPEN_PARTS).distinct()
    if after:
        at, key = decode_cursor(after, datetime, int)
        every = every.filter(Q(updated_at__gt=at) | Q(updated_at=at, pk__gt=key))
    found = list(every[: PAGE_SIZE + 1])
    parts, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    coming = coming_tries(parts)
    cases = {each.number: each for each in Case.objects.filter(number__in={part.refund.subject for part in parts})}
    context = {
        "here": "approvals", "rows": [_row(part, coming, cases.get(part.refund.subject), actor) for part in parts],
        "next": "?after=" + encode_cursor(parts[-1].updated_at, parts[-1].pk) + kept if more else "",
        "first": f"?{kept}" if after else "",
    }  # fmt: skip
    return page(request, "staff/stuck.html", context, actor=actor)


def stuck_count(actor: Actor) -> int:
    """How many parts wait for a person, in this person's scope."""
    return waiting(actor).count()


def waiting(actor: Actor) -> QuerySet[RefundPart]:
    """The parts that need a person in this person's scope, the longest waiting first."""
    wrong = Exists(RefundAttempt.objects.filter(part=OuterRef("pk"), outcome="other amount"))
    found = RefundPart.objects.annotate(since=Coalesce("sent_at", "refund__instructed_at")).filter(
        Q(state="refused")
        | (Q(state__in=OPEN_PARTS, since__lt=clock.now() - SILENT_FOR) & ~Q(refund__state="awaiting_second"))
        | (Q(state__in=OPEN_PARTS) & wrong)
    )  # fmt: skip
    if actor.merchant_id is not None:
        found = found.filter(refund__merchant_id=actor.merchant_id)
    return found.select_related("refund__merchant").prefetch_related("attempts").order_by(F("updated_at").asc(), "id")


def _row(part: RefundPart, coming: dict[int, Any], case: Case | None, actor: Actor) -> dict[str, Any]:
    moves = []
    if case is not None:
        kinds = [kind for name in REPAIRS if (kind := WORKFLOWS[case.service].move(name)) is not None]
        asked = bool(case.preview.get("contradicted"))
        moves = [{"name": kind.name, "label": said(kind.label), "danger": kind.danger}
                 for kind in kinds if actor.role in kind.by and case.status in kind.sources
                 and (kind.name in ONLY_CONTRADICTED) == asked]  # fmt: skip
    return {
        **part_words(part, coming), "refund": part.refund, "case": case, "moves": moves,
        "status": status_label(case.service, case.status) if case else "",
    }  # fmt: skip
