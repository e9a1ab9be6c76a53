"""What each line of an order is entitled to: every service, verdict, until when, who pays the way, and why."""

from datetime import datetime
from typing import Any

from shouhou.cases.facts import CONDITION, Decided, LineFacts, OrderFacts, decide_line, load_order
from shouhou.cases.opening import ItemWish
from shouhou.cases.reasoned import reasons_body
from shouhou.cases.reasons import FAMILY
from shouhou.cases.refusals import REASON_UNKNOWN
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.refusals import refused
from shouhou.plumbing.actor import Actor
from shouhou.policy.compiler import CompiledBook
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


def _line(order: OrderFacts, line: LineFacts, decided: Decided, *, book: CompiledBook, language: str) -> dict[str, Any]:
    shown = decided.shown.get(language)
    if shown is None:
        shown = decided.shown[language] = _shown(decided, book=book, language=language)
    return {
        "line": line.line, "sku": line.sku, "title": line.title, "category": line.category, "quantity": line.quantity,
        "claimable": line.left, "paid": {"amount": line.paid_minor, "currency": order.currency},
        "received_on": line.received_on.isoformat() if line.received_on else None, "receipt_source": line.receipt_source,
        **shown,
        "services": [{**each, "offered": each["offered"] and line.left > 0} for each in shown["services"]],
    }  # fmt: skip


def _shown(decided: Decided, *, book: CompiledBook, language: str) -> dict[str, Any]:
    """What is the same for every line with this decision."""
    outcome = decided.outcome
    return {
        "services": [
            {
                "service": service, "verdict": decided.verdicts[service],
                "offered": service in WORKFLOWS and decided.verdicts[service] in ("allow", "allow_paid", "review"),
                "deadline": outcome["deadlines"].get(service),
            }
            for service in SERVICES
        ],
        "reasons": reasons_body(outcome["reasons"], outcome["clauses"], book=book, language=language),
        "freight": outcome["freight"], "pickup": outcome["pickup"], "hint": outcome["hint"],
        # LOG-03: pickup stands first where it is free; any other way stays open (LOG-04).
        "return_methods": [
            {"method": method, "recommended": method == "pickup" and outcome["pickup"] == "free"}
            for method in (METHODS if outcome["pickup"] != "deferred" else METHODS[1:])
        ],
    }  # fmt: skip


__all__ = ["CONDITION", "entitlements"]
