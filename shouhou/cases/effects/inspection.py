"""What an inspection finds: per line accepted quantity, grade, disposition, deduction."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from shouhou.cases.answers import invalid
from shouhou.cases.checklists import POINTS
from shouhou.cases.effects.endings import release
from shouhou.cases.effects.money import agree, then_refund
from shouhou.cases.effects.review import return_address, set_fault
from shouhou.cases.evidence import attach_tokens
from shouhou.cases.moving import Moving
from shouhou.cases.refusals import CONSENT_NOT_YOURS
from shouhou.cases.rows import ItemRow
from shouhou.cases.workflows.asks import CHECKS, DISPOSITIONS, GRADES
from shouhou.foundation.refusals import FieldError, Refused, refused

FIELDS = frozenset(
    {"line", "accepted", "grade", "disposition", "deduction", "deduction_reason", "checklist"}
)


def find(moving: Moving) -> None:
    """Accept what was found; lines not named are accepted as received, as new. Money is not cut here."""
    _take_findings(moving, moving.answers.get("items", ()), deductions=False)
    if not any(item.accepted_quantity for item in moving.case.items):
        raise _wrong("验收通过至少需要一件，请改用“验收不通过”。", "nothing is accepted: use “do not accept”")
    _fault(moving)


def find_deductions(moving: Moving) -> None:
    """The same with deductions, each with its reason; nothing is cut before the consumer agrees."""
    _take_findings(moving, moving.answers["items"], deductions=True)
    if not any(item.deduction_minor for item in moving.case.items):
        raise _wrong("请至少填写一项扣款金额。", "give at least one deduction")


def rule_deductions(moving: Moving) -> None:
    find_deductions(moving)


def accept_everything(moving: Moving) -> None:
    """No decision in time: all that was received is accepted, nothing is cut."""
    for item in moving.case.items:
        item.accepted_quantity, item.deduction_minor, item.deduction_reason = item.received_quantity, 0, ""
        item.grade, item.disposition, item.finding = item.grade or "B", item.disposition or "open_box", "accepted"
    _store(moving)


def accept_nothing(moving: Moving) -> None:
    for item in moving.case.items:
        item.accepted_quantity, item.deduction_minor, item.deduction_reason = 0, 0, ""
        item.finding, item.disposition = "rejected", "consumer"
    _store(moving)
    moving.set(outcome="not_accepted", deduction_minor=0)
    _fault(moving)


def rule_for_consumer(moving: Moving) -> None:
    """The ruling executes itself: the goods are taken back, or, when they are here, the money goes out."""
    if not moving.case.goods_received:
        moving.go("awaiting_goods")
        moving.set(return_address_id=return_address(moving.case.merchant_id, moving.case.merchant), outcome="")
        _fault(moving)
        return
    accept_everything(moving)
    moving.set(deduction_minor=0, outcome="")
    _fault(moving)
    agree(moving)
    then_refund(moving)


def rule_for_seller(moving: Moving) -> None:
    """With goods here they go back; without, the case ends and the units are free."""
    if moving.case.goods_received:
        accept_nothing(moving)
        return
    moving.go("closed")
    release(moving)
    moving.set(outcome="rejected")


def consented(moving: Moving) -> None:
    """Consent is the consumer's own. Who speaks for them is neither who proposed the deduction nor the shop's person."""
    actor = moving.actor
    if actor.role == "consumer":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT who FROM cases_historyentry WHERE case_id = %s AND move = 'propose_deduction' ORDER BY id DESC LIMIT 1",
            [moving.case.id],
        )
        row = cursor.fetchone()
    if actor.merchant_id is not None or (row and row[0] == actor.who):
        raise refused(CONSENT_NOT_YOURS)


def photos(moving: Moving) -> None:
    attach_tokens(moving.case.id, moving.answers.get("photos", ()), kind="inspection", actor=moving.actor, now=moving.now)


def _fault(moving: Moving) -> None:
    if moving.answers.get("fault"):
        set_fault(moving, str(moving.answers["fault"]))


def _take_findings(moving: Moving, findings: Iterable[Mapping[str, Any]], *, deductions: bool) -> None:
    by_line = {item.line: item for item in moving.case.items}
    seen: set[int] = set()
    checked: dict[int, dict[str, str]] = {}
    for item in moving.case.items:
        item.accepted_quantity, item.grade, item.disposition = item.received_quantity, "A", "restock"
        item.finding, item.deduction_minor, item.deduction_reason = "accepted", 0, ""
    for each in findings:
        line = each.get("line")
        found = by_line.get(line) if isinstance(line, int) else None
        if found is None or line in seen:
            raise _wrong(f"没有第 {line} 行，或重复填写。", f"line {line} is unknown or stands twice")
        if set(each) - FIELDS:
            raise _wrong(f"未知字段 {sorted(set(each) - FIELDS)}", f"unknown fields {sorted(set(each) - FIELDS)}")
        seen.add(found.line)
        _take_finding(found, each, deductions=deductions)
        checked[found.line] = _checklist(found.line, each.get("checklist", {}))
    moving.set(deduction_minor=sum(item.deduction_minor for item in moving.case.items))
    _store(moving, checked)


def _take_finding(item: ItemRow, each: Mapping[str, Any], *, deductions: bool) -> None:
    accepted, deduction = each.get("accepted", item.received_quantity), each.get("deduction", 0)
    if not _whole(accepted) or accepted > item.received_quantity:
        raise _wrong(
            f"第 {item.line} 行收到 {item.received_quantity} 件，不能通过 {accepted} 件。",
            f"line {item.line}: {item.received_quantity} received, {accepted} cannot be accepted",
        )
    if not _among(GRADES, each.get("grade", "A")) or not _among(DISPOSITIONS, each.get("disposition", "restock")):
        raise _wrong(f"第 {item.line} 行成色或去向无效。", f"line {item.line}: unknown grade or disposition")
    item.accepted_quantity, item.grade = accepted, each.get("grade", "A")
    # CON-15: what is not as new never re-enters new stock.
    item.disposition = each.get("disposition", "restock" if item.grade == "A" else "open_box")
    if item.grade != "A" and item.disposition == "restock":
        raise _wrong(
            f"第 {item.line} 行成色 {item.grade} 不能作为新品入库。", f"line {item.line}: grade {item.grade} is not new stock"
        )
    item.finding = "accepted" if accepted == item.quantity else "partly" if accepted else "rejected"
    item.deduction_reason = str(each.get("deduction_reason", "")).strip()[:300]
    if not _whole(deduction) or deduction > item.paid_minor * accepted // item.ordered:
        raise _wrong(f"第 {item.line} 行扣款超过可退金额。", f"line {item.line}: the deduction is more than its refund")
    if deduction and (not deductions or not item.deduction_reason):
        raise _wrong(
            f"第 {item.line} 行扣款须写明理由并经消费者同意，请用“提出扣款”。",
            f"line {item.line}: a deduction needs a reason and the consumer's consent: use “propose a deduction”",
        )
    item.deduction_minor = deduction


def _among(choices: Mapping[str, object], value: object) -> bool:
    return isinstance(value, str) and value in choices


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _wrong(zh: str, en: str) -> Refused:
    return invalid(FieldError("items", zh, en))


def _checklist(line: int, checklist: object) -> dict[str, str]:
    """What was looked at on this line, besides what holds for the whole parcel (CON-13)."""
    known = POINTS | set(CHECKS)
    if not isinstance(checklist, dict) or set(checklist) - known or not all(isinstance(v, str) for v in checklist.values()):
        raise _wrong(f"第 {line} 行清单无效。", f"line {line}: the checklist is not valid; it knows {', '.join(sorted(known))}")
    return {name: value[:40] for name, value in checklist.items()}


def _store(moving: Moving, checked: Mapping[int, Mapping[str, str]] | None = None) -> None:
    """Findings with their checklist: that of the move, refined by that of the line."""
    rows, common = moving.case.items, moving.answers.get("checklist", {})
    values: list[Any] = [
        Jsonb([{"checklist": {**common, **(checked or {}).get(row.line, {})}} for row in rows]),
        [row.id for row in rows], [row.accepted_quantity for row in rows], [row.finding for row in rows],
        [row.grade for row in rows], [row.disposition for row in rows], [row.deduction_minor for row in rows],
        [row.deduction_reason for row in rows],
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(STORE, values)


STORE = """
UPDATE cases_caseitem i SET accepted_quantity = x.accepted, finding = x.finding, grade = x.grade,
    disposition = x.disposition, deduction_minor = x.deduction, deduction_reason = x.why,
    inspection = %s::jsonb -> (x.place - 1)::int
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[])
    WITH ORDINALITY AS x(id, accepted, finding, grade, disposition, deduction, why, place)
WHERE i.id = x.id
"""
