"""What was previewed, what was agreed and what was paid, side by side, with the reason of every line that differs. Pure."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shouhou.foundation.workflow import Text
from shouhou.payments.rules.facts import DEDUCTION_BASES, DEDUCTION_LABELS, IN_KIND

Kind = Literal["goods", "freight", "deduction", "in_kind", "total", "tender", "subsidy"]
Side = Mapping[str, Any]
"""A `refund_preview` of the contract; the paid one has a `state` beside each tender's amount."""

SETTLED = "settled"
FREIGHT = Text("发货运费", "Outbound freight")
TOTAL = Text("退款合计", "Refund in total")
SUBSIDY = Text("平台促销补贴（退回平台）", "Platform's promotion (back to the platform)")
_FREIGHT_BACK = Text("全部商品退回且责任不在消费者，发货运费一并退还",
                     "Nothing is kept and the consumer is not at fault: the outbound freight goes back, too")
_MEANWHILE = Text("同一订单的其他退款改变了可退金额", "Other refunds of the order have changed what is left")
_RESETTLED = Text("退货后不再满足优惠条件：留下的商品按单价结算，多退少补",
                  "The promotion no longer holds: the kept goods at their single prices, the rest goes back")
AS_ABOVE = Text("与上列各行的变化一致", "As the lines above have changed")
_STATES: dict[str, Text] = {
    "pending": Text("尚未付出", "Not paid yet"), "sent": Text("在途", "On its way"),
    "unknown": Text("渠道结果核实中", "The channel is being asked"),
    "refused": Text("渠道未付出，财务处理中", "Refused by the channel; finance is on it"),
}  # fmt: skip
_FIRST = Text("闪退：商品寄达前已先行退款，按验收结果多退少补", "Refunded before the goods were here; their inspection settles the rest")
_ANOTHER_WAY = Text("经同意改由其他方式付出", "Paid another way, by consent")


@dataclass(frozen=True, slots=True)
class Explained:
    """One line of the table in minor units; None: not part of that column. What is deducted is negative.

    `line` is the order's line; `tender` and `units` where they apply. Every deduction has its clause and source.
    """

    kind: Kind
    label: Text | None
    preview: int | None
    agreed: int | None
    final: int | None
    why: Text | None = None
    clause: Text | None = None
    source: Text | None = None
    note: str = ""
    line: int | None = None
    tender: str = ""
    units: tuple[int | None, int | None, int | None] = (None, None, None)


def explain(preview: Side | None, agreed: Side | None, final: Side | None) -> tuple[Explained, ...]:
    """Goods, freight, deductions and what comes back in kind, which add up to the total; then each tender.

    As long as a part of it is not there, the paid column has its total and its tenders only: what has arrived.
    """
    arrived = final if final is not None and all(part["state"] == SETTLED for part in final.get("tenders", ())) else None
    sides, told = (preview, agreed, arrived), (preview, agreed, final)
    rows: list[Explained] = [_goods(number, sides) for number in _keys(sides, "lines", "line")]
    freight = _amounts(sides, lambda side: side.get("freight", {}).get("amount") or None)
    if any(freight):
        rows.append(Explained("freight", FREIGHT, *freight, why=_FREIGHT_BACK))
    cuts = _keys(sides, "deductions", "code", "line")
    rows += [_cut(str(code), line, sides) for code, line in cuts]
    for tender in _keys(sides, "undone", "bearer"):
        amounts = _amounts(sides, lambda side, name=tender: _sum(side, "undone", bearer=name))
        if tender in IN_KIND:
            clause, source = DEDUCTION_BASES["IN_KIND"]
            rows.append(Explained("in_kind", None, *amounts, clause=clause, source=source, tender=str(tender)))
    total = _amounts(told, lambda side: int(side["total"]["amount"]))
    if arrived is None and not total[2]:
        total = (*total[:2], None)
    rows.append(Explained("total", TOTAL, *total, why=AS_ABOVE if preview and agreed and _differ(total[:2]) else None))
    rows += [_tender(str(tender), told) for tender in _keys(told, "tenders", "tender")]
    if "platform" in _keys(sides, "undone", "bearer"):
        rows.append(Explained("subsidy", SUBSIDY, *_amounts(sides, lambda side: _sum(side, "undone", bearer="platform"))))
    return tuple(rows)


def _goods(number: Hashable, sides: tuple[Side | None, ...]) -> Explained:
    units = _amounts(sides, lambda side: _sum(side, "lines", "quantity", line=number))
    amounts = _amounts(sides, lambda side: _sum(side, "lines", line=number))
    before, now, paid = units
    whys = []
    if before is not None and now is not None and now < before:
        whys.append(Text(f"验货收下 {now} 件（申请 {before} 件）", f"{now} of {before} units were taken back at the inspection"))
    # Beside units that come back, a line without any is what a broken promotion had kept back of it before.
    beside = any(each["quantity"] for side in sides for each in (side or {}).get("lines", ())) and not (now or before or paid)
    resettled = beside or any((side or {}).get("resettled", {}).get("amount") for side in sides)
    if resettled:
        whys.append(_RESETTLED)
    if not whys and sides[0] is not None and sides[1] is not None and _differ(amounts[:2]):
        whys.append(_MEANWHILE)
    why = Text("；".join(each.zh for each in whys), "; ".join(each.en for each in whys)) if whys else None
    clause, source = DEDUCTION_BASES["RESETTLED"] if resettled else (None, None)
    return Explained("goods", None, *amounts, why=why, clause=clause, source=source, line=int(str(number)), units=units)


def _cut(code: str, line: Hashable, sides: tuple[Side | None, ...]) -> Explained:
    amounts = _amounts(sides, lambda side: _minus(_sum(side, "deductions", code=code, line=line)))
    found = [cut for side in sides for cut in (side or {}).get("deductions", ()) if (cut["code"], cut.get("line")) == (code, line)]
    label = DEDUCTION_LABELS.get(code, Text(code, code))
    clause, source = DEDUCTION_BASES.get(code, DEDUCTION_BASES["INSPECTION"])
    note = next((str(cut["note"]) for cut in reversed(found) if cut.get("note")), "")
    why = label if sides[0] is not None and sides[1] is not None and _differ(amounts[:2]) else None
    return Explained(
        "deduction", label, *amounts, why=why, clause=clause, source=source, note=note,
        line=line if isinstance(line, int) else None,
    )  # fmt: skip


def _tender(tender: str, sides: tuple[Side | None, ...]) -> Explained:
    preview, agreed, _ = _amounts(sides, lambda side: _sum(side, "tenders", tender=tender))
    parts = [part for part in (sides[2] or {}).get("tenders", ()) if part["tender"] == tender]
    paid = sum(int(part["amount"]["amount"]) for part in parts if part["state"] == SETTLED)
    open_part = next((part for part in parts if part["state"] != SETTLED), None)
    why = None
    if open_part is not None:
        why = _STATES.get(open_part["state"])
    elif sides[2] is not None and paid != (agreed or 0) and sides[2].get("first"):
        why = _FIRST
    elif sides[2] is not None and sides[1] is not None and paid != (agreed or 0):
        why = _ANOTHER_WAY
    elif sides[0] is not None and sides[1] is not None and _differ((preview, agreed)):
        why = AS_ABOVE
    return Explained("tender", None, preview, agreed, paid if parts and (paid or open_part is None) else None, why=why, tender=tender)


def _keys(sides: tuple[Side | None, ...], part: str, *names: str) -> list[Any]:
    """What the columns tell of, in the order in which it first appears."""
    keys = [
        tuple(each.get(name) for name in names) if len(names) > 1 else each.get(names[0])
        for side in sides for each in (side or {}).get(part, ())
    ]  # fmt: skip
    return list(dict.fromkeys(keys))


def _amounts(sides: tuple[Side | None, ...], of: Any) -> tuple[int | None, int | None, int | None]:
    first, second, third = (None if side is None else of(side) for side in sides)
    return first, second, third


def _sum(side: Side, part: str, what: str = "amount", **where: object) -> int | None:
    found = [each for each in side.get(part, ()) if all(each.get(name) == value for name, value in where.items())]
    return sum(int(each["amount"]["amount"] if what == "amount" else each[what]) for each in found) if found else None


def _minus(amount: int | None) -> int | None:
    return None if amount is None else -amount


def _differ(pair: tuple[int | None, ...]) -> bool:
    """Only columns that exist can differ from each other; a line missing in one of them counts as nothing."""
    return len({amount or 0 for amount in pair}) > 1
