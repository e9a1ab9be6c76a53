"""What went out to the buyer and how the day of receipt was found: the ladder from signature to an agent's finding."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from shouhou.foundation.workflow import Text
from shouhou.logistics.rules.couriers import courier
from shouhou.orders.models import Order, OrderLine, ReceiptRuling, Shipment
from shouhou.orders.receipt import NO_CONSENT, SIGNATURE_ONLY
from shouhou.web.page import said
from shouhou.web.staff.grounds import RECEIPTS
from shouhou.web.staff.money import names_of
from shouhou.web.templatetags.words import day, instant

BASES = {
    "consumer_statement": Text("消费者陈述", "the consumer's statement"),
    "merchant_statement": Text("商家陈述", "the merchant's statement"),
    "carrier_inquiry": Text("向承运商核实", "asked the carrier"),
    "delivery_photo": Text("投递照片", "a photo of the delivery"),
    "chat_record": Text("聊天记录", "chat record"),
    "phone_record": Text("通话记录", "phone record"),
    "usage_record": Text("激活或使用记录", "activation or usage record"),
}
STEPS = (
    Text("本人签收", "signed for by the buyer"), Text("承运商送达", "the carrier's arrival"),
    Text("客服认定（须有依据）", "an agent's finding (with a basis)"),
)


def shipments_of(order: Order) -> list[dict[str, Any]]:
    """The order's parcels with the carrier's facts."""
    return [
        {"row": each, "carrier": _carrier(each), "problem": _not_counted(each)}
        for each in order.shipments.order_by("position")
    ]


def ladders_of(order: Order, lines: Sequence[OrderLine]) -> list[dict[str, Any]]:
    """Per line the three rungs in order, what each said, and which one holds."""
    shipments = list(order.shipments.order_by("position"))
    rulings: dict[int, ReceiptRuling] = {}
    for ruling in ReceiptRuling.objects.filter(line__in=lines).order_by("id"):
        rulings[ruling.line_id] = ruling
    names = names_of(ruling.by for ruling in rulings.values())
    return [_ladder(line, [each for each in shipments if line.line in each.lines or not each.lines], rulings.get(line.pk), names)
            for line in lines]  # fmt: skip


def _ladder(line: OrderLine, parcels: Sequence[Shipment], ruling: ReceiptRuling | None, names: dict[str, str]) -> dict[str, Any]:
    signed = [each for each in parcels if each.signed_at]
    arrived = [each for each in parcels if each.arrived_at and not each.signed_at]
    told = [
        " · ".join(instant(each.signed_at) for each in signed) if signed else _("没有签收记录"),
        " · ".join(f"{instant(each.arrived_at)}{_wrap(_not_counted(each))}" for each in arrived) if arrived else _("没有送达记录"),
        _ruling(ruling, names) if ruling else _("未认定"),
    ]
    holds = {"signature": 0, "carrier_arrival": 1, "manual": 2}.get(line.receipt_source)
    return {
        "line": line, "source": said(RECEIPTS[line.receipt_source]) if line.receipt_source in RECEIPTS else line.receipt_source,
        "rungs": [{"name": said(STEPS[place]), "told": told[place], "holds": place == holds} for place in range(len(STEPS))],
        "missing": line.received_on is None, "parcels": len(parcels),
    }  # fmt: skip


def _ruling(ruling: ReceiptRuling, names: dict[str, str]) -> str:
    basis = " + ".join(said(BASES[each]) if each in BASES else each for each in ruling.basis)
    words = f"{day(ruling.received_on)} · {basis} · {names.get(ruling.by, ruling.by)} · {instant(ruling.at)}"
    return f"{words} · {ruling.note}" if ruling.note else words


def _not_counted(each: Shipment) -> str:
    """Why an arrival is no receipt."""
    if each.signed_at or not each.arrived_at:
        return ""
    if each.arrival_kind == NO_CONSENT:
        return _("未经同意投柜，不起算")
    return _("该承运商以签收为准，送达不起算") if each.carrier in SIGNATURE_ONLY else ""


def _wrap(words: str) -> str:
    return f" ({words})" if words else ""


def _carrier(each: Shipment) -> str:
    known = courier(each.carrier)
    return said(known.name) if known else each.carrier
