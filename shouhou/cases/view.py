"""A case as the API and the pages show it, made from its rows without asking the database again."""

from datetime import datetime
from typing import Any

from shouhou.cases.making import allowed, possible, withheld
from shouhou.cases.promised import promise_body
from shouhou.cases.reasoned import reasons_body
from shouhou.cases.rows import CaseRow
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.workflow import STAGES, Ask, Move, Text
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone
from shouhou.policy.queries import compiled

TURNS: dict[str, Text] = {
    "consumer": Text("消费者", "the consumer"), "reviewer": Text("审核员", "the reviewer"),
    "merchant_operator": Text("商家", "the merchant"), "supervisor": Text("平台主管", "the supervisor"),
    "inspector": Text("质检员", "the inspector"), "finance": Text("财务", "finance"),
    "carrier": Text("承运商", "the carrier"), "arbitrator": Text("平台仲裁", "the platform's arbitrator"),
    "technician": Text("工程师", "the technician"), "system": Text("系统", "the system"), "": Text("无", "nobody"),
}  # fmt: skip


# What is told of a case's own records outside the house.
SHOWN = {
    "flash": ("when", "state", "days", "due"), "freight": ("amount", "state", "granted"), "route": ("kind", "account", "at", "phone"),
    "refund_route": ("kind", "account", "at", "phone"),
}


def case_body(case: CaseRow, *, language: str) -> dict[str, Any]:
    """The case in the contract's shape. Instants RFC 3339, money in minor units."""
    state = WORKFLOWS[case.service].state(case.status)
    return {
        "number": case.number, "order": case.order, "service": case.service,
        "service_label": WORKFLOWS[case.service].label.in_(language), "requested_service": case.requested_service,
        "reason": case.reason, "description": case.description, "channel": case.source, "merchant": case.merchant,
        "merchant_channel": case.channel, "status": case.status, "status_label": state.label.in_(language),
        "hint": state.hint.in_(language) if state.hint else None, "stage": case.stage, "stages": list(STAGES),
        "waits_on": case.waits_on or None, "waits_on_label": TURNS.get(case.waits_on, Text(case.waits_on, case.waits_on)).in_(language),
        "version": case.version, "due_at": _at(case.due_at), "submitted_at": _at(case.submitted_at),
        "received_at": _at(case.received_at), "resolved_at": _at(case.resolved_at), "closed_at": _at(case.closed_at),
        "updated_at": _at(case.updated_at), "return_method": case.return_method or None,
        "freight_payer": case.freight_payer, "fault": case.fault or None, "outcome": case.outcome or None,
        "override_reason": case.override_reason or None, "book": case.book, "book_version": case.book_version,
        "buyer": {"id": case.buyer, "tier": case.tier},
        "items": [item_body(case, place) for place in range(len(case.items))],
        "deadlines": [
            {
                "name": row.name, "term": row.term, "waits_on": row.waits_on, "due_at": _at(row.due_at),
                "started_at": _at(row.started_at), "state": row.state, "on_breach": row.on_breach,
            }
            for row in case.deadlines
        ],
        "decision": decision_body(case, language=language),
        "refund_preview": case.preview.get("agreed") or case.preview.get("applied"),
        "refund": {"amount": case.refund_minor, "currency": case.currency}, "details": public_details(case.details),
    }  # fmt: skip


def public_details(details: dict[str, Any]) -> dict[str, Any]:
    """Without what stays inside the house: who proposed and audited an offer, on whose account it goes, who ruled."""
    details = {
        **details, **{name: {key: value for key, value in details[name].items() if key in SHOWN[name]} for name in SHOWN if name in details}
    }  # fmt: skip
    if "dispute" in details:
        details = {**details, "dispute": {part: _nameless(kept) for part, kept in details["dispute"].items()}}
    if "offer" not in details and "declined" not in details:
        return details
    shown = {**details, "declined": [_offer(each) for each in details.get("declined", ())]}
    return {**shown, "offer": _offer(details["offer"])} if "offer" in details else shown


def _nameless(kept: Any) -> Any:
    """Who of the house ruled stays inside it."""
    return {name: value for name, value in kept.items() if name not in ("who", "name", "judge")} if isinstance(kept, dict) else kept


def _offer(offer: dict[str, Any]) -> dict[str, Any]:
    return {name: offer[name] for name in ("form", "amount", "note", "article", "accepted_at") if name in offer}


def item_body(case: CaseRow, place: int) -> dict[str, Any]:
    item = case.items[place]
    return {
        "line": item.line, "sku": item.sku, "title": item.title, "category": item.category, "quantity": item.quantity,
        "condition": item.condition, "received": item.received_quantity, "accepted": item.accepted_quantity,
        "serials": item.serials, "finding": item.finding or None, "grade": item.grade or None,
        "disposition": item.disposition or None,
        "deduction": {"amount": item.deduction_minor, "currency": case.currency},
        "deduction_reason": item.deduction_reason or None,
    }  # fmt: skip


def decision_body(case: CaseRow, *, language: str) -> dict[str, Any]:
    """Verdict and reasons with clause, text and source."""
    book = compiled(case.book, case.book_version)
    outcome, promised = case.decision or {}, case.details.get("promise")
    return {
        "verdict": case.verdict, "book": case.book, "version": case.book_version,
        "reasons": promise_body(promised, book=case.book, version=case.book_version, language=language) if promised
        else reasons_body(outcome.get("reasons", ()), outcome.get("clauses", ()), book=book, language=language),
        "deadlines": outcome.get("deadlines", {}), "freight": outcome.get("freight", {}),
        "pickup": outcome.get("pickup"), "hint": outcome.get("hint"),
    }  # fmt: skip


def contact_body(case: CaseRow, actor: Actor) -> dict[str, Any]:
    """The contact: whole for the consumer and whoever must reach them, masked for the rest (L-19)."""
    contact = {key: value for key, value in case.contact.items() if isinstance(value, str)}
    if actor.role in ("consumer", "shop", "agent", "supervisor", "merchant_operator", "merchant_manager", "carrier"):
        return contact
    return {**contact, "name": mask_name(contact.get("name", "")), "phone": mask_phone(contact.get("phone", ""))}


def moves_body(case: CaseRow, actor: Actor, *, language: str) -> list[dict[str, Any]]:
    """What `actor` may do now, each with the fields it asks for."""
    workflow = WORKFLOWS[case.service]
    return [
        move_body(move, language=language)
        for move in workflow.moves
        if case.status in move.sources and actor.role != "system" and allowed(move, actor) and possible(move, case)
        and not withheld(move, case, actor)
    ]


def move_body(move: Move, *, language: str) -> dict[str, Any]:
    return {
        "move": move.name, "label": move.label.in_(language), "danger": move.danger, "primary": move.primary,
        "target": move.target, "asks": [ask_body(ask, language=language) for ask in move.asks],
    }  # fmt: skip


def ask_body(ask: Ask, *, language: str) -> dict[str, Any]:
    return {
        "field": ask.field, "type": ask.type, "label": ask.label.in_(language), "required": ask.required,
        "most": ask.most, "help": ask.help.in_(language) if ask.help else None,
        "choices": [{"value": code, "label": label.in_(language)} for code, label in ask.choices.items()],
    }  # fmt: skip


def _at(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
