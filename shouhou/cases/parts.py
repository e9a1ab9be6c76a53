"""A received line as the inspection found it: parts of units that are alike, each with verdict, grade and where it goes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from shouhou.cases.answers import invalid
from shouhou.cases.checklists import POINTS
from shouhou.cases.rows import ItemRow
from shouhou.cases.workflows.asks import CHECKS, DISPOSITIONS, GRADES, REJECTION_REASONS
from shouhou.foundation.refusals import FieldError, Refused

Verdict = Literal["accepted", "rejected"]
FLAT = frozenset({"line", "accepted", "grade", "disposition", "deduction", "deduction_reason", "checklist"})
SPLIT = frozenset({"line", "units"})
UNIT = frozenset({
    "quantity", "verdict", "grade", "disposition", "deduction", "deduction_reason", "reason", "serials", "checklist", "note",
})  # fmt: skip
PARTS_MOST = 50
REASON_MOST, NOTE_MOST, SERIAL_MOST = 300, 300, 80
# From best to worst: what a line with several parts shows as its own.
BEST_FIRST = ("restock", "open_box", "refurbish", "supplier", "scrap", "consumer")


@dataclass(frozen=True, slots=True)
class Part:
    """Units found alike. `deduction_minor` is for the whole part, `reason` the ground on which it was not accepted."""

    quantity: int
    verdict: Verdict
    grade: str
    disposition: str
    deduction_minor: int = 0
    deduction_reason: str = ""
    reason: str = ""
    serials: tuple[str, ...] = ()
    checklist: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


def parts_in(item: ItemRow, told: Mapping[str, Any], *, deductions: bool) -> list[Part]:
    """What was said of a line, in either shape: flat for units all alike, `units` for parts that differ.

    Raises ANSWERS_INVALID; `deductions` says whether money may be cut by this move.
    """
    known = SPLIT if "units" in told else FLAT
    if set(told) - known:
        raise wrong(f"未知字段 {sorted(set(told) - known)}", f"unknown fields {sorted(set(told) - known)}")
    parts = _units(item, told["units"]) if "units" in told else _flat(item, told)
    for part in parts:
        if part.deduction_minor > item.paid_minor * part.quantity // item.ordered:
            raise wrong(f"第 {item.line} 行扣款超过可退金额。", f"line {item.line}: the deduction is more than its refund")
        if part.deduction_minor and (not deductions or not part.deduction_reason):
            raise wrong(
                f"第 {item.line} 行扣款须写明理由并经消费者同意，请用“提出扣款”。",
                f"line {item.line}: a deduction needs a reason and the consumer's consent: use “propose a deduction”",
            )
    return parts


def as_received(item: ItemRow) -> list[Part]:
    """A line that nobody named: accepted as received, as new."""
    return [Part(item.received_quantity, "accepted", "A", "restock")] if item.received_quantity else []


def all_accepted(item: ItemRow, before: Sequence[Part]) -> list[Part]:
    """Everything taken back and nothing cut; what an inspector saw before stays seen, part by part."""
    if not item.received_quantity:
        return []
    if sum(part.quantity for part in before) != item.received_quantity:
        before = [Part(item.received_quantity, "accepted", item.grade, item.disposition)]
    return [
        replace(
            part, verdict="accepted", grade=part.grade or "B", deduction_minor=0, deduction_reason="", reason="",
            disposition="open_box" if part.disposition in ("", "consumer") else part.disposition,
        )
        for part in before
    ]  # fmt: skip


def none_accepted(item: ItemRow, *, reason: str) -> list[Part]:
    if not item.received_quantity:
        return []
    return [Part(item.received_quantity, "rejected", item.grade, "consumer", reason=reason if reason in REJECTION_REASONS else "")]


def sum_up(item: ItemRow, parts: Sequence[Part]) -> None:
    """The line's own columns: sums, and of grade and disposition the worst that was accepted."""
    taken = [part for part in parts if part.verdict == "accepted"]
    accepted = sum(part.quantity for part in taken)
    worst = max(taken or parts, key=lambda part: (part.grade, BEST_FIRST.index(part.disposition)), default=None)
    item.accepted_quantity = accepted
    item.grade, item.disposition = (worst.grade, worst.disposition) if worst else ("", "")
    item.deduction_minor = sum(part.deduction_minor for part in taken)
    reasons = dict.fromkeys(part.deduction_reason for part in taken if part.deduction_reason)
    item.deduction_reason = "；".join(reasons)[:REASON_MOST]
    item.finding = "" if not parts else "accepted" if accepted == item.received_quantity else "partly" if accepted else "rejected"


def wrong(zh: str, en: str) -> Refused:
    return invalid(FieldError("items", zh, en))


def _flat(item: ItemRow, told: Mapping[str, Any]) -> list[Part]:
    accepted = told.get("accepted", item.received_quantity)
    if not _whole(accepted) or accepted > item.received_quantity:
        raise wrong(
            f"第 {item.line} 行收到 {item.received_quantity} 件，不能通过 {accepted} 件。",
            f"line {item.line}: {item.received_quantity} received, {accepted} cannot be accepted",
        )
    part = _part(item, {**{name: told[name] for name in told if name not in ("line", "accepted")}, "quantity": accepted})
    if part.deduction_minor and not accepted:
        raise wrong(f"第 {item.line} 行扣款超过可退金额。", f"line {item.line}: the deduction is more than its refund")
    rest = item.received_quantity - accepted
    sent_home = Part(rest, "rejected", "" if accepted else part.grade, "consumer", checklist=part.checklist)
    return [*([part] if accepted else []), *([sent_home] if rest else [])]


def _units(item: ItemRow, units: object) -> list[Part]:
    if not isinstance(units, list) or not 0 < len(units) <= PARTS_MOST or not all(isinstance(unit, dict) for unit in units):
        raise wrong(f"第 {item.line} 行应为 1 到 {PARTS_MOST} 份。", f"line {item.line}: units is a list of 1 to {PARTS_MOST} parts")
    for unit in units:
        if set(unit) - UNIT:
            raise wrong(f"未知字段 {sorted(set(unit) - UNIT)}", f"unknown fields {sorted(set(unit) - UNIT)}")
        if not _whole(unit.get("quantity")) or not unit["quantity"]:
            raise wrong(f"第 {item.line} 行每份至少一件。", f"line {item.line}: every part has a quantity of at least 1")
    found = sum(unit["quantity"] for unit in units)
    if found != item.received_quantity:
        raise wrong(
            f"第 {item.line} 行收到 {item.received_quantity} 件，各份合计 {found} 件，须相等。",
            f"line {item.line}: {item.received_quantity} received, the parts come to {found}; they must agree",
        )
    parts = [_part(item, unit) for unit in units]
    serials = [serial for part in parts for serial in part.serials]
    if len(serials) != len(set(serials)):
        raise wrong(f"第 {item.line} 行序列号重复。", f"line {item.line}: a serial stands twice")
    return parts


def _part(item: ItemRow, told: Mapping[str, Any]) -> Part:
    verdict, grade, deduction = told.get("verdict", "accepted"), told.get("grade", "A"), told.get("deduction", 0)
    if verdict not in ("accepted", "rejected"):
        raise wrong(f"第 {item.line} 行结论无效。", f"line {item.line}: the verdict is accepted or rejected")
    home = "consumer" if verdict == "rejected" else "restock" if grade == "A" else "open_box"
    # CON-15: what is not as new never re-enters new stock.
    way = told.get("disposition") or home
    if not _among(GRADES, grade) or not _among(DISPOSITIONS, way):
        raise wrong(f"第 {item.line} 行成色或去向无效。", f"line {item.line}: unknown grade or disposition")
    if grade != "A" and way == "restock":
        raise wrong(f"第 {item.line} 行成色 {grade} 不能作为新品入库。", f"line {item.line}: grade {grade} is not new stock")
    if verdict == "rejected" and way != "consumer":
        raise wrong(f"第 {item.line} 行不通过的商品须退回消费者。", f"line {item.line}: what is not accepted goes back to the consumer")
    if not _whole(deduction) or (deduction and verdict == "rejected"):
        raise wrong(f"第 {item.line} 行扣款金额无效。", f"line {item.line}: the deduction is not valid")
    reason = told.get("reason") or ""
    if reason and (verdict == "accepted" or not _among(REJECTION_REASONS, reason)):
        raise wrong(f"第 {item.line} 行不通过的理由无效。", f"line {item.line}: unknown ground of rejection")
    return Part(
        told["quantity"], verdict, grade, way, deduction, _text(told.get("deduction_reason"), REASON_MOST), reason,
        _serials(item, told.get("serials") or [], told["quantity"]), _checklist(item.line, told.get("checklist") or {}),
        _text(told.get("note"), NOTE_MOST),
    )  # fmt: skip


def _serials(item: ItemRow, serials: object, most: int) -> tuple[str, ...]:
    fine = isinstance(serials, list) and all(isinstance(each, str) and 0 < len(each) <= SERIAL_MOST for each in serials)
    if not fine or not isinstance(serials, list) or len(serials) > most:
        raise wrong(f"第 {item.line} 行序列号应为文字列表，且不多于件数。", f"line {item.line}: serials are texts, not more than units")
    return tuple(serials)


def _checklist(line: int, checklist: object) -> dict[str, str]:
    """What was looked at on these units, besides what holds for the whole parcel (CON-13)."""
    known = POINTS | set(CHECKS)
    if not isinstance(checklist, dict) or set(checklist) - known or not all(isinstance(v, str) for v in checklist.values()):
        raise wrong(f"第 {line} 行清单无效。", f"line {line}: the checklist is not valid; it knows {', '.join(sorted(known))}")
    return {name: value[:40] for name, value in checklist.items()}


def _text(value: object, most: int) -> str:
    return str(value or "").strip()[:most]


def _among(choices: Iterable[str], value: object) -> bool:
    return isinstance(value, str) and value in choices


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
