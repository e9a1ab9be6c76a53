"""What each line of an order is entitled to: every service, verdict, until when, who pays the way, and why."""

from datetime import datetime
from typing import Any

from shouhou.cases.facts import CONDITION, LineFacts, OrderFacts, decide_line, load_order
from shouhou.cases.opening import ItemWish
from shouhou.cases.reasoned import reasons_body
from shouhou.cases.reasons import FAMILY
from shouhou.cases.refusals import REASON_UNKNOWN
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.refusals import refused
from shouhou.plumbing.actor import Actor
from shouhou.policy.compiler import CompiledBook
from shouhou.policy.decide import Decision
from shouhou.policy.queries import compiled

SERVICES = ("return", "exchange", "repair")
METHODS = ("pickup", "ship_back", "drop_off")


def entitlements(
    order_number: str, *, actor: Actor, reason: str, at: datetime, language: str, condition: dict[str, object] | None = None
) -> dict[str, Any]:  # fmt: skip
    """Per line and service what the pinned book says for `reason` at `at`. Raises ORDER_NOT_FOUND, REASON_UNKNOWN."""
    family = FAMILY.get(reason)
    if family is None:
        raise refused(REASON_UNKNOWN, reason=reason[:40])
    order = load_order(order_number, actor=actor)
    book = compiled(order.book, order.book_version)
    return {
        "order": order.number, "reason": family.code, "at": at.isoformat(), "book": order.book,
        "book_version": order.book_version, "merchant": order.merchant, "channel": order.channel,
        "lines": [
            _line(order, line, decide_line(order, line, ItemWish(line.line, 1, condition or {}), reason=family.code, book=book, now=at),
                  book=book, language=language)
            for line in order.lines.values()
        ],
    }  # fmt: skip


def _line(order: OrderFacts, line: LineFacts, decision: Decision, *, book: CompiledBook, language: str) -> dict[str, Any]:
    deadlines, verdicts = decision.deadlines, decision.verdicts
    return {
        "line": line.line, "sku": line.sku, "title": line.title, "category": line.category, "quantity": line.quantity,
        "claimable": line.left, "paid": {"amount": line.paid_minor, "currency": order.currency},
        "received_on": line.received_on.isoformat() if line.received_on else None, "receipt_source": line.receipt_source,
        "services": [
            {
                "service": service, "verdict": verdicts[service],
                "offered": service in WORKFLOWS and line.left > 0 and verdicts[service] in ("allow", "allow_paid", "review"),
                "deadline": deadlines[service].isoformat() if service in deadlines else None,
            }
            for service in SERVICES
        ],
        "reasons": reasons_body(decision.reasons, (c.id for c in decision.clauses), book=book, language=language),
        "freight": decision.freight, "pickup": decision.pickup, "hint": decision.hint,
        # LOG-03: pickup stands first where it is free; any other way stays open (LOG-04).
        "return_methods": [
            {"method": method, "recommended": method == "pickup" and decision.pickup == "free"}
            for method in (METHODS if decision.pickup != "deferred" else METHODS[1:])
        ],
    }  # fmt: skip


__all__ = ["CONDITION", "entitlements"]
