"""Finding what somebody means by a number: case, order, refund, pickup, waybill, serial, or a phone's last digits."""

from dataclasses import dataclass
from typing import Any, Literal

from django.db import connection

from shouhou.foundation.ids import parse_number
from shouhou.plumbing.actor import Actor

TEXT_MOST = 80
HITS_MOST = 50
SERIAL_LEAST = 4
PHONE_LEAST, PHONE_MOST = 4, 15
What = Literal["case", "order", "refund", "pickup", "work_order", "waybill", "shipment", "serial", "phone", "contact"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One case or order (`case` is None), what of it matched, and the number as it is kept."""

    what: What
    matched: str
    case: str | None
    order: str
    title: str
    service: str
    status: str
    waits_on: str
    merchant: str
    buyer_name: str
    buyer_phone: str
    open: bool


def find(text: str, *, actor: Actor) -> list[Hit]:
    """What the actor may see and the text names, the surest match first, at most 50; one statement over indexes.

    An order stands beside its cases only when its own number was asked for.
    """
    text = text.replace("\x00", "").strip()[:TEXT_MOST]
    values = _values(text)
    if values is None:
        return []
    scope, order_scope = _scopes(actor)
    parts = {"scope": scope, "order_scope": order_scope, "most": HITS_MOST}
    branches = " UNION ALL ".join(branch.format(**parts) for branch in _branches(values))
    with connection.cursor() as cursor:
        scoped = {**values, "merchant": actor.merchant_id or 0, "buyer": actor.buyer_id or 0, "proved": actor.order_id or 0}
        cursor.execute(FIND.format(branches=branches, **parts), scoped)
        return [Hit(*row) for row in cursor.fetchall()]


def _values(text: str) -> dict[str, Any] | None:
    """What the text may be, in the form in which each is kept; None for a text that is no number of anything."""
    if len(text) < 2:
        return None
    digits = "".join(letter for letter in text if letter.isdigit() and letter.isascii())
    phone = digits if digits == text.replace(" ", "").replace("-", "").removeprefix("+86") else ""
    if not PHONE_LEAST <= len(phone) <= PHONE_MOST:
        phone = ""
    compact = "".join(text.split()).upper()
    return {
        "text": text, "number": parse_number(text) or text.upper(), "waybill": compact, "phone": phone[::-1],
        # Half-open range of a prefix: ":" follows "9". It uses the index with any plan, which LIKE %s does not.
        "phone_end": f"{phone[::-1]}:", "serials": list(dict.fromkeys([text, text.upper(), compact])),
    }  # fmt: skip


def _branches(values: dict[str, Any]) -> list[str]:
    found = [CASE, ORDER, REFUND, PICKUP, WORK_ORDER, WAYBILL, SHIPMENT]
    if len(values["text"]) >= SERIAL_LEAST:
        found += [SOLD, SEEN]
    if values["phone"]:
        found += [PHONE, PHONE_ORDER, CONTACT]
    return found


def _scopes(actor: Actor) -> tuple[str, str]:
    if actor.role == "consumer" and actor.order_id is not None:
        return "c.buyer_id = %(buyer)s AND c.order_id = %(proved)s", "o.buyer_id = %(buyer)s AND o.id = %(proved)s"
    if actor.role == "consumer":
        return "c.buyer_id = %(buyer)s", "o.buyer_id = %(buyer)s"
    if actor.merchant_id is not None:
        return "c.merchant_id = %(merchant)s", "o.merchant_id = %(merchant)s"
    return "true", "true"


# Every branch gives: rank, what, matched, case id, order id. One of the two is null.
CASE = "SELECT 1, 'case', number, id, null::bigint FROM cases_case WHERE number = %(number)s"
ORDER = "SELECT 2, 'order', number, null::bigint, id FROM orders_order WHERE number IN (%(text)s, %(number)s)"
REFUND = (
    "SELECT 3, 'refund', r.number, c.id, null::bigint FROM payments_refund r JOIN cases_case c ON c.number = r.subject "
    "WHERE r.number = %(number)s"
)
PICKUP = (
    "SELECT 3, 'pickup', p.number, c.id, null::bigint FROM logistics_pickup p JOIN cases_case c ON c.number = p.subject "
    "WHERE p.number = %(number)s"
)
WORK_ORDER = (
    "SELECT 3, 'work_order', w.number, c.id, null::bigint FROM repairs_workorder w JOIN cases_case c ON c.number = w.subject "
    "WHERE w.number = %(number)s"
)
WAYBILL = (
    "SELECT 4, 'waybill', p.tracking_number, c.id, null::bigint FROM logistics_parcel p "
    "JOIN cases_case c ON c.number = p.subject WHERE p.tracking_number = %(waybill)s AND p.tracking_number <> ''"
)
SHIPMENT = (
    "SELECT 5, 'shipment', number, null::bigint, order_id FROM orders_shipment "
    "WHERE number IN (%(text)s, %(waybill)s) AND number <> ''"
)
SOLD = (
    "SELECT 6, 'serial', %(text)s, null::bigint, order_id FROM orders_orderline "
    "WHERE serials && %(serials)s::varchar[] AND serials <> '{{}}'"
)
SEEN = (
    "SELECT 6, 'serial', %(text)s, case_id, null::bigint FROM cases_caseitem "
    "WHERE serials && %(serials)s::varchar[] AND serials <> '{{}}'"
)
PHONE = (
    "SELECT * FROM (SELECT 7, 'phone', '', c.id, null::bigint FROM accounts_buyer b JOIN cases_case c ON c.buyer_id = b.id "
    "WHERE reverse(b.phone) >= %(phone)s AND reverse(b.phone) < %(phone_end)s AND {scope} "
    "ORDER BY c.submitted_at DESC LIMIT {most}) x"
)
PHONE_ORDER = (
    "SELECT * FROM (SELECT 9, 'phone', '', null::bigint, o.id FROM accounts_buyer b JOIN orders_order o ON o.buyer_id = b.id "
    "WHERE reverse(b.phone) >= %(phone)s AND reverse(b.phone) < %(phone_end)s AND {order_scope} "
    "ORDER BY o.placed_at DESC LIMIT {most}) x"
)
CONTACT = (
    "SELECT * FROM (SELECT 8, 'contact', '', c.id, null::bigint FROM cases_case c "
    "WHERE reverse(c.contact->>'phone') COLLATE \"C\" >= %(phone)s "
    "AND reverse(c.contact->>'phone') COLLATE \"C\" < %(phone_end)s AND {scope} LIMIT {most}) x"
)
# An order found brings its cases; a case found twice keeps its surest match.
FIND = """
WITH hit (rank, what, matched, case_id, order_id) AS MATERIALIZED (
    {branches}
), cases AS (
    SELECT rank, what, matched, case_id FROM hit WHERE case_id IS NOT NULL
    UNION ALL
    SELECT h.rank, h.what, h.matched, c.id FROM hit h JOIN cases_case c ON c.order_id = h.order_id WHERE h.what <> 'phone'
), best AS (
    SELECT DISTINCT ON (case_id) rank, what, matched, case_id FROM cases ORDER BY case_id, rank
), best_order AS (
    SELECT DISTINCT ON (order_id) rank, what, matched, order_id FROM hit h
    WHERE order_id IS NOT NULL AND (what = 'order' OR NOT EXISTS (SELECT 1 FROM cases_case c WHERE c.order_id = h.order_id))
    ORDER BY order_id, rank
), listed AS (
    SELECT b.rank, b.what, b.matched, c.number AS case_number, coalesce(o.number, '') AS order_number, c.title, c.service, c.status,
        c.waits_on, coalesce(m.name, '') AS merchant, u.name, u.phone, c.closed_at IS NULL AS open, c.submitted_at AS at
    FROM best b JOIN cases_case c ON c.id = b.case_id LEFT JOIN orders_order o ON o.id = c.order_id
    LEFT JOIN merchants_merchant m ON m.id = c.merchant_id JOIN accounts_buyer u ON u.id = c.buyer_id WHERE {scope}
    UNION ALL
    SELECT b.rank, b.what, b.matched, null, o.number, coalesce((SELECT l.title FROM orders_orderline l
        WHERE l.order_id = o.id ORDER BY l.line LIMIT 1), ''), '', '', '', m.name, u.name, u.phone, true, o.placed_at
    FROM best_order b JOIN orders_order o ON o.id = b.order_id
    JOIN merchants_merchant m ON m.id = o.merchant_id JOIN accounts_buyer u ON u.id = o.buyer_id WHERE {order_scope}
)
SELECT what, matched, case_number, order_number, title, service, status, waits_on, merchant, name, phone, open
FROM listed ORDER BY case_number IS NULL, rank, open DESC, at DESC LIMIT {most}
"""
