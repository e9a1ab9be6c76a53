"""Reading cases: one, many, what may be done, what an order's lines are entitled to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection

from shouhou.cases.clocks import explain_clock
from shouhou.cases.entitled import entitlements
from shouhou.cases.findings import finding_bodies, findings_of
from shouhou.cases.rows import CaseRow, load_case
from shouhou.cases.view import TURNS, case_body, contact_body, moves_body
from shouhou.cases.workflows import WORKFLOWS, move_named
from shouhou.foundation.halves import half
from shouhou.foundation.refusals import INVALID_INPUT, refused
from shouhou.foundation.workflow import Text
from shouhou.logistics.queries import parcels_of, pickups_of, window_choices
from shouhou.merchants.queries import return_addresses
from shouhou.payments.charge_queries import charges_of
from shouhou.payments.queries import refunds_of
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.policy.queries import calendar_now
from shouhou.repairs.queries import repair_body

__all__ = ["CaseFilter", "available_moves", "case_json", "entitlements", "list_cases", "timeline"]
SORTS = {"due": "due_at", "updated": "updated_at", "submitted": "submitted_at"}


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """How the queue is narrowed; every field that is None does not narrow. `text` finds any number a person has."""

    status: str | None = None
    stage: str | None = None
    service: str | None = None
    merchant: str | None = None
    waits_on: str | None = None
    order: str | None = None
    buyer_id: int | None = None
    open_only: bool = False
    due_before: datetime | None = None
    updated_after: datetime | None = None
    text: str | None = None
    sort: str = "updated"


def case_json(number: str, *, actor: Actor, language: str, now: datetime) -> dict[str, Any]:
    """One case with items, timeline, deadlines, refund, goods on their way. Raises CASE_NOT_FOUND."""
    case = load_case(number, actor=actor)
    body = case_body(case, language=language)
    # Before anybody has inspected there is nothing to ask for.
    found = findings_of(case.items) if any(item.accepted_quantity is not None for item in case.items) else {}
    for item, shown in zip(case.items, body["items"], strict=True):
        shown["findings"] = finding_bodies(found.get(item.id, []), case.currency)
    return {
        **body, "details": body["details"] if actor.role in ("consumer", "shop") else case.details,
        "contact": contact_body(case, actor),
        "timeline": timeline(case, language=language, actor=actor),
        "clocks": [explain_clock(row, now=now) for row in case.deadlines],
        "refunds": refunds_of(case.number), "charges": charges_of(case.number, language=language),
        "parcels": parcels_of(case.number), "pickups": pickups_of(case.number),
        "return_address": _return_address(case), "attachments": attachments(case),
        "messages": messages(case, actor=actor, language=language),
        "moves": _moves(case, actor=actor, language=language, now=now), "rating": _rating(case),
        "repair": repair_body(case.number, language=language, now=now, inside=actor.role not in ("consumer", "shop"))
        if case.details.get("work_order") else None,
    }  # fmt: skip


def available_moves(number: str, *, actor: Actor, language: str, now: datetime) -> list[dict[str, Any]]:
    """What this caller may do now. Raises CASE_NOT_FOUND."""
    return _moves(load_case(number, actor=actor), actor=actor, language=language, now=now)


def _moves(case: CaseRow, *, actor: Actor, language: str, now: datetime) -> list[dict[str, Any]]:
    """The moves, with the pickup windows that can be booked now at the case's address, and where the shop takes goods back."""
    moves = moves_body(case, actor, language=language)
    for ask in (ask for move in moves for ask in move["asks"] if ask["field"] == "window"):
        english = language.lower().startswith("en")
        ask["choices"] = [
            {"value": each["code"], "label": each["en" if english else "zh"]}
            for each in window_choices(case.contact, calendar=calendar_now(), now=now)
        ]
    for ask in (ask for move in moves for ask in move["asks"] if ask["field"] == "return_address"):
        ask["choices"] = [{"value": str(each.pk), "label": str(each)} for each in return_addresses(case.merchant_id)]
    return moves


def timeline(case: CaseRow, *, language: str, actor: Actor) -> list[dict[str, Any]]:
    """The history in plain words, newest last; staff also see who and with which answers."""
    inside = actor.role not in ("consumer", "shop")
    rows = _rows(
        "SELECT version, move, from_status, to_status, role, who, name, on_behalf_of, answers, at "
        "FROM cases_historyentry WHERE case_id = %s ORDER BY version", [case.id],
    )  # fmt: skip
    told = []
    for version, move, from_status, to_status, role, who, name, behalf, answers, at in rows:
        found = move_named(case.service, move)
        says = found.says if found and found.says else SUBMITTED
        entry: dict[str, Any] = {
            "version": version, "move": move, "from": from_status or None, "to": to_status, "role": role,
            "role_label": TURNS.get(role, Text(role, role)).in_(language), "text": says.in_(language),
            "at": at.isoformat(), "on_behalf": bool(behalf),
        }  # fmt: skip
        shown = {key: value for key, value in orjson.loads(answers).items() if inside or key in TOLD_TO_CONSUMER}
        if role == "system":
            shown = {key: half(value, language) if isinstance(value, str) else value for key, value in shown.items()}
        entry["answers"] = shown
        if inside:
            entry |= {"who": who, "name": name, "on_behalf_of": behalf or None}
        told.append(entry)
    return told


def messages(case: CaseRow, *, actor: Actor, language: str) -> list[dict[str, Any]]:
    """What was said, oldest first; what the house itself said in the reader's language."""
    inside = actor.role not in ("consumer", "shop")
    rows = _rows(
        "SELECT id, role, name, CASE WHEN %s AND text_en <> '' THEN text_en ELSE text END, internal, at FROM cases_message "
        "WHERE case_id = %s AND (%s::boolean OR NOT internal) ORDER BY id LIMIT 500", [language.startswith("en"), case.id, inside],
    )  # fmt: skip
    return [
        {"id": i, "role": role, "name": name if inside or role == "consumer" else "", "text": text, "internal": internal,
         "at": at.isoformat()}
        for i, role, name, text, internal, at in rows
    ]  # fmt: skip


def attachments(case: CaseRow) -> list[dict[str, Any]]:
    rows = _rows(
        "SELECT u.token, u.name, u.content_type, u.size, a.kind, a.role, a.at FROM cases_attachment a "
        "JOIN plumbing_upload u ON u.id = a.upload_id WHERE a.case_id = %s AND u.erased_at IS NULL ORDER BY a.id", [case.id],
    )  # fmt: skip
    return [
        {"token": token, "name": name, "content_type": kind, "size": size, "kind": what, "role": role, "at": at.isoformat()}
        for token, name, kind, size, what, role, at in rows
    ]


def list_cases(
    narrowed: CaseFilter, *, actor: Actor, language: str, cursor: str | None = None, limit: int = 25
) -> tuple[list[dict[str, Any]], str | None]:  # fmt: skip
    """A page of cases the actor may see, by the next limit (or last change), and the cursor of the next page.

    Raises INVALID_INPUT for an unknown sort, INVALID_CURSOR, PAGE_SIZE.
    """
    if narrowed.sort not in SORTS:
        raise refused(INVALID_INPUT, reason=f"sort: {', '.join(SORTS)}")
    where, values = _narrow(narrowed, actor)
    key = f"c.{SORTS[narrowed.sort]}"
    if narrowed.sort == "due":
        # The queue: what is open and has a limit, which is every open case (a breached limit stays until it moves).
        where.append("c.closed_at IS NULL AND c.due_at IS NOT NULL")
    order, sign = ("ASC", ">") if narrowed.sort == "due" else ("DESC", "<")
    if cursor:
        at, last = decode_cursor(cursor, datetime, int)
        where.append(f"({key}, c.id) {sign} (%s::timestamptz, %s::bigint)")
        values += [at, last]
    with connection.cursor() as db:
        db.execute(
            # The limit stands in the text: as a parameter it would have the statement planned anew at every call.
            LIST.format(where=" AND ".join(where) or "true", key=key, order=order, at=f"{key}::text", limit=int(limit) + 1, **INSTANTS),
            values,
        )
        rows = db.fetchall()
    more = len(rows) > limit
    items = [_list_row(row, language) for row in rows[:limit]]
    after = encode_cursor(datetime.fromisoformat(f"{rows[limit - 1][-2]}:00"), rows[limit - 1][-1]) if more else None
    return items, after


def _narrow(narrowed: CaseFilter, actor: Actor) -> tuple[list[str], list[Any]]:
    """Conditions and values. What the actor may not see is excluded first."""
    where: list[str] = []
    values: list[Any] = []

    def both(condition: str, *given: object) -> None:
        where.append(condition)
        values.extend(given)

    if actor.role == "consumer":
        both("c.buyer_id = %s", actor.buyer_id or 0)
        if actor.order_id is not None:
            both("c.order_id = %s", actor.order_id)
    elif actor.merchant_id is not None:
        both("c.merchant_id = %s", actor.merchant_id)
    for column, value in (
        ("c.status", narrowed.status), ("c.stage", narrowed.stage), ("c.service", narrowed.service),
        ("m.code", narrowed.merchant), ("c.waits_on", narrowed.waits_on), ("o.number", narrowed.order),
        ("c.buyer_id", narrowed.buyer_id),
    ):  # fmt: skip
        if value is not None:
            both(f"{column} = %s", value)
    if narrowed.open_only or narrowed.due_before is not None:
        both("c.closed_at IS NULL")
    if narrowed.due_before is not None:
        both("c.due_at < %s", narrowed.due_before)
    if narrowed.updated_after is not None:
        both("c.updated_at > %s", narrowed.updated_after)
    if narrowed.text:
        both(
            "(c.number = upper(%s) OR o.number = %s OR b.phone = %s OR c.id IN (SELECT i.case_id FROM cases_caseitem i "
            "JOIN orders_orderline l ON l.id = i.line_id WHERE %s = ANY(l.serials || l.replacement_serials) AND l.order_id = c.order_id) "
            "OR c.number IN (SELECT p.subject FROM logistics_parcel p WHERE p.tracking_number = %s) "
            "OR (length(%s) BETWEEN 4 AND 8 AND right(b.phone, length(%s)) = %s))",
            *([narrowed.text.strip()] * 8),
        )
    return where, values


def _list_row(row: Sequence[Any], language: str) -> dict[str, Any]:
    (number, order, service, reason, status, stage, waits_on, due, version, merchant, channel, tier, name, phone,
     amount, currency, submitted, updated, closed, first_title, units, *_) = row  # fmt: skip
    label, turn = _labels(service, status, waits_on, language)
    # The session writes instants in UTC, "2026-03-10 04:00:00+00": as RFC 3339 without an object in between.
    return {
        "number": number, "order": order, "service": service, "reason": reason, "status": status,
        "status_label": label, "stage": stage, "waits_on": waits_on or None, "waits_on_label": turn,
        "due_at": f"{due[:10]}T{due[11:]}:00" if due else None, "version": version, "merchant": merchant,
        "merchant_channel": channel,
        "buyer": {"name": mask_name(name), "phone": mask_phone(phone), "tier": tier},
        "refund": {"amount": amount, "currency": currency},
        "submitted_at": f"{submitted[:10]}T{submitted[11:]}:00",
        "updated_at": f"{updated[:10]}T{updated[11:]}:00",
        "closed_at": f"{closed[:10]}T{closed[11:]}:00" if closed else None,
        "title": first_title, "units": units,
    }  # fmt: skip


@lru_cache(1024)
def _labels(service: str, status: str, waits_on: str, language: str) -> tuple[str, str]:
    """The words for a status and for whose turn it is."""
    return WORKFLOWS[service].state(status).label.in_(language), TURNS.get(waits_on, Text(waits_on, waits_on)).in_(language)


def _rating(case: CaseRow) -> dict[str, Any] | None:
    """The consumer's grade, reasons and words; only an ended case has any."""
    if case.resolved_at is None and case.closed_at is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT grade, reasons, text, coalesce(amended_at, at) FROM cases_rating WHERE case_id = %s", [case.id])
        row = cursor.fetchone()
    return {"grade": row[0], "reasons": row[1], "text": row[2], "at": row[3].isoformat()} if row else None


def _return_address(case: CaseRow) -> dict[str, Any] | None:
    if case.return_address_id is None:
        return None
    rows = _rows(
        "SELECT label, contact, phone, region, address FROM merchants_returnaddress WHERE id = %s", [case.return_address_id]
    )
    return dict(zip(("label", "contact", "phone", "region", "address"), rows[0], strict=True)) if rows else None


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


INSTANTS = {name: f"c.{name}_at::text" for name in ("due", "submitted", "updated", "closed")}
SUBMITTED = Text("提交了申请", "applied")
TOLD_TO_CONSUMER = frozenset({
    "note", "what", "reason_code", "clause", "description", "reason", "carrier", "tracking_number", "window", "place",
    "conditions", "items", "closing_reason", "deadline", "hours", "detail",
})  # fmt: skip
LIST = """
SELECT c.number, coalesce(o.number, ''), c.service, c.reason, c.status, c.stage, c.waits_on, {due}, c.version, coalesce(m.code, ''),
    coalesce(o.channel, m.channel, 'self'), coalesce(o.buyer_tier, b.tier), b.name, b.phone, c.refund_minor, c.currency,
    {submitted}, {updated}, {closed}, c.title, c.units, {at}, c.id
FROM cases_case c
LEFT JOIN orders_order o ON o.id = c.order_id
LEFT JOIN merchants_merchant m ON m.id = c.merchant_id
JOIN accounts_buyer b ON b.id = c.buyer_id
WHERE {where}
ORDER BY {key} {order}, c.id {order} LIMIT {limit}
"""
