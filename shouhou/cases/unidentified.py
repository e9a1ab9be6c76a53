"""Which case an unidentified parcel may belong to, and saying that it does."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from shouhou.cases.finding import find
from shouhou.cases.rows import load_case
from shouhou.logistics.actions.unknown import match_unknown
from shouhou.logistics.rules.likeness import NEAR_EDITS, chunks, edits, may_be_near, points
from shouhou.logistics.unknown_models import UnknownParcel
from shouhou.plumbing.actor import Actor

SUGGESTED_MOST = 8
LOOK_BACK = timedelta(days=120)
PHONE_END = 4
# Where goods may still come in: on their way, more of them, or late.
EXPECTING = ("awaiting_goods", "pickup_booked", "in_transit", "received", "lapsed", "cancelled")


@dataclass(slots=True)
class Suggestion:
    """A case with what speaks for it. Personal data is whole here: whoever shows it masks it."""

    case: str
    signs: set[str] = field(default_factory=set)
    off_by: int = 0
    waybill: str = ""
    title: str = ""
    status: str = ""
    service: str = ""
    buyer_name: str = ""
    buyer_phone: str = ""

    @property
    def points(self) -> int:
        return points(self.signs, off_by=self.off_by)


def suggestions(parcel: UnknownParcel, *, actor: Actor, now: datetime) -> list[Suggestion]:
    """Cases that still expect goods and agree with the parcel in something, the likeliest first; at most eight."""
    found: dict[str, Suggestion] = {}

    def speaks(case: str, sign: str) -> Suggestion:
        suggestion = found.setdefault(case, Suggestion(case))
        suggestion.signs.add(sign)
        return suggestion

    for sign, texts in _asked(parcel):
        for text in texts:
            for hit in find(text, actor=actor):
                if hit.case and _agrees(sign, hit.what):
                    speaks(hit.case, sign)
    for case, waybill, off_by in _near(parcel.waybill, actor=actor, now=now):
        suggestion = speaks(case, "waybill")
        suggestion.off_by, suggestion.waybill = off_by, waybill
    for case in _named(parcel.sender_name, actor=actor, now=now):
        speaks(case, "name")
    _fill(found)
    likely = [each for each in found.values() if each.status in EXPECTING]
    return sorted(likely, key=lambda each: (-each.points, each.case))[:SUGGESTED_MOST]


def match_to_case(number: str, *, case: str, actor: Actor, now: datetime) -> str:
    """The parcel belongs to the case; answers the case's number. The same again changes nothing.

    Raises CASE_NOT_FOUND (also for a stranger's) and what match_unknown refuses.
    """
    row = load_case(case, actor=actor)
    match_unknown(number, subject=row.number, merchant_id=row.merchant_id, buyer_id=row.buyer_id, actor=actor, now=now)
    return row.number


def _asked(parcel: UnknownParcel) -> list[tuple[str, list[str]]]:
    """What to look for, by the sign that an answer is."""
    digits = "".join(letter for letter in parcel.sender_phone if letter.isdigit())
    asked = [("order", [parcel.order_number] if parcel.order_number else []), ("serial", parcel.serials[:10])]
    if len(digits) >= PHONE_END:
        # Labels often print the last digits only.
        asked.append(("phone" if len(digits) >= 11 else "phone_end", [digits[-11:]]))
    return asked


def _agrees(sign: str, what: str) -> bool:
    return what in {"order": ("case", "order"), "serial": ("serial",)}.get(sign, ("phone", "contact"))


def _near(waybill: str, *, actor: Actor, now: datetime) -> Iterable[tuple[str, str, int]]:
    """Waybills of cases that still expect goods, mistyped by at most two letters: case, waybill, edits."""
    if not may_be_near(waybill):
        return
    values: dict[str, Any] = {
        "pieces": [f"%{piece}%" for piece in chunks(waybill)], "short": len(waybill) - NEAR_EDITS, "long": len(waybill) + NEAR_EDITS,
        "since": now - LOOK_BACK, "merchant": actor.merchant_id, "expecting": list(EXPECTING),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(NEAR, values)
        for subject, number in cursor.fetchall():
            off_by = edits(waybill, number)
            if off_by <= NEAR_EDITS:
                yield subject, number, off_by


def _named(name: str, *, actor: Actor, now: datetime) -> list[str]:
    if len(name) < 2:
        return []
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"name": name, "since": now - LOOK_BACK, "merchant": actor.merchant_id, "expecting": list(EXPECTING)}
        cursor.execute(NAMED, values)
        return [row[0] for row in cursor.fetchall()]


def _fill(found: dict[str, Suggestion]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL, [list(found)])
        for number, title, status, service, name, phone in cursor.fetchall():
            each = found[number]
            each.title, each.status, each.service, each.buyer_name, each.buyer_phone = title, status, service, name, phone


NEAR = """
SELECT p.subject, p.tracking_number FROM logistics_parcel p
JOIN cases_case c ON c.number = p.subject AND c.status = ANY(%(expecting)s)
WHERE p.released_at IS NULL AND p.direction = 'return' AND p.registered_at > %(since)s
    AND length(p.tracking_number) BETWEEN %(short)s AND %(long)s AND p.tracking_number LIKE ANY(%(pieces)s)
    AND (%(merchant)s::bigint IS NULL OR p.merchant_id = %(merchant)s::bigint)
ORDER BY p.id DESC LIMIT 2000
"""
NAMED = """
SELECT c.number FROM cases_case c JOIN accounts_buyer b ON b.id = c.buyer_id
WHERE c.status = ANY(%(expecting)s) AND c.updated_at > %(since)s AND (b.name = %(name)s OR c.contact->>'name' = %(name)s)
    AND (%(merchant)s::bigint IS NULL OR c.merchant_id = %(merchant)s::bigint)
ORDER BY c.updated_at DESC LIMIT 20
"""
FILL = """
SELECT c.number, c.title, c.status, c.service, b.name, b.phone FROM cases_case c JOIN accounts_buyer b ON b.id = c.buyer_id
WHERE c.number = ANY(%s)
"""
