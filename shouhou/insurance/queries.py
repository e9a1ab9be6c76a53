"""Reading policies and claims: lists by the address, one with all that is known, what waits, what an order is insured for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from shouhou.foundation.refusals import refused
from shouhou.foundation.workflow import Text
from shouhou.insurance.access import claim_for, claims_of, policies_of
from shouhou.insurance.models import OPEN, ClaimEntry, FreightClaim, Policy, Settlement, SettlementWord
from shouhou.insurance.refusals import POLICY_NOT_FOUND
from shouhou.insurance.rules.grounds import GROUNDS
from shouhou.insurance.rules.standards import ROUTES, standards
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor

CLAIM_STATES: dict[str, Text] = {
    "received": Text("待审核", "to review"), "appealed": Text("申诉待审", "appealed, to review"),
    "approved": Text("已同意，付款中", "approved, being paid"),
    "paid": Text("已赔付", "paid"), "refused": Text("已拒赔", "refused"), "withdrawn": Text("无需赔付", "nothing to pay"),
}  # fmt: skip
STEPS: dict[str, Text] = {
    "received": Text("理赔自动提交", "the claim was made by itself"), "reminded": Text("提醒保险公司", "the insurer was reminded"),
    "breached": Text("逾期未审，升级财务", "not decided in time: with finance"), "approved": Text("同意赔付", "approved"),
    "reduced": Text("减额赔付", "approved in part"), "refused": Text("拒赔", "refused"), "appealed": Text("提出申诉", "appealed"),
    "payout_started": Text("已发起付款", "the payout was started"), "paid": Text("赔款到账", "the payout has settled"),
    "withdrawn": Text("运费已由他方承担，无需赔付", "somebody else paid the freight: nothing is due"),
}  # fmt: skip
PAGE_MOST = 200
SAID_MOST = 50


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """What narrows a list; what is empty does not. `text` is a number: claim, case, order, policy or waybill."""

    state: str = ""
    open_only: bool = False
    insurer: str = ""
    late_at: datetime | None = None
    due_before: datetime | None = None
    updated_after: datetime | None = None
    text: str = ""


def claims(
    narrowed: ClaimFilter, *, actor: Actor, cursor: str | None = None, limit: int = 50
) -> tuple[list[FreightClaim], str | None]:  # fmt: skip
    """A page of claims, what is due first at the top, and where the next page begins. Raises INVALID_INPUT for a bad cursor."""
    found = _narrowed(narrowed, actor).order_by("due_at", "id")
    if cursor:
        instant, last = decode_cursor(cursor, datetime, int)
        found = found.filter(Q(due_at__gt=instant) | Q(due_at=instant, id__gt=last))
    rows = list(found[: min(limit, PAGE_MOST) + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return rows, encode_cursor(rows[-1].due_at, rows[-1].id) if more else None


def counts(actor: Actor, *, now: datetime) -> dict[str, int]:
    """What waits: open, of these late, appealed, and open amounts in minor units."""
    return claims_of(actor).aggregate(
        open=Count("id", filter=Q(state__in=OPEN)), late=Count("id", filter=Q(state__in=OPEN, due_at__lt=now)),
        appealed=Count("id", filter=Q(state="appealed")), paying=Count("id", filter=Q(state="approved")),
    )  # fmt: skip


def claim_json(number: str, *, actor: Actor, language: str) -> dict[str, Any]:
    """One claim with its policy, facts and every step. Raises FREIGHT_CLAIM_NOT_FOUND."""
    claim = claim_for(actor, number)
    return {
        **claim_body(claim, language=language), "policy": policy_body(claim.policy, language=language), "facts": facts_of(claim, language),
        "steps": [
            {"step": entry.step, "text": STEPS[entry.step].in_(language), "role": entry.role, "name": entry.name, "at": entry.at,
             "note": entry.data.get("note") or (claim.facts.get("appeal") if entry.step == "appealed" else None) or None}
            for entry in ClaimEntry.objects.filter(claim=claim).order_by("id")
        ],
    }  # fmt: skip


def claim_body(claim: FreightClaim, *, language: str) -> dict[str, Any]:
    """One claim as API and pages show it; money in minor units."""
    ground = GROUNDS.get(claim.reason)
    return {
        "number": claim.number, "case": claim.subject, "service": claim.service, "order": claim.policy.order_number,
        "policy_number": claim.policy.number, "insurer": claim.insurer, "state": claim.state,
        "state_label": CLAIM_STATES[claim.state].in_(language), "currency": claim.currency, "waybill": claim.waybill or None,
        "actual": claim.actual_minor, "reimbursed": claim.reimbursed_minor, "standard": claim.standard_minor,
        "claimed": claim.claimed_minor, "payout": claim.payout_minor, "completed_at": claim.completed_at, "due_at": claim.due_at,
        "breached_at": claim.breached_at, "decided_at": claim.decided_at, "reason": claim.reason or None,
        "reason_label": ground.in_(language) if ground else None, "note": claim.note or None, "appeal_until": claim.appeal_until,
        "appealed_at": claim.appealed_at, "refund": claim.refund_number or None, "paid_at": claim.paid_at, "version": claim.version,
    }  # fmt: skip


def facts_of(claim: FreightClaim, language: str) -> dict[str, Any]:
    """What is known of the way: its route in words, weight, parcels, what was said of the freight. No name, no address."""
    facts = claim.facts
    return {
        "route": facts.get("route"), "route_label": ROUTES[facts["route"]].in_(language) if facts.get("route") in ROUTES else None,
        "from_region": facts.get("from") or None, "to_region": facts.get("to") or None, "weight_grams": facts.get("grams"),
        "freight_stated": bool(facts.get("stated")), "customer_bears": facts.get("bears", 0), "goods": facts.get("goods", []),
        "reason": facts.get("reason"), "fault": facts.get("fault") or None, "method": facts.get("method") or None,
        "carrier": facts.get("carrier") or None, "parcels": facts.get("parcels", []), "receipts": facts.get("receipts", []),
        "received_at": facts.get("received_at"), "appeal": facts.get("appeal"),
    }  # fmt: skip


def policy_of(order: str, *, actor: Actor) -> Policy | None:
    """The order's policy that is in force, as far as the actor may see it."""
    return policies_of(actor).filter(order_number=order, cancelled_at=None).first()


def policy_json(order: str, *, actor: Actor, language: str) -> dict[str, Any]:
    """Raises FREIGHT_POLICY_NOT_FOUND, also for a stranger."""
    policy = policy_of(order, actor=actor)
    if policy is None:
        raise refused(POLICY_NOT_FOUND)
    return policy_body(policy, language=language)


def policy_body(policy: Policy, *, language: str) -> dict[str, Any]:
    table = standards().get(policy.standard)
    return {
        "number": policy.number, "order": policy.order_number, "insurer": policy.insurer,
        "insurer_name": policy.insurer_name or policy.insurer,
        "mode": policy.mode, "sum": policy.sum_minor, "currency": policy.currency, "standard": policy.standard or None,
        "standard_label": table.label.in_(language) if table else None, "weight_grams": policy.weight_grams,
        "bought_by": policy.bought_by, "premium": policy.premium_minor, "issued_at": policy.issued_at, "claims_most": policy.claims_most,
        "claims_used": policy.claims_count, "cancelled_at": policy.cancelled_at, "version": policy.version,
    }  # fmt: skip


def claims_of_case(subject: str, *, language: str) -> list[dict[str, Any]]:
    """The case's claims for its own page: whoever may see the case may see what was claimed for it."""
    rows = FreightClaim.objects.filter(subject=subject).select_related("policy").order_by("id")
    return [{**claim_body(row, language=language), "insurer_name": row.policy.insurer_name or row.insurer} for row in rows]


def paid_by_insurer(actor: Actor) -> list[dict[str, Any]]:
    """What each insurer's claims have come to, by currency."""
    rows = claims_of(actor).filter(state__in=("approved", "paid")).values("insurer", "currency")
    summed = rows.annotate(claims=Count("id"), payout=Sum("payout_minor")).order_by("insurer", "currency")
    return [dict(each) for each in summed]


def _narrowed(narrowed: ClaimFilter, actor: Actor) -> QuerySet[FreightClaim]:
    found = claims_of(actor)
    if narrowed.state in CLAIM_STATES:
        found = found.filter(state=narrowed.state)
    if narrowed.open_only:
        found = found.filter(state__in=OPEN)
    if narrowed.insurer:
        found = found.filter(insurer=narrowed.insurer)
    if narrowed.late_at is not None:
        found = found.filter(state__in=OPEN, due_at__lt=narrowed.late_at)
    if narrowed.due_before is not None:
        found = found.filter(due_at__lt=narrowed.due_before)
    if narrowed.updated_after is not None:
        found = found.filter(updated_at__gt=narrowed.updated_after)
    if narrowed.text:
        asked = narrowed.text.strip().upper()
        found = found.filter(
            Q(number=asked) | Q(subject=asked) | Q(waybill=asked) | Q(policy__number=narrowed.text) | Q(policy__order_number=narrowed.text)
        )
    return found


def settlements_said() -> list[SettlementWord]:
    """What a first person has said of a large settlement and nobody has said again, the newest word of each proof."""
    newest = SettlementWord.objects.order_by("key", "-id").distinct("key")
    waiting = SettlementWord.objects.filter(pk__in=newest.values("pk")).exclude(key__in=Settlement.objects.values("key"))
    return list(waiting.order_by("id")[:SAID_MOST])
