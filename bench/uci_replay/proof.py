"""What a replay came to, counted by plain SQL past the product's own arithmetic, and whether it is right."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from bench.uci_replay.returns import RealReturn, Shelf
from bench.uci_replay.travel import MARK
from shouhou.foundation.money import split
from shouhou.ledger.queries import trial_balance


@dataclass(frozen=True, slots=True)
class Told:
    """A case of the replay as the database has it: the units applied for, and what was paid back for them."""

    id: int
    event: str
    order: str
    service: str
    status: str
    verdict: str
    book: str
    currency: str
    applied: Mapping[int, int]
    refunded_minor: int
    second_person: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is printed; `wrong` names what must not be."""

    figures: dict[str, Any]
    wrong: dict[str, int]

    @property
    def good(self) -> bool:
        return not any(self.wrong.values())


def report(
    returns: Sequence[RealReturn], shelves: Mapping[str, Shelf], refusals: Mapping[str, str], *, seconds: float,
    moves: Mapping[str, int], movements: Sequence[Mapping[str, object]], cpu_seconds: float = 0.0,
) -> Report:  # fmt: skip
    """The account of all `returns`; `movements` is what the payment channel says it has paid."""
    by_event = {case.event: case for case in told()}
    cases = [by_event[one.event] for one in returns if one.event in by_event]
    asked = {one.event: one for one in returns}
    partly = [case for case in cases if sum(case.applied.values()) < asked[case.event].quantity]
    due = worth(cases, shelves)
    said = [asked[case.event].said_minor for case in cases if case not in partly]
    whole = [case.refunded_minor for case in cases if case not in partly]
    figures: dict[str, Any] = {
        "returns": len(returns), "taken": len(cases) - len(partly), "partly": len(partly),
        "refused": dict(Counter(refusals[one.event] for one in returns if one.event in refusals)),
        "units": {"asked": sum(one.quantity for one in returns), "taken": sum(sum(case.applied.values()) for case in cases)},
        "services": _counted(case.service for case in cases), "verdicts": _counted(case.verdict for case in cases),
        "states": _counted(case.status for case in cases), "books": _counted(case.book for case in cases),
        "second_person": sum(case.second_person for case in cases),
        "money_minor": {
            "currency": next((case.currency for case in cases), None), "expected": sum(due.values()),
            "refunded": sum(case.refunded_minor for case in cases), "channel": sum(int(str(m["amount"])) for m in movements),
            # The credit notes name prices of their own; the product pays back the price that was paid.
            "credit_notes": sum(said), "credit_notes_equal": sum(a == b for a, b in zip(said, whole, strict=True)),
        },
        "days_from_application_to_money": _middle([case.seconds / 86_400 for case in cases]),
        "moves": dict(moves), "seconds": round(seconds, 1), "cpu_seconds": round(cpu_seconds, 1),
        "cases_per_second": round(moves.get("submit", 0) / seconds, 1) if seconds else None,
    }  # fmt: skip
    return Report(figures, {
        "untold": len(returns) - len(cases) - len(set(asked) & set(refusals)),
        "not_refunded": sum(case.status not in ("refunded", "closed") for case in cases),
        "cent_wrong": sum(case.refunded_minor != due[case.id] for case in cases),
        "channel_difference": _difference(cases, movements),
        "ledger_sum": sum(abs(total) for total in trial_balance().values()),
        "paid_twice": len(movements) - len({m["key"] for m in movements}),
        **{name: _one(query) for name, query in NEVER.items()},
    })  # fmt: skip


def told() -> list[Told]:
    """The replay's cases in the order in which their refunds were instructed (what pays nothing stands where it was opened)."""
    with connection.cursor() as cursor:
        cursor.execute(TOLD, [f"{MARK}%"])
        rows = cursor.fetchall()
    return [
        Told(case, event, order, service, status, verdict, book, currency, {int(line): units for line, units in json.loads(applied)},
             int(paid), second, float(seconds))
        for case, event, order, service, status, verdict, book, currency, applied, paid, second, seconds in rows
    ]  # fmt: skip


def worth(cases: Sequence[Told], shelves: Mapping[str, Shelf]) -> dict[int, int]:
    """What each case must have given back, case id → minor units.

    Each unit its share of what its line cost, the odd pence to the first ones. An invoice with a discount row, or one
    that nobody paid, is worth what was really paid.
    """
    left: dict[tuple[str, int], tuple[int, int]] = {}
    due: dict[int, int] = defaultdict(int)
    for number in {case.order for case in cases}:
        shelf = shelves[number]
        costs = [line.paid_minor for line in shelf.lines]
        paid = max(0, shelf.paid_minor - shelf.freight_minor)
        for line, cost in zip(shelf.lines, split(paid, costs) if sum(costs) > paid else costs, strict=True):
            left[number, line.line] = line.quantity, cost
    for case in cases:
        due[case.id] = 0
        for place, quantity in case.applied.items():
            units, cost = left[case.order, place]
            each, odd = divmod(cost, units)
            gives = each * quantity + min(odd, quantity)
            left[case.order, place] = units - quantity, cost - gives
            due[case.id] += gives
    return due


def _difference(cases: Sequence[Told], movements: Sequence[Mapping[str, object]]) -> int:
    return sum(case.refunded_minor for case in cases) - sum(int(str(moved["amount"])) for moved in movements)


def _counted(names: Any) -> dict[str, int]:
    return dict(Counter(names).most_common())


def _middle(values: Sequence[float]) -> float | None:
    return round(sorted(values)[len(values) // 2], 1) if values else None


def _one(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


TOLD = """
SELECT c.id, substr(c.call_note, 5), o.number, c.service, c.status, c.verdict, c.book || ' ' || c.book_version, c.currency,
    (SELECT jsonb_agg(jsonb_build_array(l.line, i.quantity) ORDER BY l.line)::text
     FROM cases_caseitem i JOIN orders_orderline l ON l.id = i.line_id WHERE i.case_id = c.id),
    coalesce(r.amount_minor, 0), coalesce(r.approved_by <> '', false),
    coalesce(extract(epoch FROM c.resolved_at - c.submitted_at), 0)
FROM cases_case c JOIN orders_order o ON o.id = c.order_id
LEFT JOIN payments_refund r ON r.subject = c.number AND r.state = 'settled'
WHERE c.call_note LIKE %s ORDER BY coalesce(r.instructed_at, c.resolved_at, c.submitted_at), c.id
"""
# Each must be zero.
NEVER = {
    "over_returned_lines": """
        SELECT count(*) FROM (
            SELECT l.id FROM orders_orderline l JOIN cases_caseitem i ON i.line_id = l.id
            GROUP BY l.id HAVING sum(i.accepted_quantity) > l.quantity OR l.claimed_quantity > l.quantity) x""",
    "over_paid_tenders": """
        SELECT count(*) FROM (
            SELECT p.id FROM orders_payment p JOIN payments_refundpart t ON t.payment_id = p.id AND t.state = 'settled'
            GROUP BY p.id HAVING sum(t.amount_minor) > p.amount_minor) x""",
    "owed_to_buyers": """
        SELECT coalesce(sum(CASE WHEN p.destination LIKE 'buyer:%' THEN p.amount_minor ELSE -p.amount_minor END), 0)::bigint
        FROM ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id
        WHERE t.phase = 'posted' AND (p.source LIKE 'buyer:%') <> (p.destination LIKE 'buyer:%')""",
    "ledger_difference": """
        SELECT (SELECT coalesce(sum(amount_minor), 0) FROM payments_refundpart WHERE state = 'settled')::bigint
            - (SELECT coalesce(sum(CASE WHEN p.destination LIKE 'tender:%' THEN p.amount_minor ELSE -p.amount_minor END), 0)
               FROM ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id
               WHERE t.phase = 'posted' AND (p.source LIKE 'tender:%') <> (p.destination LIKE 'tender:%'))::bigint""",
    "open_parts": "SELECT count(*) FROM payments_refundpart WHERE state IN ('pending', 'sent', 'unknown')",
    "not_restocked": """
        SELECT ((SELECT coalesce(sum(accepted_quantity), 0) FROM cases_caseitem)
            - (SELECT coalesce(sum(quantity), 0) FROM orders_restock WHERE state = 'told'))::bigint""",
    "jobs_left": "SELECT count(*) FROM procrastinate_jobs WHERE queue_name IN ('payments', 'shop') AND status IN ('todo', 'doing')",
}  # fmt: skip
