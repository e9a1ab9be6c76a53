"""What a plan asks for as evidence: asked for before the claim is decided, given by the consumer, or the plan does not pay (PLN-02)."""

from collections.abc import Mapping
from typing import Any

from shouhou.cases.answers import invalid
from shouhou.cases.effects import plan_cover
from shouhou.cases.effects.repair import counts_from
from shouhou.cases.evidence import attach_tokens
from shouhou.cases.moving import Moving
from shouhou.foundation.refusals import FieldError
from shouhou.plans.rules.kinds import DOCUMENTS, kinds
from shouhou.repairs import actions as repairs
from shouhou.repairs.models import WorkOrder
from shouhou.repairs.queries import order_of

# The order itself is the proof of purchase; the rest only the consumer has.
GIVEN = frozenset({"purchase_record"})


def missing(moving: Moving) -> tuple[str, ...]:
    """What the held plan asks for and the consumer has not given yet, by code."""
    plan: Mapping[str, Any] = moving.case.details.get("plan") or {}
    kind = kinds().get(str(plan.get("kind", "")))
    have = GIVEN | set(moving.case.details.get("plan_documents") or ())
    return tuple(code for code in kind.documents if code not in have) if kind else ()


def ask(moving: Moving, *, free: bool) -> None:
    """Remember what is asked for, and whether the repair is free once it is here."""
    moving.note(plan_wants=list(missing(moving)), plan_free=True if free else None)


def send(moving: Moving) -> None:
    """All that the plan asks for is there: the claim goes on as found. Raises ANSWERS_INVALID, UPLOAD_UNKNOWN."""
    answers, wanted = moving.answers, missing(moving)
    lacking = [code for code in wanted if not answers.get(code)]
    if lacking:
        raise invalid(*(FieldError(code, f"请提供：{DOCUMENTS[code].zh}。", f"Give: {DOCUMENTS[code].en}.") for code in lacking))
    for code in wanted:
        if isinstance(answers[code], list):
            attach_tokens(moving.case.id, answers[code], kind=code, actor=moving.actor, now=moving.now)
    given = [*(moving.case.details.get("plan_documents") or ()), *wanted]
    number, free = _order(moving).number, bool(moving.case.details.get("plan_free"))
    moving.note(plan_documents=given, plan_wants=None, plan_free=None)
    repairs.papers_settled(number, given=True, actor=moving.actor, now=moving.now)
    counts_from(moving)
    if free:
        repairs.free_of_charge(number, actor=moving.actor, now=moving.now)
        moving.note(scope="in")
        moving.go("repairing")


def without_plan(moving: Moving) -> None:
    """The evidence does not come: the plan pays nothing, its claim is free again, and the repair is quoted."""
    kind = (moving.case.details.get("plan") or {}).get("kind")
    plan_cover.drop_plan(moving)
    moving.note(plan_wants=None, plan_free=None, plan_not=[{"kind": kind, "why": "PLAN_DOCUMENTS_MISSING"}])
    moving.set(verdict="allow_paid")
    repairs.papers_settled(_order(moving).number, given=False, actor=moving.actor, now=moving.now)
    counts_from(moving)


def _order(moving: Moving) -> WorkOrder:
    order = order_of(moving.case.number)
    if order is None:
        raise KeyError(moving.case.number)
    return order
