"""What the records of an order say of each line beside its sale: shipping, what went back, what was granted before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unicodedata import normalize

from django.db import connection


@dataclass(frozen=True, slots=True)
class Recorded:
    """One line. `shipped_at` None: not shipped. By service: how often it was `granted`, how many cases of it are `open`.

    Units by the name of an accessory, gift or part: `parts_sent`, and `parts_open` where a case still asks for it.
    """

    shipped_at: datetime | None = None
    signed_at: datetime | None = None
    refunded_minor: int = 0
    returned: int = 0
    granted: Mapping[str, int] = field(default_factory=dict)
    open: Mapping[str, int] = field(default_factory=dict)
    parts_sent: Mapping[str, int] = field(default_factory=dict)
    parts_open: Mapping[str, int] = field(default_factory=dict)


def part_key(name: object) -> str:
    """The same accessory, however it was typed: without spaces and punctuation, in one case and width."""
    return "".join(letter for letter in normalize("NFKC", str(name or "")).casefold() if letter.isalnum())


def recorded(order_id: int, *, besides: str = "") -> dict[int, Recorded]:
    """Every line of the order, in one statement; the case `besides` does not count."""
    values: dict[str, Any] = {"order": order_id, "besides": besides}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {RECORDED}", values)
        return records_from(cursor.fetchone()[0])


def records_from(rows: Sequence[Sequence[Any]] | None) -> dict[int, Recorded]:
    """From the array that RECORDED makes, which a caller may have asked for inside a statement of its own."""
    return {
        line: Recorded(_at(shipped), _at(signed), refunded, returned, granted or {}, others or {}, *_parts(parts))
        for line, shipped, signed, refunded, returned, granted, others, parts in rows or ()
    }


def _parts(rows: Sequence[Sequence[Any]] | None) -> tuple[dict[str, int], dict[str, int]]:
    sent: dict[str, int] = {}
    wanted: dict[str, int] = {}
    for name, units, done in rows or ():
        found = sent if done else wanted
        found[part_key(name)] = found.get(part_key(name), 0) + units
    return sent, wanted


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


# One JSON array for all lines; `%(order)s` and `%(besides)s` are put in by the caller.
RECORDED = """
(SELECT json_agg(json_build_array(l.line, s.shipped_at, s.signed_at, coalesce(b.minor, 0), coalesce(b.units, 0), k.granted, k.others,
    k.parts))
FROM orders_orderline l
LEFT JOIN LATERAL (
    SELECT min(s.shipped_at) AS shipped_at, min(coalesce(s.signed_at, s.arrived_at)) AS signed_at FROM orders_shipment s
    WHERE s.order_id = l.order_id AND (s.lines = '{}' OR l.line = ANY(s.lines))) s ON true
LEFT JOIN LATERAL (
    SELECT sum(rl.goods_minor - rl.back_minor) AS minor, sum(rl.quantity - rl.back_quantity) AS units FROM payments_refundline rl
    JOIN payments_refund r ON r.id = rl.refund_id WHERE rl.line_id = l.id AND r.state <> 'cancelled') b ON true
LEFT JOIN LATERAL (
    SELECT json_object_agg(g.service, g.granted) AS granted, json_object_agg(g.service, g.others) AS others,
        min(g.parts::text)::json AS parts FROM (
        SELECT c.service, count(*) FILTER (WHERE c.outcome IN ('refunded', 'granted')) AS granted,
            count(*) FILTER (WHERE c.closed_at IS NULL AND c.outcome NOT IN ('refunded', 'granted')) AS others,
            json_agg(json_build_array(c.details->>'part_name', i.quantity, c.outcome = 'granted'))
                FILTER (WHERE c.service = 'resend' AND c.details->>'missing' <> 'item' AND c.details->>'part_name' <> ''
                    AND (c.outcome = 'granted' OR c.closed_at IS NULL)) AS parts
        FROM cases_caseitem i JOIN cases_case c ON c.id = i.case_id
        WHERE i.line_id = l.id AND c.number <> %(besides)s GROUP BY c.service) g) k ON true
WHERE l.order_id = %(order)s)
"""
