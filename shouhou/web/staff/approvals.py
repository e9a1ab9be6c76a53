"""Refunds that wait for a second person: how much, for which case, why, and who decided first."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from shouhou.cases.models import Case
from shouhou.cases.payout_review import payouts_waiting
from shouhou.cases.terms import terms_of
from shouhou.cases.workflows import WORKFLOWS
from shouhou.payments.models import Refund
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import staff_door
from shouhou.web.labels import TENDERS, label
from shouhou.web.page import page
from shouhou.web.shared.case_view import reason_words
from shouhou.web.staff.money import names_of
from shouhou.web.staff.stuck import stuck_count

PAGE_SIZE = 50
APPROVE = "approve_refund"


@staff_door
def approvals(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Oldest first; one's own decisions are shown and marked, they are for somebody else to approve."""
    found = list(_after(waiting(actor), request.GET.get("after", ""))[: PAGE_SIZE + 1])
    rows, last = found[:PAGE_SIZE], found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    names = names_of({row.instructed_by for row in rows})
    cases = {each.number: each for each in Case.objects.filter(number__in=[row.subject for row in rows])}
    may = any((move := workflow.move(APPROVE)) and actor.role in move.by for workflow in WORKFLOWS.values())
    beside = payouts_waiting([row.number for row in rows])
    context = {
        "here": "approvals", "may": may, "rows": [_row(row, cases.get(row.subject), names, actor, beside) for row in rows],
        "stuck": stuck_count(actor), "first": "?" if request.GET.get("after") else "",
        "next": f"?after={last.pk}" if last else "",
    }  # fmt: skip
    return page(request, "staff/approvals.html", context, actor=actor)


def waiting(actor: Actor) -> QuerySet[Refund]:
    """What this person's scope has waiting for a second person, oldest first."""
    found = Refund.objects.filter(state="awaiting_second").select_related("merchant").prefetch_related("parts")
    if actor.merchant_id is not None:
        found = found.filter(merchant_id=actor.merchant_id)
    return found.order_by("id")


def _after(found: QuerySet[Refund], cursor: str) -> QuerySet[Refund]:
    return found.filter(pk__gt=int(cursor)) if cursor.isascii() and cursor.isdigit() and len(cursor) < 18 else found


def _row(refund: Refund, case: Case | None, names: dict[str, str], actor: Actor, beside: Collection[str]) -> dict[str, Any]:
    return {
        "refund": refund, "by": names.get(refund.instructed_by, refund.instructed_by), "own": refund.instructed_by == actor.who,
        "case": case, "beside": refund.number in beside, "reason": reason_words(case.reason) if case else "", "above": _above(case),
        "parts": [{"label": label(TENDERS, part.tender), "amount_minor": part.amount_minor} for part in refund.parts.all()],
        "cut": sum(int(each["amount_minor"]) for each in refund.deductions),
    }  # fmt: skip


def _above(case: Case | None) -> int | None:
    """The amount above which the case's own policy asks for a second person."""
    return terms_of(case).number("second_person_above") if case else None
