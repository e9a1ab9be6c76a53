"""A case as plain rows: one statement loads it with its items, running limits and decision; no objects per row."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from shouhou.cases.refusals import CASE_NOT_FOUND
from shouhou.foundation.refusals import refused
from shouhou.orders.replaced import SERIALS_NOW
from shouhou.plumbing.actor import Actor


@dataclass(slots=True)
class ItemRow:
    """One line of the case with what the order says of it. Amounts in minor units."""

    id: int
    line_id: int
    line: int
    sku: str
    title: str
    category: str
    ordered: int
    unit_price_minor: int
    paid_minor: int
    quantity: int
    condition: dict[str, Any]
    serials: list[str]
    sold_serials: list[str]
    received_quantity: int
    accepted_quantity: int | None
    finding: str
    grade: str
    disposition: str
    deduction_minor: int
    deduction_reason: str

    @property
    def missing(self) -> int:
        """Units applied for that have not been received."""
        return self.quantity - self.received_quantity


@dataclass(slots=True)
class DeadlineRow:
    """A limit that runs or pauses. `clock` is its event log: [[instant, started|paused|resumed|extended, note], …]."""

    id: int
    name: str
    term: str
    waits_on: str
    on_breach: str
    started_at: datetime
    due_at: datetime
    remind_at: datetime | None
    reminded_at: datetime | None
    state: str
    clock: list[list[str]]


@dataclass(slots=True)
class CaseRow:
    """Everything a move may need to know. A complaint about no order has the order 0 and "", perhaps the shop 0 and ""."""

    id: int
    number: str
    order_id: int
    order: str
    merchant_id: int
    merchant: str
    merchant_name: str
    channel: str
    buyer_id: int
    buyer: str
    tier: str
    service: str
    requested_service: str
    reason: str
    description: str
    status: str
    stage: str
    waits_on: str
    due_at: datetime | None
    version: int
    source: str
    return_method: str
    contact: dict[str, Any]
    created_by: str
    on_behalf_of: str
    verdict: str
    book: str
    book_version: str
    currency: str
    refund_minor: int
    deduction_minor: int
    preview: dict[str, Any]
    freight_payer: str
    fault: str
    return_address_id: int | None
    outcome: str
    override_reason: str
    resubmissions: int
    claims_held: bool
    rest_sent: bool
    submitted_at: datetime
    received_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    reopened_at: datetime | None
    updated_at: datetime
    placed_at: datetime
    decision_id: int | None
    details: dict[str, Any]
    decision: dict[str, Any] | None
    items: list[ItemRow] = field(default_factory=list)
    deadlines: list[DeadlineRow] = field(default_factory=list)
    # Limits that were overrun: (name, when it had started) → when it was due.
    overrun: dict[tuple[str, datetime], datetime] = field(default_factory=dict)

    @property
    def rest(self) -> bool:
        """Whether units were received that are not accepted and not yet on their way back."""
        return not self.rest_sent and any(
            item.accepted_quantity is not None and item.accepted_quantity < item.received_quantity for item in self.items
        )

    @property
    def own_items(self) -> list[ItemRow]:
        """The lines that the case is still about: without those that it has left out, which are the consumer's own again."""
        out = self.details.get("left_out", ())
        return [item for item in self.items if item.line not in out]

    @property
    def goods_received(self) -> bool:
        return self.received_at is not None

    @property
    def repair_began_at(self) -> datetime | None:
        """When the technician had the thing before them."""
        return self._instant("began")

    @property
    def repair_since(self) -> datetime | None:
        """The same, later by the time in which the consumer's answer was waited for."""
        return self._instant("counts_from")

    @property
    def appointment_ends_at(self) -> datetime | None:
        """When the window of the booked visit is over."""
        return self._instant("window_end")

    def _instant(self, name: str) -> datetime | None:
        kept = self.details.get(name)
        return datetime.fromisoformat(kept) if kept else None


# Where contact, preview, details and the decision stand among the fields.
JSON_FIELDS = ("contact", "preview", "details", "decision")
JSON_PLACES = tuple(place for place, each in enumerate(fields(CaseRow)) if each.name in JSON_FIELDS)


OF_A_SHOP = frozenset({"merchant_operator", "merchant_manager"})


def may_see(case_merchant: int, case_buyer: int, actor: Actor, *, order_id: int | None = None) -> bool:
    """A shop sees its own cases, a consumer their own (a guest those of one order), the house all."""
    if actor.role == "consumer":
        return actor.buyer_id == case_buyer and actor.order_id in (None, order_id)
    if actor.insurer is not None:
        # An insurance company is told of its claims, field by field, never of a case as a whole (L-20, L-23).
        return False
    if actor.merchant_id is not None or actor.role in OF_A_SHOP:
        # A shop's person without a shop sees nothing: None means the whole house only for the house's own people.
        return actor.merchant_id == case_merchant
    return True


def load_case(number: str, *, actor: Actor, lock: bool = False) -> CaseRow:
    """The case as `actor` may see it. Raises CASE_NOT_FOUND, also for a stranger. `lock` makes other moves wait."""
    with connection.cursor() as cursor:
        if lock:
            # A statement of its own: what follows must see what the last holder of the lock committed.
            cursor.execute("SELECT 1 FROM cases_case WHERE number = %s FOR UPDATE", [number])
        cursor.execute(LOAD, [number])
        row = cursor.fetchone()
    if row is None:
        raise refused(CASE_NOT_FOUND, number=number)
    *head, items, deadlines = row
    # Django hands raw jsonb over as text; one quick parser does all of it.
    for place in JSON_PLACES:
        head[place] = orjson.loads(head[place]) if head[place] else None
    head.append([ItemRow(*item) for item in orjson.loads(items or "[]")])
    limits = [_deadline(each) for each in orjson.loads(deadlines or "[]")]
    head.append([each for each in limits if each.state != "breached"])
    head.append({(each.name, each.started_at): each.due_at for each in limits if each.state == "breached"})
    case = CaseRow(*head)
    if not may_see(case.merchant_id, case.buyer_id, actor, order_id=case.order_id):
        raise refused(CASE_NOT_FOUND, number=number)
    return case


def _deadline(row: list[Any]) -> DeadlineRow:
    for place in (5, 6, 7, 8):
        row[place] = datetime.fromisoformat(row[place]) if row[place] else None
    return DeadlineRow(*row)


LOAD = """
SELECT c.id, c.number, coalesce(c.order_id, 0), coalesce(o.number, ''), coalesce(c.merchant_id, 0), coalesce(m.code, ''),
    coalesce(m.name, ''), coalesce(o.channel, m.channel, 'self'), c.buyer_id, b.external_id, coalesce(o.buyer_tier, b.tier),
    c.service, c.requested_service, c.reason, c.description, c.status, c.stage, c.waits_on, c.due_at, c.version,
    c.source, c.return_method, c.contact, c.created_by, c.on_behalf_of, c.verdict, c.book, c.book_version,
    c.currency, c.refund_minor, c.deduction_minor, c.preview, c.freight_payer, c.fault, c.return_address_id, c.outcome,
    c.override_reason, c.resubmissions, c.claims_held, c.rest_sent, c.submitted_at, c.received_at, c.resolved_at,
    c.closed_at, c.reopened_at, c.updated_at, coalesce(o.placed_at, c.submitted_at), c.decision_id, c.details, d.outcome,
    (SELECT jsonb_agg(jsonb_build_array(i.id, l.id, l.line, l.sku, l.title, l.category, l.quantity, l.unit_price_minor,
        l.paid_minor, i.quantity, i.condition, i.serials, /*serials*/, i.received_quantity, i.accepted_quantity,
        i.finding, i.grade, i.disposition, i.deduction_minor, i.deduction_reason) ORDER BY l.line)
     FROM cases_caseitem i JOIN orders_orderline l ON l.id = i.line_id WHERE i.case_id = c.id),
    (SELECT jsonb_agg(jsonb_build_array(x.id, x.name, x.term, x.waits_on, x.on_breach, x.started_at, x.due_at,
        x.remind_at, x.reminded_at, x.state, x.clock) ORDER BY x.due_at)
     FROM cases_deadline x WHERE x.case_id = c.id AND x.state IN ('open', 'paused', 'breached'))
FROM cases_case c
LEFT JOIN orders_order o ON o.id = c.order_id
LEFT JOIN merchants_merchant m ON m.id = c.merchant_id
JOIN accounts_buyer b ON b.id = c.buyer_id
LEFT JOIN policy_decision d ON d.id = c.decision_id
WHERE c.number = %s
""".replace("/*serials*/", SERIALS_NOW.format(line="l"))
