"""Reading plans: those of a line, whether they cover, and how pages and API show them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import orjson
from django.db import connection

from shouhou.foundation.refusals import refused
from shouhou.foundation.workflow import Text
from shouhou.orders.models import OrderLine
from shouhou.plans.models import Plan
from shouhou.plans.refusals import PLAN_NOT_FOUND
from shouhou.plans.rules.cover import WHY_NOT, Answer, Cover
from shouhou.plans.rules.cover import cover as cover_by
from shouhou.plans.rules.kinds import DOCUMENTS, kinds
from shouhou.plans.rules.sold import Sold, implied, sold_from
from shouhou.plumbing.actor import Actor

LISTED_MOST = 200


def plans_of(line_id: int) -> tuple[Sold, ...]:
    """Every plan of an order line: the policies that were told, and what the order itself names beside them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {PLANS.format(line='%s')}", [line_id])
        rows = orjson.loads(cursor.fetchone()[0] or "[]")
    line = OrderLine.objects.select_related("order").get(id=line_id)
    begun = line.received_on or line.order.placed_at.date()
    return with_implied(rows, names=line.plans, order=line.order.number, line=line.line, begun=begun)


def with_implied(rows: Iterable[Any], *, names: Iterable[str], order: str, line: int, begun: date) -> tuple[Sold, ...]:
    """Policies from rows of PLAN, and for a kind that the order only names one with its usual limits."""
    found = [sold_from(row) for row in rows]
    told, known = {plan.kind for plan in found}, kinds()
    found += [
        implied(name, known[name], number=f"{order}-{line}-{name}", starts_on=begun)
        for name in dict.fromkeys(names) if name in known and name not in told
    ]  # fmt: skip
    return tuple(found)


def cover(line_id: int, *, category: str, cause: str, fault: str, serial: str = "", on: date) -> Cover:
    """Whether and by which plan of the line this damage is covered on the day: asked before anything is quoted."""
    return cover_by(plans_of(line_id), kinds=kinds(), on=on, category=category, cause=cause, fault=fault, serial=serial)


def plan_json(number: str, *, actor: Actor, language: str) -> dict[str, Any]:
    """One plan with its claims. Raises PLAN_NOT_FOUND, also for a stranger."""
    plan = _visible(actor).filter(number=number).first()
    if plan is None:
        raise refused(PLAN_NOT_FOUND, number=number[:60])
    return {
        **plan_body(plan, language=language),
        "claims": [
            {"subject": each.subject, "state": each.state, "cause": each.cause or None, "fault": each.fault or None,
             "amount": each.amount_minor, "at": each.held_at.isoformat(), "ended_at": each.ended_at.isoformat() if each.ended_at else None}
            for each in plan.claims.order_by("id")
        ],
    }  # fmt: skip


def plans_json(order: str, *, actor: Actor, language: str) -> list[dict[str, Any]]:
    """The plans of one order that the actor may see, in the order of its lines."""
    rows = _visible(actor).filter(order_number=order).order_by("line", "id")[:LISTED_MOST]
    return [plan_body(row, language=language) for row in rows]


def kinds_json(language: str) -> list[dict[str, Any]]:
    """Every kind that can be sold: what it covers, leaves out and is limited to (PLN-03)."""
    return [
        {
            "kind": code, "label": kind.label.in_(language), "terms": kind.terms.in_(language), "causes": sorted(kind.causes),
            "faults": sorted(kind.faults), "excluded_faults": sorted(kind.excluded_faults), "categories": sorted(kind.categories),
            "months": kind.months, "waiting_days": kind.waiting_days, "claims_most": kind.claims_most, "cap": kind.cap_minor,
            "deductible": kind.deductible_minor, "documents": documents(code, language), "refund": kind.refund, "sources": kind.sources,
        }
        for code, kind in kinds().items()
    ]  # fmt: skip


def plan_body(plan: Plan, *, language: str) -> dict[str, Any]:
    """One plan as API and pages show it. Money in minor units."""
    return {
        "number": plan.number, "kind": plan.kind, "label": label(plan.kind, language), "name": plan.name, "provider": plan.provider,
        "order": plan.order_number, "line": plan.line, "serial": plan.serial or None, "sold_on": plan.sold_on.isoformat(),
        "starts_on": plan.starts_on.isoformat(), "ends_on": plan.ends_on.isoformat() if plan.ends_on else None, "months": plan.months,
        "waiting_days": plan.waiting_days, "claims_most": plan.claims_most, "claims_used": plan.claims_count, "cap": plan.cap_minor,
        "cap_used": plan.used_minor, "deductible": plan.deductible_minor, "price": plan.price_minor, "currency": plan.currency,
        "cancelled_on": plan.cancelled_on.isoformat() if plan.cancelled_on else None, "refund_due": plan.refund_minor,
        "version": plan.version,
    }  # fmt: skip


def answer_body(answer: Answer, *, language: str) -> dict[str, Any]:
    """What one plan says of a damage or a day: covered or why not, from when, what would help, what it asks for."""
    plan = answer.plan
    return {
        "number": None if plan.implied else plan.number, "kind": plan.kind, "label": label(plan.kind, language),
        "terms": terms(plan.kind, language), "in_force": not answer.why, "why_not": answer.why or None,
        "text": WHY_NOT[answer.why].in_(language) if answer.why else None,
        "since": answer.since.isoformat() if answer.since else None, "helps": answer.helps.in_(language) if answer.helps else None,
        "starts_on": plan.starts_on.isoformat(), "ends_on": plan.ends_on.isoformat() if plan.ends_on else None, "months": plan.months,
        "claims_left": plan.claims_left, "left": plan.left_minor, "deductible": plan.deductible_minor,
        "documents": documents(plan.kind, language),
    }  # fmt: skip


def label(kind: str, language: str) -> str:
    found = kinds().get(kind)
    return found.label.in_(language) if found else kind


def terms(kind: str, language: str) -> str:
    found = kinds().get(kind)
    return found.terms.in_(language) if found else ""


def documents(kind: str, language: str) -> list[str]:
    """What the kind asks for, in words."""
    return [each.in_(language) for each in document_texts(kind)]


def document_texts(kind: str) -> tuple[Text, ...]:
    found = kinds().get(kind)
    return tuple(DOCUMENTS[each] for each in found.documents) if found else ()


def _visible(actor: Actor) -> Any:
    """A consumer sees their own, a shop its own; the house all."""
    found = Plan.objects.all()
    if actor.role == "consumer":
        found = found.filter(buyer_id=actor.buyer_id or 0)
        return found.filter(order_number=_order_number(actor.order_id)) if actor.order_id is not None else found
    return found if actor.merchant_id is None else found.filter(merchant_id=actor.merchant_id)


def _order_number(order_id: int) -> str:
    return OrderLine.objects.filter(order_id=order_id).values_list("order__number", flat=True).first() or ""


PLAN = """jsonb_build_array(p.number, p.kind, p.serial, p.starts_on, p.ends_on, p.months, p.waiting_days, p.claims_most, p.cap_minor,
    p.deductible_minor, p.claims_count, p.used_minor, p.cancelled_on)"""
PLANS = f"(SELECT jsonb_agg({PLAN} ORDER BY p.id) FROM plans_plan p WHERE p.line_id = {{line}})"  # noqa: S608
"""The same inside another statement, for the line that `line` names."""
