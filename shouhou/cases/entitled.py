"""What each line of an order is entitled to: every service, verdict, until when, who pays the way, and why."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from shouhou.cases.covered import plans_body
from shouhou.cases.facts import CONDITION, Decided, LineFacts, OrderFacts, decide_line, load_order_with_records
from shouhou.cases.opening import ItemWish
from shouhou.cases.promised import decide_promise, promise_body
from shouhou.cases.reasoned import reasons_body
from shouhou.cases.reasons import FAMILY, REASONS, fits_service
from shouhou.cases.records import Recorded
from shouhou.cases.refusals import REASON_UNKNOWN
from shouhou.cases.view import ask_body
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.days import local_day
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
    order, records = load_order_with_records(order_number, actor=actor)
    book = compiled(order.book, order.book_version)
    promised = promises(order, records, reason=family.code, at=at, language=language)
    on = local_day(at, ZoneInfo(book.book.zone))
    return {
        "order": order.number, "reason": family.code, "at": at.isoformat(), "book": order.book,
        "book_version": order.book_version, "merchant": order.merchant, "channel": order.channel, "member": order.tier,
        "applying": applying(language),
        "lines": [
            _line(order, line, decide_line(order, line, ItemWish(line.line, 1, condition or {}), reason=family.code, book=book, now=at),
                  promised[line.line], book=book, language=language)
            | {"plans": plans_body(order, line, on=on, language=language) if line.sold or line.plans else []}
            for line in order.lines.values()
        ],
    }  # fmt: skip


def promises(
    order: OrderFacts, records: Mapping[int, Recorded], *, reason: str, at: datetime, language: str
) -> dict[int, list[dict[str, Any]]]:  # fmt: skip
    """Per line what is promised beyond the three verdicts, for one unit: whether, until when, how much, and why (not).

    Each service is looked at with the reason asked for where it fits, or else with its own first one.
    """
    found: dict[int, list[dict[str, Any]]] = {line: [] for line in order.lines}
    for service, workflow in WORKFLOWS.items():
        if workflow.applying.verdict is not None:
            continue
        fitting = fitting_reasons(service)
        code = reason if reason in fitting else next(iter(fitting), "")
        promised = decide_promise(
            service, order, list(order.lines.values()), dict.fromkeys(order.lines, 1), {}, reason=code, now=at,
            records=records,
        )
        for line, each in promised.lines.items():
            body = told_reasons(tuple(each.reasons), book=order.book, version=order.book_version, language=language)
            found[line].append({
                "service": service, "label": workflow.label.in_(language), "reason": code, "verdict": each.verdict,
                "offered": each.verdict != "deny", "until": each.until.isoformat() if each.until else None,
                "amount": {"amount": each.amount_minor, "currency": order.currency} if each.amount_minor else None,
                "reasons": body,
            })  # fmt: skip
    return found


@cache
def fitting_reasons(service: str) -> tuple[str, ...]:
    """The reasons with which the service can be applied for, in their order."""
    return tuple(each.code for each in REASONS if fits_service(each, WORKFLOWS[service]))


@lru_cache(512)
def told_reasons(codes: tuple[str, ...], *, book: str, version: str, language: str) -> list[dict[str, Any]]:
    """The same codes of the same book are told in the same words. Not to be changed by who gets it."""
    return promise_body({"reasons": codes}, book=book, version=version, language=language)


@cache
def applying(language: str) -> list[dict[str, Any]]:
    """What applying for each service asks for, and what follows: goods to be sent (and so freight), money."""
    return [
        {
            "service": service, "label": workflow.label.in_(language), "decided_by": "policy" if workflow.applying.verdict else "promise",
            "reasons": list(fitting_reasons(service)), "goods": workflow.applying.goods or service == "repair",
            "refunds": workflow.applying.refunds, "asks": [ask_body(each, language=language) for each in workflow.applying.asks],
        }
        for service, workflow in WORKFLOWS.items()
    ]  # fmt: skip


def _line(
    order: OrderFacts, line: LineFacts, decided: Decided, promised: list[dict[str, Any]], *, book: CompiledBook, language: str
) -> dict[str, Any]:  # fmt: skip
    shown = decided.shown.get(language)
    if shown is None:
        shown = decided.shown[language] = _shown(decided, book=book, language=language)
    services = [{**each, "offered": each["offered"] and line.left > 0} for each in shown["services"]]
    return {
        "line": line.line, "sku": line.sku, "title": line.title, "category": line.category, "quantity": line.quantity,
        "claimable": line.left, "paid": {"amount": line.paid_minor, "currency": order.currency},
        "received_on": line.received_on.isoformat() if line.received_on else None, "receipt_source": line.receipt_source,
        **shown,
        "services": services, "promises": promised,
        # The nearest way to something: what can be had of this line now, whatever was asked for.
        "instead": [
            each["service"] for each in (*services, *promised)
            if each["offered"] and each["service"] in WORKFLOWS and WORKFLOWS[each["service"]].applying.about_goods
        ],
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


__all__ = ["CONDITION", "entitlements", "promises"]
