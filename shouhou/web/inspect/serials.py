"""Serials on the table against what was sold: this one, another line of the order, somebody else's order, or nobody's."""

from typing import Any

from shouhou.cases.confirmed import confirmed_serials, differing
from shouhou.cases.rows import CaseRow
from shouhou.foundation.workflow import Text
from shouhou.orders.models import OrderLine
from shouhou.web.page import said

STATES = {
    "match": ("good", Text("与售出一致", "as sold")),
    "line": ("wait", Text("属于本订单的另一件商品", "belongs to another item of this order")),
    "elsewhere": ("bad", Text("已售给其他订单", "sold with another order")),
    "strange": ("bad", Text("不是售出的序列号", "not a serial that was sold")),
    "noted": ("plain", Text("已登记，售出时没有序列号", "noted; none was recorded when it was sold")),
}


def serial_rows(case: CaseRow, seen: dict[int, list[str]]) -> list[dict[str, Any]]:
    """Item by item what was sold, what lies here, and what each serial says; items without serials are left out."""
    every = sorted({serial for serials in seen.values() for serial in serials})
    elsewhere = _sold_elsewhere(case.order_id, every)
    of_order = {serial for item in case.items for serial in item.sold_serials}
    rows = []
    for item in case.items:
        here = seen.get(item.line, [])
        if not item.sold_serials and not here:
            continue
        marks = [_mark(serial, sold=item.sold_serials, of_order=of_order, elsewhere=elsewhere) for serial in here]
        unlike = differing(case, {item.line: here})
        strange = [mark["serial"] for mark in marks if mark["tone"] == "bad"]
        rows.append({
            "item": item, "sold": item.sold_serials, "seen": here, "strange": strange, "told": confirmed_serials(case, item.line),
            "marks": [{**mark, "unlike": mark["serial"] in unlike} for mark in marks],
        })  # fmt: skip
    return rows


def _mark(serial: str, *, sold: list[str], of_order: set[str], elsewhere: set[str]) -> dict[str, str]:
    state = "noted"
    if serial in sold:
        state = "match"
    elif serial in of_order:
        state = "line"
    elif serial in elsewhere:
        state = "elsewhere"
    elif sold:
        state = "strange"
    tone, words = STATES[state]
    return {"serial": serial, "state": state, "tone": tone, "words": said(words)}


def _sold_elsewhere(order_id: int, serials: list[str]) -> set[str]:
    """Which of them were sold with another order; whose it is nobody here needs to know."""
    if not serials:
        return set()
    found = OrderLine.objects.filter(serials__overlap=serials).exclude(serials=[]).exclude(order_id=order_id)
    return {serial for held in found.values_list("serials", flat=True)[:200] for serial in held if serial in serials}
