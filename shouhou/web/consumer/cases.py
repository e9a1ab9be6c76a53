"""My cases: what is mine to do first, searched by number, order or product."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from shouhou.cases.confirmed import SERIALISED
from shouhou.cases.models import Case, CaseItem
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.web.access import cases_of
from shouhou.web.consumer.pages import after, asked, kept, page_of, tabs
from shouhou.web.doors import consumer_door
from shouhou.web.labels import service_label, side_label, status_label, tone
from shouhou.web.page import page, said
from shouhou.web.shared.next_step import BY_METHOD
from shouhou.web.shared.refund_words import NO_MONEY

VIEWS = {
    "": Text("全部", "All"), "mine": Text("待我处理", "Waiting for me"), "open": Text("进行中", "Open"),
    "closed": Text("已结束", "Closed"),
}  # fmt: skip
LOOK, RATE = Text("查看进度", "See progress"), Text("去评价", "Rate it")
CHOOSE, PAY, CONFIRM = Text("去选择", "Choose"), Text("去付款", "Pay"), Text("确认要寄回的商品", "Confirm what you send")
RATED = "refunded"
# What these wait for is paid, not moved.
PAYING = frozenset({"awaiting_payment", "difference_due"})

_FIRST_GOODS = CaseItem.objects.filter(case=OuterRef("pk")).order_by("pk").values("line__category")[:1]


@consumer_door
def cases(request: HttpRequest, actor: Actor) -> HttpResponse:
    """My cases, newest first."""
    q, view = asked(request, "q"), asked(request, "view")
    mine = cases_of(actor)
    found = matching(mine, q=q, view=view).annotate(category=Subquery(_FIRST_GOODS)).order_by("-submitted_at", "-pk")
    rows, pages = page_of(request, found.filter(after(request, "submitted_at")), "submitted_at")
    counts = mine.aggregate(mine=Count("pk", filter=_MINE), open=Count("pk", filter=Q(closed_at=None)))
    views = tabs(request, VIEWS, view)
    for code, shown in zip(VIEWS, views, strict=True):
        shown["count"] = counts.get(code) or ""
    first = _to_confirm(rows)
    context = {
        "here": "cases", "q": q, "view": view, "views": views, "cases": [case_row(case, confirm=case.pk in first) for case in rows],
        "query": kept(request), **pages,
    }  # fmt: skip
    return page(request, "consumer/cases.html", context, actor=actor)


def case_row(case: Case, *, confirm: bool = False) -> dict[str, Any]:
    """A case as a list shows it: what, where it stands, whose turn until when, and the next thing to do; `confirm`: to say
    which unit is sent."""
    return {
        "row": case, "status": status_label(case.service, case.status), "service": service_label(case.service),
        "tone": tone(case.status, case.waits_on, "consumer"), "my_turn": case.waits_on == "consumer" and case.status != RATED,
        "turn": side_label(case.waits_on, "consumer") if case.waits_on else "", "act": said(CONFIRM if confirm else _act(case)),
        "due_at": case.due_at if case.waits_on and case.status != RATED else None,
        "money": (_("已退款") if case.status == RATED else _("预计退款")) if case.refund_minor and case.status not in NO_MONEY else "",
    }  # fmt: skip


def matching(found: QuerySet[Case], *, q: str, view: str) -> QuerySet[Case]:
    """Of these cases those that the list's address asks for."""
    if q:
        found = found.filter(Q(number__icontains=q) | Q(order__number__icontains=q) | Q(items__line__title__icontains=q)).distinct()
    if view == "mine":
        return found.filter(_MINE)
    if view == "open":
        return found.filter(closed_at=None)
    return found.filter(closed_at__isnull=False) if view == "closed" else found


def _to_confirm(rows: Sequence[Case]) -> set[int]:
    """Those of which the page first asks which unit goes back."""
    sent = [case.pk for case in rows if case.status == "awaiting_goods" and case.return_method == "ship_back"]
    unsaid = [case.pk for case in rows if case.pk in sent and not case.details.get("confirmed")]
    numbered = ~Q(line__serials=[]) | Q(line__category__in=SERIALISED)
    return set(CaseItem.objects.filter(numbered, case__in=unsaid).values_list("case", flat=True)) if unsaid else set()


def _act(case: Case) -> Text:
    """What the case's page asks for first, in the workflow's own words; where there is a choice, to choose; else to look."""
    if case.status == RATED:
        return RATE
    if case.status in PAYING:
        return PAY
    if case.waits_on != "consumer" or case.service not in WORKFLOWS:
        return LOOK
    moves = [
        move for move in WORKFLOWS[case.service].moves
        if case.status in move.sources and "consumer" in move.by and not move.danger
    ]  # fmt: skip
    wished = next((move for move in moves if move.name == BY_METHOD.get(case.return_method)), None)
    first = wished or next((move for move in moves if move.primary and move.to_service is None), None)
    if first is not None:
        return first.label
    return CHOOSE if len(moves) > 1 else moves[0].label if moves else LOOK


# A rating is welcome, not owed.
_MINE = Q(waits_on="consumer", closed_at=None) & ~Q(status=RATED)
