"""What stands beside a case: the same order, the same buyer, the same goods, and refusals on the same ground."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from shouhou.cases.access import case_for
from shouhou.cases.models import Case, CaseItem, HistoryEntry
from shouhou.cases.rows import CaseRow
from shouhou.foundation.workflow import Text
from shouhou.orders.models import OrderLine
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.policy.decide import replay
from shouhou.policy.explain import clause_text, deciding
from shouhou.policy.models import Decision as StoredDecision
from shouhou.policy.queries import compiled
from shouhou.web.access import cases_of
from shouhou.web.doors import staff_door
from shouhou.web.labels import status_label, tone
from shouhou.web.page import language, page, said
from shouhou.web.shared.case_view import reason_words

LAST, REFUSALS_LAST, SAMPLE_MOST = 5, 5, 200
SKU_PERIOD, REFUSAL_PERIOD = timedelta(days=90), timedelta(days=180)
REFUSING = ("reject", "not_accept")
# How a refusal ended, the strongest first: the move that turned it, or none.
TURNS = {
    "override_approve": Text("特批通过", "approved by override"), "rule_for_consumer": Text("裁决支持消费者", "ruled for the consumer"),
    "rule_in_doubt": Text("裁决逾期，支持消费者", "no ruling in time: for the consumer"),
    "approve_in_doubt": Text("逾期未决，从优通过", "not decided in time: approved"),
    "rule_deduction": Text("裁决部分退款", "ruled a part refund"), "rule_for_seller": Text("裁决支持商家", "ruled for the seller"),
    "approve": Text("补充材料后通过", "approved after more evidence"), "cancel": Text("消费者取消", "cancelled by the consumer"),
}  # fmt: skip
STANDS, OPEN = Text("维持拒绝", "the refusal stands"), Text("尚未结束", "not ended yet")
OUTCOMES = {
    "refunded": Text("已退款", "refunded"), "rejected": Text("审核未通过", "not approved"), "cancelled": Text("已取消", "cancelled"),
    "lapsed": Text("已失效", "lapsed"), "": Text("进行中", "under way"),
}  # fmt: skip


@staff_door
def related(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """A page of its own; the case page takes its middle part when it scrolls into view."""
    case, now = case_for(actor, number), clock.now()
    context = {"here": "queue", "case": case, **related_words(case, actor, now=now)}
    part = "related_part" if request.headers.get("HX-Request") else "related"
    return page(request, f"staff/{part}.html", context, actor=actor)


def related_words(case: CaseRow, actor: Actor, *, now: datetime) -> dict[str, Any]:
    """Everything as far as this person may see it."""
    others = cases_of(actor).exclude(pk=case.id)
    mine = others.filter(buyer_id=case.buyer_id)
    return {
        "same_order": [_row(each, actor) for each in others.filter(order_id=case.order_id or -1).order_by("-id")[:LAST]],
        "buyer": _buyer(mine), "same_buyer": [_row(each, actor) for each in mine.order_by("-submitted_at")[:LAST]],
        "goods": [_goods(sku, title, others, actor, now=now) for sku, title in _skus(case)],
        "refusals": refusals_like(case, others, actor, now=now),
    }  # fmt: skip


def refusals_like(case: CaseRow, others: QuerySet[Case], actor: Actor, *, now: datetime) -> dict[str, Any] | None:
    """Refused cases of the last half year with the same reason that the same clause decided, and how they ended."""
    clause, words = _clause(case)
    if not clause:
        return None
    refused = HistoryEntry.objects.filter(case__in=others, move__in=REFUSING).values("case_id")
    alike = others.filter(
        reason=case.reason, service=case.service, submitted_at__gte=now - REFUSAL_PERIOD, decision__outcome__clauses__contains=[clause],
        pk__in=refused,
    ).order_by("-submitted_at")  # fmt: skip
    found = list(alike[:SAMPLE_MOST])
    ends = _ends(found)
    return {
        "clause": clause, "words": words, "count": len(found), "most": len(found) == SAMPLE_MOST,
        "ends": [{"words": said(text), "count": count} for text, count in Counter(ends[each.pk] for each in found).most_common()],
        "rows": [{**_row(each, actor), "end": said(ends[each.pk])} for each in found[:REFUSALS_LAST]],
    }  # fmt: skip


def _clause(case: CaseRow) -> tuple[str, str]:
    """The clause that decided this case's service, and its words; none without a stored decision."""
    stored = StoredDecision.objects.filter(pk=case.decision_id or 0).values_list("facts", flat=True).first()
    if stored is None:
        return "", ""
    decision = replay(stored, book=compiled(case.book, case.book_version))
    clauses = [each for each in deciding(decision, case.requested_service) if each.kind != "note"]  # type: ignore[arg-type]
    return (clauses[0].id, clause_text(clauses[0], decision, language())) if clauses else ("", "")


def _ends(found: Iterable[Case]) -> dict[int, Text]:
    cases = {each.pk: each for each in found}
    made: dict[int, set[str]] = {}
    for case_id, move in HistoryEntry.objects.filter(case_id__in=cases).values_list("case_id", "move"):
        made.setdefault(case_id, set()).add(move)
    return {key: _end(each, made.get(key, set())) for key, each in cases.items()}


def _end(case: Case, moves: set[str]) -> Text:
    for move, words in TURNS.items():
        if move in moves:
            return words
    return OPEN if case.closed_at is None else STANDS


def _buyer(mine: QuerySet[Case]) -> dict[str, int]:
    return mine.order_by().aggregate(
        all=Count("id"), open=Count("id", filter=Q(closed_at=None)), refunded=Count("id", filter=Q(outcome="refunded")),
        rejected=Count("id", filter=Q(outcome="rejected")),
    )  # fmt: skip


def _skus(case: CaseRow) -> list[tuple[str, str]]:
    return list(dict.fromkeys((item.sku, item.title) for item in case.items))[:3]


def _goods(sku: str, title: str, others: QuerySet[Case], actor: Actor, *, now: datetime) -> dict[str, Any]:
    """Cases about the same article in the last 90 days: by reason, by outcome, and the latest."""
    lines = OrderLine.objects.filter(sku=sku).values("pk")
    about = others.filter(
        pk__in=CaseItem.objects.filter(line__in=lines).values("case_id"), submitted_at__gte=now - SKU_PERIOD
    )  # fmt: skip
    reasons, outcomes = Counter[str](), Counter[str]()
    for reason, outcome, count in about.order_by().values_list("reason", "outcome").annotate(n=Count("id")):
        reasons[reason] += count
        outcomes[outcome if outcome in OUTCOMES else "other"] += count
    return {
        "sku": sku, "title": title, "count": sum(reasons.values()),
        "reasons": [{"words": reason_words(code), "count": count} for code, count in reasons.most_common(4)],
        "outcomes": [{"words": said(OUTCOMES.get(code, Text("其他", "other"))), "count": count} for code, count in outcomes.most_common(5)],
        "rows": [_row(each, actor) for each in about.order_by("-submitted_at")[:LAST]],
    }  # fmt: skip


def _row(case: Case, actor: Actor) -> dict[str, Any]:
    return {
        "case": case, "status": status_label(case.service, case.status), "tone": tone(case.status, case.waits_on, actor.role),
        "reason": reason_words(case.reason),
    }  # fmt: skip
