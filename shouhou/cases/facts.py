"""From the order's records and the applicant's words to the policy's facts, and the decision per line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.db import connection

from shouhou.cases.covered import NO_PLANS, in_force
from shouhou.cases.reasons import FAMILY
from shouhou.cases.records import RECORDED, Recorded, records_from
from shouhou.cases.refusals import ORDER_NOT_FOUND
from shouhou.cases.rows import may_see
from shouhou.cases.workshop import NOTHING, Established, established, warranty_with
from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import FieldError, refused
from shouhou.merchants.queries import RETURN_ADDRESS
from shouhou.orders.replaced import SERIALS_NOW
from shouhou.payments.queries import ORDER_MONEY, ORDER_MONEY_ARRAY, money_from
from shouhou.payments.rules import OrderMoney
from shouhou.plans.queries import PLANS
from shouhou.plumbing.actor import Actor
from shouhou.policy.compiler import CompiledBook
from shouhou.policy.decide import BAD_FACT, Decision, decide, decision_row
from shouhou.policy.prepare import prepare
from shouhou.policy.rules.warranty import Warranty
from shouhou.policy.vocabulary import FactValue
from shouhou.repairs.queries import STAYS, stay

# What an applicant may say of the goods; everything else is found by others. What is not said is taken as intact:
# the inspection will tell, and silence is no ground for refusal.
CONDITION: dict[str, FactValue] = {
    "opened": False, "used": False, "activated": False, "seal": "intact", "tag": "intact", "soiled": False,
    "accessories": "complete", "gift": "none", "label": "ok", "serial": "match", "packaging": "ok",
    "unrelated_damage": False,
}  # fmt: skip
RANKS = {"allow": 0, "allow_paid": 1, "review": 2, "na": 3, "deny": 4}


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line of an order as a decision needs it. `left` units are in no case yet."""

    id: int
    line: int
    sku: str
    title: str
    category: str
    quantity: int
    unit_price_minor: int
    paid_minor: int
    serials: list[str]
    left: int
    received_on: date | None
    receipt_source: str
    excludable_by_nature: bool
    confirmed_no_return: bool
    promised_no_reason: bool
    warranty: dict[str, Any]
    plans: list[str]
    # The work orders of its units, as the workshop tells them (repairs.queries.STAY).
    stays: list[Any] | None = None
    # Its sold plans, as plans.queries.PLAN tells them; `plans` is what the order itself names.
    sold: list[Any] | None = None
    # Units of it that were exchanged without a reason.
    exchanged: int = 0
    # The page as it was sold from (orders.models.OrderLine.page).
    page: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """One order as an application needs it."""

    id: int
    number: str
    merchant_id: int
    merchant: str
    merchant_name: str
    auto_review: bool
    channel: str
    buyer_id: int
    buyer: str
    tier: str
    currency: str
    book: str
    book_version: str
    placed_at: datetime
    region_code: str
    return_address_id: int | None
    # The membership of today; `tier` is that of the order (MEM-04).
    tier_now: str
    lines: dict[int, LineFacts]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with what is stored and shown of it; `shown` keeps rendered answers by language."""

    decision: Decision
    row: dict[str, object]
    outcome: dict[str, Any]
    verdicts: Mapping[Any, str]
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def reasons(self) -> list[str]:
        return self.outcome["reasons"]  # type: ignore[no-any-return]


def load_order(number: str, *, actor: Actor) -> OrderFacts:
    """The order as `actor` may see it, in one statement. Raises ORDER_NOT_FOUND, also for a stranger."""
    return _order(_row(LOAD, number, actor))


def load_order_with_money(number: str, *, actor: Actor) -> tuple[OrderFacts, OrderMoney]:
    """The same with the money side of the order, still one statement: what an application needs."""
    *row, money = _row(LOAD_WITH_MONEY, number, actor)
    return _order(row), money_from(row[0], orjson.loads(money))


def load_order_with_records(number: str, *, actor: Actor) -> tuple[OrderFacts, dict[int, Recorded]]:
    """The same with what its records say of each line: what promises are decided on."""
    *row, records = _row(LOAD_WITH_RECORDS, number, actor)
    return _order(row), records_from(orjson.loads(records or "[]"))


def _row(statement: str, number: str, actor: Actor) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"number": number})
        row = cursor.fetchone()
    if row is None or not may_see(row[2], row[7], actor, order_id=row[0]):
        raise refused(ORDER_NOT_FOUND, number=number[:80])
    return list(row)


def _order(row: list[Any]) -> OrderFacts:
    *head, lines = row
    found = [_line(line) for line in orjson.loads(lines or "[]")]
    head.append({line.line: line for line in found})
    return OrderFacts(*head)


def decide_line(
    order: OrderFacts, line: LineFacts, wish: Any, *, reason: str, book: CompiledBook, now: datetime, fault: str = "", serial: str = ""
) -> Decided:  # fmt: skip
    """What the pinned book says of this line. Raises BAD_FACT for a condition outside the vocabulary.

    The policy knows days, not seconds: lines alike in all that counts get the same decision, made once and kept.
    """
    stated: dict[str, FactValue] = {
        **CONDITION, **_said(wish.condition), "member": order.tier if order.tier in ("plus",) else "none",
        "excludable_by_nature": line.excludable_by_nature, "confirmed_no_return": line.confirmed_no_return,
        "promised_no_reason": line.promised_no_reason, "order_record": "present",
        "defect_status": "claimed" if reason == "quality" else "none", "force_majeure": False,
        # Own delivery area until an address says otherwise: the pickup's own booking knows the region (LOG-01).
        "in_own_area": True,
        # How often these units have been exchanged already, if those exchanged first are asked for last.
        "exchanged": max(0, -(-(line.exchanged + wish.quantity) // line.quantity) - 1),
    }  # fmt: skip
    workshop = _workshop(line, fault=fault, serial=serial, book=book, now=now) if line.stays and reason == "quality" else NOTHING
    stated |= dict(workshop.facts)
    on = local_day(now, ZoneInfo(book.book.zone))
    plans = in_force(order, line, on=on, facts=stated, serial=serial) if line.sold or line.plans else NO_PLANS
    start, installed, replaced = (line.warranty.get(name) for name in ("start", "installed_at", "replaced"))
    key = (
        on, line.received_on, reason, order.channel, line.category,
        tuple(stated.values()), plans, start, installed, replaced, workshop, line.warranty.get("factory_date"),
    )  # fmt: skip
    kept = _kept_for(book)
    found = kept.get(key)
    if found is None:
        facts = prepare(
            book=book, at=now, received_on=line.received_on, reason=FAMILY[reason].policy, channel=order.channel, category=line.category,
            stated=stated, plans=plans.names, extended_on=plans.extended_on, imei_factory_on=_day(line.warranty.get("factory_date")),
            warranty=warranty_with(
                Warranty(_day(start), _day(installed), _day(replaced), extended_months=plans.extended_months), workshop
            ),
        )  # fmt: skip
        decision = decide(facts, book=book)
        found = Decided(decision, decision_row(decision), decision.as_dict(), decision.verdicts)
        if len(kept) >= KEPT_MOST:
            kept.clear()
        kept[key] = found
    return found


def worst(decisions: Mapping[int, Decided], service: str) -> tuple[str, int]:
    """The verdict that decides the whole application, and the line it comes from."""
    return max(
        ((decided.verdicts[service], line) for line, decided in decisions.items()),
        key=lambda pair: (RANKS[pair[0]], -pair[1]),
    )


def _line(row: list[Any]) -> LineFacts:
    row[10] = date.fromisoformat(row[10]) if row[10] else None
    return LineFacts(*row)


def _said(condition: Mapping[str, object]) -> dict[str, FactValue]:
    said: dict[str, FactValue] = {}
    for name, value in condition.items():
        if name not in CONDITION or not isinstance(value, bool | str):
            raise refused(
                BAD_FACT, FieldError(f"lines.condition.{str(name)[:40]}", "没有这一项或取值无效。", "Unknown item or value."),
                fact=str(name)[:40], value=str(value)[:40],
            )  # fmt: skip
        said[name] = value
    return said


def _workshop(line: LineFacts, *, fault: str, serial: str, book: CompiledBook, now: datetime) -> Established:
    """What repairs of this line's units have established, for a claim of this fault."""
    return established(
        [stay(row, now=now) for row in line.stays or ()], fault=fault, serial=serial, replaced=_day(line.warranty.get("replaced")),
        after=int(book.term("repairs_before_exchange")), now=now,
    )  # fmt: skip


def _day(value: object) -> date | None:
    return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None


def _kept_for(book: CompiledBook) -> dict[Any, Decided]:
    """The decisions kept for this very book; a book recompiled with a new calendar begins anew."""
    held = _kept.get(id(book))
    if held is None or held[0] is not book:
        if len(_kept) >= BOOKS_MOST:
            _kept.clear()
        held = _kept[id(book)] = (book, {})
    return held[1]


KEPT_MOST, BOOKS_MOST = 5000, 16
_kept: dict[int, tuple[CompiledBook, dict[Any, Decided]]] = {}
LOAD = """
SELECT o.id, o.number, o.merchant_id, m.code, m.name, m.auto_review, o.channel, o.buyer_id, b.external_id, o.buyer_tier,
    o.currency, o.book, o.book_version, o.placed_at, coalesce(o.address ->> 'region_code', ''),
    /*return address*/, b.tier,
    (SELECT jsonb_agg(jsonb_build_array(l.id, l.line, l.sku, l.title, l.category, l.quantity, l.unit_price_minor,
        l.paid_minor, /*serials*/, l.quantity - l.claimed_quantity, l.received_on, l.receipt_source,
        l.excludable_by_nature, l.confirmed_no_return, l.promised_no_reason,
        CASE WHEN l.replaced_on IS NULL AND l.installed_on IS NULL THEN l.warranty ELSE l.warranty || jsonb_strip_nulls(
            jsonb_build_object('replaced', l.replaced_on, 'installed_at', coalesce(l.warranty ->> 'installed_at', l.installed_on::text))
        ) END,
        l.plans, /*stays*/, /*sold*/,
        (SELECT coalesce(sum(i.quantity), 0) FROM cases_caseitem i JOIN cases_case c ON c.id = i.case_id
         WHERE i.line_id = l.id AND c.service = 'exchange' AND c.reason = 'no_reason' AND c.outcome = 'exchanged'),
        nullif(l.page, '{}'::jsonb)) ORDER BY l.line)
     FROM orders_orderline l WHERE l.order_id = o.id)
FROM orders_order o
JOIN merchants_merchant m ON m.id = o.merchant_id
JOIN accounts_buyer b ON b.id = o.buyer_id
WHERE o.number = %(number)s
""".replace("/*serials*/", SERIALS_NOW.format(line="l")).replace(
    "/*return address*/", RETURN_ADDRESS.format(merchant="o.merchant_id")
).replace(
    "/*stays*/", STAYS.format(line="l.id")
).replace("/*sold*/", PLANS.format(line="l.id"))
_MONEY = ORDER_MONEY_ARRAY.format(money=ORDER_MONEY).replace(
    "%(order)s", "(SELECT id FROM orders_order WHERE number = %(number)s)"
)
LOAD_WITH_MONEY = LOAD.replace("\nFROM orders_order o\n", f",\n{_MONEY}\nFROM orders_order o\n")
_RECORDS = RECORDED.replace("%(order)s", "o.id").replace("%(besides)s", "''")
LOAD_WITH_RECORDS = LOAD.replace("\nFROM orders_order o\n", f",\n{_RECORDS}::jsonb\nFROM orders_order o\n")
