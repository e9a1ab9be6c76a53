"""Reading the workshop: one order with everything, the board, a unit's stays, what is late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection
from django.db.models import Count, Q, QuerySet

from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.repairs.models import Appointment, LoanUnit, PartOrder, Quote, WorkOrder
from shouhou.repairs.rules.faults import CAUSES, FAULT_TEXTS
from shouhou.repairs.rules.modes import MODES
from shouhou.repairs.rules.states import BENCH, BY_NAME, RESULTS, STATES
from shouhou.repairs.rules.stays import Stay

OF_A_SHOP = frozenset({"merchant_operator", "merchant_manager"})


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """How the board is narrowed; every field that is None does not narrow. `technician` "": nobody's."""

    state: str | None = None
    technician: str | None = None
    point: str | None = None
    mode: str | None = None
    category: str | None = None
    open_only: bool = True
    text: str | None = None
    opened_before: datetime | None = None
    subjects: tuple[str, ...] | None = None


def order_of(subject: str) -> WorkOrder | None:
    """The subject's newest work order."""
    return WorkOrder.objects.filter(subject=subject).order_by("-round").first()


def open_quote(order: WorkOrder) -> Quote | None:
    return Quote.objects.filter(order=order, state__in=("open", "accepted")).first()


def booked_window(order: WorkOrder) -> Appointment | None:
    return Appointment.objects.filter(order=order, state="booked").first()


def parts_missing(order: WorkOrder) -> int:
    return PartOrder.objects.filter(order=order, arrived_at=None).count()


def board(
    narrowed: BoardFilter, *, actor: Actor, cursor: str | None = None, limit: int = 50
) -> tuple[list[WorkOrder], str | None]:  # fmt: skip
    """A page of work orders the actor may see, the oldest first, and the cursor of the next page. Raises INVALID_CURSOR."""
    found = _narrowed(narrowed, actor=actor)
    if cursor:
        at, last = decode_cursor(cursor, datetime, int)
        found = found.filter(Q(opened_at__gt=at) | Q(opened_at=at, id__gt=last))
    rows = list(found.order_by("opened_at", "id")[: limit + 1])
    more = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], encode_cursor(more.opened_at, more.id) if more else None


def columns(narrowed: BoardFilter, *, actor: Actor) -> list[dict[str, Any]]:
    """How many stand in each state: the board's columns, in the order of the work."""
    counts = dict(_narrowed(narrowed, actor=actor).values_list("state").annotate(Count("id")))
    return [{"state": each.name, "label": each.label, "count": counts.get(each.name, 0)} for each in STATES if each.name != "ended"]


def loans_out() -> QuerySet[LoanUnit]:
    """Units that have not come back, the longest out first."""
    return LoanUnit.objects.filter(returned_at=None, lost_at=None).select_related("order").order_by("lent_at", "id")


def ages(*, now: datetime, actor: Actor) -> list[dict[str, Any]]:
    """Open repairs in our hands with the days that count (without the consumer's time), the oldest first."""
    rows = _narrowed(BoardFilter(), actor=actor).filter(state__in=BENCH).exclude(came_in_at=None).order_by("came_in_at", "id")
    return [{"order": row, "days": days_in_repair(row, now=now)} for row in rows[:500]]


def days_in_repair(order: WorkOrder, *, now: datetime) -> int:
    """Whole days in our hands, without those in which the consumer's answer was waited for."""
    if order.came_in_at is None:
        return 0
    until = order.went_out_at or order.ended_at or now
    waiting = int((until - order.waiting_since).total_seconds()) if order.waiting_for == "consumer" and order.waiting_since else 0
    return max(0, int((until - order.came_in_at).total_seconds()) - order.consumer_wait - waiting) // 86400


def stays_of(line_id: int, *, now: datetime) -> tuple[Stay, ...]:
    """Every work order of an order line, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {STAY} FROM repairs_workorder w WHERE w.line_id = %s ORDER BY w.id", [line_id])  # noqa: S608
        return tuple(stay(orjson.loads(row[0]), now=now) for row in cursor.fetchall())


def stay(row: Sequence[Any], *, now: datetime) -> Stay:
    """One row of STAY."""
    number, kind, serial, fault, finding, cause, scope, result, came_in, went_out, consumer, parts, waiting, since = row
    idle = int((now - datetime.fromisoformat(since)).total_seconds()) if since else 0
    return Stay(
        number, kind, serial, fault, finding, cause, scope, result, _instant(came_in), _instant(went_out),
        consumer + (max(0, idle) if waiting == "consumer" else 0), parts + (max(0, idle) if waiting == "parts" else 0), waiting,
    )  # fmt: skip


def repair_body(subject: str, *, language: str, now: datetime, inside: bool) -> dict[str, Any] | None:
    """The newest work order as API and pages show it, with the earlier ones' numbers; None where there is none.

    `inside` adds who did what and the internal notes' authors.
    """
    orders = list(WorkOrder.objects.filter(subject=subject).order_by("round"))
    return {**order_body(orders[-1], language=language, now=now, inside=inside),
            "earlier": [{"number": each.number, "round": each.round, "result": _named(RESULTS, each.result, language)}
                        for each in orders[:-1]]} if orders else None  # fmt: skip


def order_body(order: WorkOrder, *, language: str, now: datetime, inside: bool) -> dict[str, Any]:
    """One work order with visits, diagnoses, quotes, parts, what was done, tests and loan unit. Money in minor units."""
    def who(row: Any) -> dict[str, Any]:
        return {"by": row.by, "name": row.name} if inside else {}

    return {
        "number": order.number, "round": order.round, "kind": order.kind, "mode": order.mode,
        "mode_label": _named(MODES, order.mode, language), "point": order.point_code or None, "state": order.state,
        "state_label": BY_NAME[order.state].label.in_(language),  # type: ignore[index]
        "fault": order.fault or None, "fault_label": _named(FAULT_TEXTS, order.fault, language), "symptom": order.symptom,
        "serial": order.serial or None, "scope": order.scope or None, "finding": order.finding or None,
        "cause": order.cause or None, "cause_label": _named(CAUSES, order.cause, language), "result": order.result or None,
        "result_label": _named(RESULTS, order.result, language), "technician": order.technician_name or None,
        "opened_at": _iso(order.opened_at), "came_in_at": _iso(order.came_in_at), "went_out_at": _iso(order.went_out_at),
        "ended_at": _iso(order.ended_at), "days_in_repair": days_in_repair(order, now=now), "waiting_for": order.waiting_for or None,
        "no_shows": order.no_shows,
        "appointments": [
            {"number": each.number, "start": _iso(each.window_start), "end": _iso(each.window_end), "state": each.state,
             "note": each.note} for each in order.appointments.order_by("number")
        ],
        "diagnoses": [
            {"number": each.number, "finding": each.finding, "scope": each.scope or None, "cause": each.cause or None,
             "fault": each.fault or None, "note": each.note, "photos": each.photos, "reasons": each.reasons,
             "clauses": each.clauses, "at": _iso(each.at), **who(each)} for each in order.diagnoses.order_by("number")
        ],
        "quotes": [
            {"version": each.version, "lines": each.lines, "parts": each.parts_minor, "labour": each.labour_minor,
             "total": each.total_minor, "currency": each.currency, "state": each.state, "valid_until": _iso(each.valid_until),
             "note": each.note, "at": _iso(each.at)} for each in order.quotes.order_by("version")
        ],
        "parts": [
            {"number": each.number, "part": each.part, "part_number": each.part_number, "quantity": each.quantity,
             "ordered_at": _iso(each.ordered_at), "expected_on": each.expected_on.isoformat() if each.expected_on else None,
             "arrived_at": _iso(each.arrived_at)} for each in order.parts.order_by("number")
        ],
        "records": [
            {"number": each.number, "done": each.done, "parts": each.parts, "at": _iso(each.at), **who(each)}
            for each in order.records.order_by("number")
        ],
        "tests": [
            {"number": each.number, "checks": each.checks, "passed": each.passed, "note": each.note, "at": _iso(each.at),
             **who(each)} for each in order.tests.order_by("number")
        ],
        "loan": [
            {"title": each.title, "serial": each.serial, "deposit": each.deposit_minor, "currency": each.currency,
             "lent_at": _iso(each.lent_at), "returned_at": _iso(each.returned_at), "lost_at": _iso(each.lost_at),
             "condition": each.condition or None, "kept": each.kept_minor, "charge": each.charge or None}
            for each in order.loans.order_by("id")
        ],
    }  # fmt: skip


def _narrowed(narrowed: BoardFilter, *, actor: Actor) -> QuerySet[WorkOrder]:
    """What the actor may see: a shop its own, the house all; nobody else has business here."""
    found = WorkOrder.objects.all()
    if actor.merchant_id is not None or actor.role in OF_A_SHOP:
        found = found.filter(merchant_id=actor.merchant_id or 0)
    elif actor.role in ("consumer", "shop"):
        return found.none()
    if narrowed.open_only:
        found = found.filter(ended_at=None)
    wanted = {
        "state": narrowed.state, "technician": narrowed.technician, "point_code": narrowed.point, "mode": narrowed.mode,
        "category": narrowed.category,
    }  # fmt: skip
    found = found.filter(**{name: value for name, value in wanted.items() if value is not None})
    if narrowed.opened_before is not None:
        found = found.filter(opened_at__lt=narrowed.opened_before)
    if narrowed.subjects is not None:
        found = found.filter(subject__in=narrowed.subjects)
    if narrowed.text:
        text = narrowed.text.strip()[:80]
        found = found.filter(Q(number=text.upper()) | Q(subject=text.upper()) | Q(serial=text) | Q(title__icontains=text))
    return found


def _named(texts: Mapping[Any, Text], code: str, language: str) -> str | None:
    return texts[code].in_(language) if code in texts else code or None


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


STAY = """jsonb_build_array(w.number, w.kind, w.serial, w.fault, w.finding, w.cause, w.scope, w.result, w.came_in_at,
    w.went_out_at, w.consumer_wait, w.parts_wait, w.waiting_for, w.waiting_since)"""
STAYS = f"(SELECT jsonb_agg({STAY} ORDER BY w.id) FROM repairs_workorder w WHERE w.line_id = {{line}})"  # noqa: S608
"""The same inside another statement, for the line that `line` names."""
