"""Applying: what is asked, what the book says, one write that claims the units and opens the case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import IntegrityError, connection
from psycopg.types.json import Jsonb

from shouhou.cases.answers import invalid, storable, take_answers
from shouhou.cases.as_sold import ABOUT_THE_PAGE
from shouhou.cases.effects.money import owed
from shouhou.cases.effects.refund_only import spoiled_part
from shouhou.cases.effects.said import tell_unrated
from shouhou.cases.events import CASE_MOVED, CASE_OPENED
from shouhou.cases.evidence import attach_tokens
from shouhou.cases.facts import Decided, OrderFacts, decide_line, load_order_with_money, worst
from shouhou.cases.flash import offer
from shouhou.cases.limits import next_due, plan
from shouhou.cases.making import PROXIES, move_case, possible, turn
from shouhou.cases.membership import standing
from shouhou.cases.opening_statement import COLUMNS, OPEN
from shouhou.cases.promised import Promised, decide_promise, promise_words
from shouhou.cases.reasons import FAMILY, fits_service
from shouhou.cases.refusals import (
    CONTACT_REQUIRED,
    DESCRIPTION_REQUIRED,
    LINE_TWICE,
    LINE_UNKNOWN,
    NO_LINES,
    NOT_ELIGIBLE,
    OVERRIDE_NOT_YOURS,
    QUANTITY_TAKEN,
    REASON_UNKNOWN,
    SERVICE_UNKNOWN,
)  # fmt: skip
from shouhou.cases.rows import CaseRow, ItemRow, load_case
from shouhou.cases.spares import hold_parts
from shouhou.cases.terms import terms_of
from shouhou.cases.workflows import ASIDE, WORKFLOWS
from shouhou.cases.workflows.asks import OVERRIDE_REASONS, OVERRIDERS, RETURN_METHODS
from shouhou.cases.workflows.routes import AGREES
from shouhou.foundation.ids import new_number
from shouhou.foundation.refusals import FieldError, refused
from shouhou.foundation.workflow import Workflow
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.events import Announced, tell
from shouhou.policy.queries import calendar_now, compiled

LINES_MOST = 100
DESCRIPTION_MOST = 2000
CHANNELS = frozenset({"web", "app", "phone", "chat", "form", "outlet", "api"})
CONTACT_FIELDS = ("name", "phone", "region", "region_code", "address", "window", "place", "email")


@dataclass(frozen=True, slots=True)
class ItemWish:
    """So many units of this line, and in what condition the applicant says they are."""

    line: int
    quantity: int
    condition: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody applies for. `override_reason` (staff only) opens a case that the book would refuse, by name;
    `answers` are to what the service itself asks for (`Workflow.applying.asks`). `merchant` is the shop (its code) that a
    complaint without an order is about."""

    order: str
    service: str
    reason: str
    lines: tuple[ItemWish, ...]
    description: str = ""
    evidence: tuple[str, ...] = ()
    return_method: str = "ship_back"
    contact: Mapping[str, str] = field(default_factory=dict)
    channel: str = "api"
    requested_by: str | None = None
    call_note: str = ""
    policy_shown_at: datetime | None = None
    request_review: bool = False
    override_reason: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    merchant: str = ""


def open_application(wish: Application, *, actor: Actor, now: datetime, language: str) -> CaseRow:
    """Check, decide, write; the caller's transaction must be open. Raises what `open_case` documents."""
    workflow, family = read_wish(wish)
    details = take_answers(workflow.applying.asks, wish.answers)
    if details.get("refund_to") == "balance" and actor.role not in AGREES:
        raise invalid(FieldError("refund_to", "只有消费者本人可以同意改变退款去向。", "Only the consumer can agree to that."))
    order, money = load_order_with_money(wish.order, actor=actor)
    wanted = _lines(wish, order, claims=workflow.applying.claims)
    claims = workflow.applying.holds_units(details)
    if workflow.applying.claims and not claims:
        hold_parts(order.id, {item.line: item.quantity for _, item in wanted}, details)
    book = compiled(order.book, order.book_version)
    decisions = {
        line.line: decide_line(
            order, line, item, reason=family, book=book, now=now, fault=_fault(wish, family, details), serial=str(details.get("serial", ""))
        )
        for line, item in wanted
    }
    promised = _promised(wish, workflow, order, wanted, details, reason=family, now=now)
    verdict, decisive = promised.verdict_of_all(decisions) if promised else worst(decisions, workflow.applying.verdict or "")
    _eligible(wish, decisions, verdict, decisive, promised=promised, actor=actor, language=language)
    case = _row(wish, order, wanted, family, verdict, decisions[decisive], actor=actor, now=now)
    case.details = {**details, **({"promise": promised.as_json()} if promised else {})}
    if family in ABOUT_THE_PAGE and (pages := {str(line.line): line.page for line, _ in wanted if line.page}):
        case.details = {**case.details, "as_sold": pages}
    case.claims_held = claims
    if workflow.applying.refunds:
        preview = owed(case, {line.line: item.quantity for line, item in wanted}, money=money)
        by_share = spoiled_part(case)
        case.refund_minor = preview.total_minor if by_share is None else min(by_share, preview.total_minor)
        case.preview = {"applied": preview.as_json(language)}
    if workflow.move("flash_refund") and (first := offer(case, terms=terms_of(order), now=now)):
        case.details = {**case.details, "flash": first}
    case.freight_payer = decisions[decisive].outcome["freight"].get("return_leg", "customer")
    history = [("submit", "", workflow.start, actor)]
    if (
        workflow.applying.by_book and verdict == "allow" and family == "no_reason" and order.auto_review
        and order.return_address_id is not None
    ):  # fmt: skip
        # PRC-01: skipping the review is only possible by a rule that is itself recorded as the review.
        by_book = workflow.need(workflow.applying.by_book)
        history.append((by_book.name, workflow.start, str(by_book.target), SYSTEM))
        case.return_address_id = order.return_address_id
    write_opening(case, wish, workflow, history, decisions, decisive, tier=order.tier_now, now=now)
    attach_tokens(case.id, wish.evidence, kind="evidence", actor=actor, now=now)
    tell_unrated(case, now=now)
    return _follow(case, wish, workflow, now=now)


def read_wish(wish: Application) -> tuple[Workflow, str]:
    """The service and the family of the reason. Raises what can be wrong with the words alone."""
    _storable(wish)
    workflow = _service(wish)
    return workflow, _reason(wish, workflow)


def _promised(
    wish: Application, workflow: Workflow, order: OrderFacts, wanted: list[tuple[Any, ItemWish]], details: dict[str, Any],
    *, reason: str, now: datetime,
) -> Promised | None:  # fmt: skip
    """What the promise of a service says that the policy's three verdicts do not cover; None for those it covers."""
    if workflow.applying.verdict is not None:
        return None
    return decide_promise(
        wish.service, order, [line for line, _ in wanted], {item.line: item.quantity for _, item in wanted}, details,
        reason=reason, now=now,
    )  # fmt: skip


def _storable(wish: Application) -> None:
    texts: dict[str, object] = {
        "order": wish.order, "reason": wish.reason, "description": wish.description, "evidence": wish.evidence,
        "contact": wish.contact, "call_note": wish.call_note, "merchant": wish.merchant, "lines": [item.condition for item in wish.lines],
    }  # fmt: skip
    for name, value in texts.items():
        if not storable(value):
            raise invalid(FieldError(name, "含有无法保存的字符。", "It holds a character that cannot be kept."))


def _service(wish: Application) -> Workflow:
    if wish.service not in WORKFLOWS:
        raise refused(SERVICE_UNKNOWN, service=wish.service)
    if WORKFLOWS[wish.service].applying.goods and wish.return_method not in RETURN_METHODS:
        raise refused(SERVICE_UNKNOWN, FieldError("return_method", "寄回方式无效。", "Unknown return method."), service=wish.service)
    if wish.channel not in CHANNELS:
        raise refused(SERVICE_UNKNOWN, FieldError("channel", "渠道无效。", "Unknown channel."), service=wish.service)
    return WORKFLOWS[wish.service]


def _reason(wish: Application, workflow: Workflow) -> str:
    """The family of the reason; a description is asked for everything but no-reason (APP-02, RET-01)."""
    found = FAMILY.get(wish.reason)
    if found is None or not fits_service(found, workflow):
        raise refused(REASON_UNKNOWN, FieldError("reason", "没有这个原因。", "Unknown reason."), reason=wish.reason[:40])
    if found.evidence and not wish.description.strip():
        raise refused(DESCRIPTION_REQUIRED, FieldError("description", "请描述遇到的问题。", "Describe the problem."))
    if len(wish.description) > DESCRIPTION_MOST:
        most = DESCRIPTION_MOST
        raise refused(DESCRIPTION_REQUIRED, FieldError("description", f"最多 {most} 字。", f"At most {most} characters."))
    phone = str(wish.contact.get("phone", "")).strip()
    if not phone or len(phone) > 32:
        raise refused(CONTACT_REQUIRED, FieldError("contact.phone", "请填写联系电话。", "Give a phone number."))
    return found.code


def _fault(wish: Application, family: str, details: Mapping[str, object]) -> str:
    """The fault that is claimed; "" where the applicant does not say which: the one repaired most often counts then."""
    said = str(details.get("fault_code") or (wish.reason if wish.reason != family else ""))
    return "" if said == "defect_other" else said


def _lines(wish: Application, order: OrderFacts, *, claims: bool) -> list[tuple[Any, ItemWish]]:
    if not wish.lines or len(wish.lines) > LINES_MOST:
        raise refused(NO_LINES, FieldError("lines", "请选择商品。", "Choose items."))
    found, seen = [], set()
    for place, item in enumerate(wish.lines):
        line = order.lines.get(item.line)
        if line is None:
            wrong = FieldError(f"lines[{place}].line", "订单中没有这一行。", "The order has no such line.")
            raise refused(LINE_UNKNOWN, wrong, line=item.line)
        if item.line in seen:
            raise refused(LINE_TWICE, FieldError(f"lines[{place}].line", "重复。", "Twice."), line=item.line)
        seen.add(item.line)
        left = line.left if claims else line.quantity
        if not 0 < item.quantity <= left:
            raise refused(QUANTITY_TAKEN, FieldError(f"lines[{place}].quantity", f"最多 {left} 件。", f"At most {left}."),
                          line=item.line, left=left, asked=item.quantity)  # fmt: skip
        found.append((line, item))
    return found


def _eligible(
    wish: Application, decisions: Mapping[int, Decided], verdict: str, decisive: int, *, promised: Promised | None,
    actor: Actor, language: str,
) -> None:  # fmt: skip
    if wish.override_reason:
        if actor.role not in OVERRIDERS or wish.override_reason not in OVERRIDE_REASONS:
            raise refused(OVERRIDE_NOT_YOURS)
        return
    if verdict in ("allow", "allow_paid", "review") or wish.request_review:
        return
    if promised is not None:
        raise refused(NOT_ELIGIBLE, why=promise_words(promised, language), reasons=list(promised.reasons))
    errors = tuple(
        FieldError(f"lines[{place}]", _why(decisions[item.line], "zh-hans"), _why(decisions[item.line], "en"))
        for place, item in enumerate(wish.lines)
        if decisions[item.line].verdicts[wish.service] in ("deny", "na")
    )
    decision = decisions[decisive]
    raise refused(NOT_ELIGIBLE, *errors, why=_why(decision, language), reasons=decision.reasons)


def _why(decision: Decided, language: str) -> str:
    return "; ".join(decision.decision.book.vocabulary.reasons[code].text.in_(language) for code in decision.reasons)


def _row(
    wish: Application, order: OrderFacts, wanted: list[tuple[Any, ItemWish]], family: str, verdict: str,
    decision: Decided, *, actor: Actor, now: datetime,
) -> CaseRow:  # fmt: skip
    contact = {name: str(wish.contact[name])[:240] for name in CONTACT_FIELDS if wish.contact.get(name)}
    proxy = actor.role != "consumer"
    return CaseRow(
        id=0, number=new_number(WORKFLOWS[wish.service].prefix), order_id=order.id, order=order.number, merchant_id=order.merchant_id,
        merchant=order.merchant, merchant_name=order.merchant_name, channel=order.channel, buyer_id=order.buyer_id,
        buyer=order.buyer, tier=order.tier, service=wish.service, requested_service=wish.service, reason=family,
        description=wish.description.strip(), status="", stage="applied", waits_on="", due_at=None, version=1,
        source=wish.channel, return_method=wish.return_method, contact=contact, created_by=actor.who,
        on_behalf_of=f"buyer:{order.buyer_id}" if proxy else "", verdict=verdict, book=order.book,
        book_version=order.book_version, currency=order.currency, refund_minor=0, deduction_minor=0, preview={},
        freight_payer="customer", fault="", return_address_id=None, outcome="", override_reason=wish.override_reason,
        resubmissions=0, claims_held=True, rest_sent=False, submitted_at=now, received_at=None, resolved_at=None,
        closed_at=None, reopened_at=None, updated_at=now, placed_at=order.placed_at, decision_id=None, details={},
        decision=decision.outcome,
        items=[
            ItemRow(0, line.id, line.line, line.sku, line.title, line.category, line.quantity, line.unit_price_minor,
                    line.paid_minor, item.quantity, dict(item.condition), [], line.serials, 0, None, "", "", "", 0, "")
            for line, item in wanted
        ],
    )  # fmt: skip


def write_opening(
    case: CaseRow, wish: Application, workflow: Workflow, history: list[tuple[str, str, str, Actor]],
    decisions: Mapping[int, Decided], decisive: int, *, tier: str, now: datetime, title: str = "",
) -> None:  # fmt: skip
    """Claim, case, items, history, limits, decisions and events in one statement: all of it, or nothing."""
    book = compiled(case.book, case.book_version)
    state = workflow.state(history[-1][2])
    case.version = len(history)
    limits = plan(case, state, workflow=workflow, terms=terms_of(case), calendar=calendar_now(), now=now)
    case.status, case.stage, case.waits_on = state.name, state.stage, turn(state, case)
    case.due_at, case.deadlines = next_due(row for row in limits.running if row.name not in ASIDE), limits.begun
    channel, head_start = standing(book.terms, tier)
    events = []
    for version, (move, come_from, to, actor) in enumerate(history, start=1):
        data = {
            "number": case.number, "order": case.order, "service": case.service, "status": to,
            "stage": workflow.state(to).stage, "waits_on": turn(workflow.state(to), case),
            "due_at": case.due_at.isoformat() if case.due_at and to == case.status else None, "version": version,
        }  # fmt: skip
        if version == 1:
            events.append((CASE_OPENED.name, {**data, "reason": case.reason}))
        else:
            events.append((CASE_MOVED.name, {**data, "move": move, "from": come_from, "role": actor.role}))
    values = {
        **{name: getattr(case, name) for name in COLUMNS}, "order_id": case.order_id or None, "merchant_id": case.merchant_id or None,
        "detail": wish.reason if wish.reason != case.reason else "",
        "contact": Jsonb(case.contact), "preview": Jsonb(case.preview), "details": Jsonb(case.details), "claims": case.claims_held,
        "call_note": wish.call_note[:500], "now": now, "channel": channel, "head_start": head_start,
        "shown": wish.policy_shown_at or now, "book": case.book, "decisive": f"{case.number}:{decisive}",
        "items": _json([
            {"line": i.line_id, "quantity": i.quantity, "condition": i.condition} for i in sorted(case.items, key=lambda i: i.line_id)
        ]),
        "count": len(case.items) if case.claims_held else 0,
        "title": case.items[0].title if case.items else title, "units": sum(item.quantity for item in case.items),
        "history": _json([
            {"version": v, "move": move, "from": before, "to": to, "role": who.role, "who": who.who, "name": who.name,
             "behalf": who.on_behalf_of or (case.on_behalf_of if who.role in PROXIES else "")}
            for v, (move, before, to, who) in enumerate(history, start=1)
        ]),
        "limits": _json([
            {"name": r.name, "term": r.term, "waits_on": r.waits_on, "on_breach": r.on_breach, "started_at": r.started_at,
             "due_at": r.due_at, "remind_at": r.remind_at, "clock": r.clock} for r in limits.begun
        ]),
        "decisions": _json([
            {**decision.row, "subject": f"{case.number}:{line}"} for line, decision in decisions.items()
        ]),
        "events": _json([{"type": kind, "data": data} for kind, data in events]),
    }  # fmt: skip
    try:
        with connection.cursor() as cursor:
            cursor.execute(OPEN, values)
            case.id, case.decision_id = cursor.fetchone()
    except IntegrityError as error:
        if not case.items:
            raise
        # Somebody claimed the units between our look and our write: the constraint knows it.
        item = case.items[0]
        raise refused(QUANTITY_TAKEN, line=item.line, left=0, asked=item.quantity) from error
    for kind, data in events:
        tell(Announced(kind, case.number, now, data, case.merchant_id or None, case.buyer_id))


def _follow(case: CaseRow, wish: Application, workflow: Workflow, *, now: datetime) -> CaseRow:
    """What follows by itself: the pickup that was wished for, the evidence that is missing, an override."""
    made = False

    def then(move: str, actor: Actor, **answers: object) -> None:
        nonlocal made
        made = True
        move_case(case.number, move, actor=actor, answers=answers, version=None, now=now)

    if case.status == "awaiting_goods" and case.return_method == "pickup" and case.contact.get("window"):
        then("book_pickup", SYSTEM, window=case.contact["window"])
    elif workflow.move("ask_evidence") and case.status == "submitted" and FAMILY[case.reason].evidence and not wish.evidence:
        # APP-04: every reason but no-reason needs proof; the system asks at once instead of letting it wait.
        then("ask_evidence", SYSTEM, what="请上传能显示问题的照片或视频 / Photos or a video that show the problem")
    for name in workflow.applying.at_once:
        now_case = load_case(case.number, actor=SYSTEM) if made else case
        first = WORKFLOWS[now_case.service].move(name)
        if first is not None and now_case.status in first.sources and possible(first, now_case):
            then(name, SYSTEM)
    return load_case(case.number, actor=SYSTEM) if made else case


def _json(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows).decode()
