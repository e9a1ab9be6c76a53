"""What an inspection finds: line by line the parts that are alike, with verdict, grade, disposition, deduction."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from shouhou.cases.effects.endings import release
from shouhou.cases.effects.money import agree, then_refund
from shouhou.cases.effects.review import agreed_address, set_fault
from shouhou.cases.evidence import attach_tokens
from shouhou.cases.findings import findings_of, store
from shouhou.cases.moving import Moving
from shouhou.cases.parts import Part, all_accepted, as_received, none_accepted, parts_in, sum_up, wrong
from shouhou.cases.refusals import CONSENT_NOT_YOURS
from shouhou.foundation.refusals import refused


def find(moving: Moving) -> None:
    """Accept what was found; lines not named are accepted as received, as new. Money is not cut here."""
    _take_findings(moving, moving.answers.get("items", ()), deductions=False)
    if not any(item.accepted_quantity for item in moving.case.items):
        raise wrong("验收通过至少需要一件，请改用“验收不通过”。", "nothing is accepted: use “do not accept”")
    _fault(moving)


def find_deductions(moving: Moving) -> None:
    """The same with deductions, each with its reason; nothing is cut before the consumer agrees."""
    _take_findings(moving, moving.answers["items"], deductions=True)
    if not any(item.deduction_minor for item in moving.case.items):
        raise wrong("请至少填写一项扣款金额。", "give at least one deduction")


def rule_deductions(moving: Moving) -> None:
    find_deductions(moving)


def accept_everything(moving: Moving) -> None:
    """No decision in time: all that was received is accepted, nothing is cut."""
    items = moving.case.items
    inspected = any(item.accepted_quantity is not None for item in items)
    before = findings_of(items) if inspected else {}
    _keep(moving, {item.line: all_accepted(item, before.get(item.id, [])) for item in items})


def accept_nothing(moving: Moving) -> None:
    reason = str(moving.answers.get("reason_code", ""))
    _keep(moving, {item.line: none_accepted(item, reason=reason) for item in moving.case.items})
    moving.set(outcome="not_accepted", deduction_minor=0)
    _fault(moving)


def rule_for_consumer(moving: Moving) -> None:
    """The ruling executes itself: the goods are taken back, or, when they are here, the money goes out."""
    if not moving.case.goods_received:
        moving.go("awaiting_goods")
        moving.set(return_address_id=agreed_address(moving), outcome="")
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
    parts = {item.line: as_received(item) for item in moving.case.items}
    seen: set[int] = set()
    for each in findings:
        line = each.get("line")
        found = by_line.get(line) if isinstance(line, int) else None
        if found is None or found.line in seen:
            raise wrong(f"没有第 {line} 行，或重复填写。", f"line {line} is unknown or stands twice")
        seen.add(found.line)
        parts[found.line] = parts_in(found, each, deductions=deductions)
    _keep(moving, parts)
    moving.set(deduction_minor=sum(item.deduction_minor for item in moving.case.items))


def _keep(moving: Moving, parts: Mapping[int, list[Part]]) -> None:
    for item in moving.case.items:
        sum_up(item, parts[item.line])
    store(moving.case.items, parts, moving.answers.get("checklist", {}))
