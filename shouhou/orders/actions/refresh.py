"""A known order is told again: what differs is stored, what a case stands on is kept."""

from collections.abc import Iterable
from datetime import datetime

from shouhou.foundation.refusals import FieldError, refusal, refused
from shouhou.orders import receiving, rows
from shouhou.orders.actions.storing import New
from shouhou.orders.events import ORDER_REFRESHED, RECEIPT_CHANGED
from shouhou.orders.models import Order, OrderLine, Payment, ReceiptRuling, Shipment
from shouhou.orders.receipt import Manual
from shouhou.plumbing.events import publish

SNAPSHOT_IN_USE = refusal(
    "SNAPSHOT_IN_USE", "conflict",
    zh="该订单已有售后单或货款已入账，只能更新物流与收货信息；以下内容不可更改：{fields}",
    en="A case stands on this order, or its sale is in the books: only shipment and receipt facts may change, not: {fields}",
)  # fmt: skip

# What the caller calls it; amounts that follow from others are not named.
_NAMES = {
    "channel": "merchant.channel", "buyer_tier": "buyer.tier", "freight_minor": "freight",
    "invoice_number": "invoice.number", "invoice_minor": "invoice.amount", "unit_price_minor": "unit_price",
    "paid_minor": "paid", "gift_price_minor": "gift_price",
}  # fmt: skip
_DERIVED = {"paid_minor", "difference_minor"}
_RECEIPT = {"received_on", "receipt_source"}


def refresh(order: Order, new: New, *, now: datetime) -> list[str]:
    """Store what differs; answers the changed fields (empty: nothing changed). `order` and its lines are locked."""
    if bytes(order.fingerprint) == new.fingerprint:
        return []
    lines = {line.line: line for line in order.lines.all()}
    found = rulings(line.pk for line in lines.values())
    in_use = order.in_use or any(line.claimed_quantity for line in lines.values())
    frozen = _order_changes(order, new) + _line_changes(lines, new)
    payments = list(order.payments.order_by("position").values_list(*rows.PAYMENT_FACTS))
    if payments != list(rows.payment_facts(new.snapshot)):
        frozen.append("payments")
    gone = [line for number, line in lines.items() if number not in {part.line for part in new.snapshot.lines}]
    if frozen and (in_use or any(line.pk in found for line in gone)):
        errors = [FieldError(name, "已有售后单或货款已入账，不可更改", "in use by a case, or in the books") for name in frozen[:50]]
        raise refused(SNAPSHOT_IN_USE, *errors, fields=", ".join(frozen[:10]))
    shipments = list(order.shipments.order_by("position").values_list(*rows.SHIPMENT_FACTS))
    changed = [*frozen, *(["shipments"] if shipments != list(rows.shipment_facts(new.snapshot)) else [])]
    # Only who the buyer is or how they write themselves differs: not a new version of the order.
    order.fingerprint = new.fingerprint
    if changed:
        _store(order, new, lines={n: line.pk for n, line in lines.items()}, frozen=bool(frozen), now=now)
        publish(
            ORDER_REFRESHED, subject=order.number, now=now, merchant_id=order.merchant_id, buyer_id=order.buyer_id,
            data={"number": order.number, "version": order.version, "fields": changed[:50]},
        )  # fmt: skip
        receive(order, {n: found[line.pk] for n, line in lines.items() if line.pk in found}, new=new, now=now)
    order.save()
    return changed


def rulings(line_ids: Iterable[int]) -> dict[int, Manual]:
    """The newest finding of each line that has one, by line id."""
    found = ReceiptRuling.objects.filter(line__in=list(line_ids)).order_by("id")
    return {ruling.line_id: Manual(ruling.received_on, tuple(ruling.basis)) for ruling in found}


def receive(order: Order, found: dict[int, Manual], *, new: New, now: datetime) -> None:
    """Recompute the receipt date of every line and announce those that changed."""
    received = receiving.receipts_of(new.snapshot, found)
    changed = []
    for line in OrderLine.objects.filter(order=order):
        if (line.received_on, line.receipt_source) != received[line.line]:
            line.received_on, line.receipt_source = received[line.line]
            changed.append(line)
    OrderLine.objects.bulk_update(changed, ["received_on", "receipt_source"])
    announce_receipt(order, changed, now=now)


def announce_receipt(order: Order, lines: list[OrderLine], *, now: datetime) -> None:
    if not lines:
        return
    publish(
        RECEIPT_CHANGED, subject=order.number, now=now, merchant_id=order.merchant_id, buyer_id=order.buyer_id,
        data={
            "number": order.number,
            "lines": [
                {
                    "line": line.line, "source": line.receipt_source,
                    "received_on": line.received_on.isoformat() if line.received_on else None,
                }
                for line in lines
            ],
        },
    )  # fmt: skip


def _order_changes(order: Order, new: New) -> list[str]:
    stored: list[tuple[str, object, object]] = [
        ("buyer.id", order.buyer_id, new.buyer.id), ("merchant.code", order.merchant_id, new.merchant_id),
    ]  # fmt: skip
    facts = zip(rows.ORDER_FACTS, rows.order_facts(new.snapshot), strict=True)
    stored += [(_NAMES.get(name, name), getattr(order, name), value) for name, value in facts if name not in _DERIVED]
    return [name for name, old, fresh in stored if old != fresh]


def _line_changes(lines: dict[int, OrderLine], new: New) -> list[str]:
    changes = [f"lines[{number}]" for number in lines.keys() ^ {part.line for part in new.snapshot.lines}]
    for part in new.snapshot.lines:
        if line := lines.get(part.line):
            for name, value in zip(rows.LINE_FACTS, rows.line_facts(part, receiving.NOT_SHIPPED), strict=True):
                if name not in _RECEIPT and getattr(line, name) != value:
                    changes.append(f"lines[{part.line}].{_NAMES.get(name, name)}")
    return sorted(changes)


def _store(order: Order, new: New, *, lines: dict[int, int], frozen: bool, now: datetime) -> None:
    """Rows are told apart by their line number or position: none that something points at is made anew."""
    snapshot = new.snapshot
    order.version += 1
    order.updated_at = now
    if frozen:
        order.buyer_id, order.merchant_id = new.buyer.id, new.merchant_id
        for name, value in zip(rows.ORDER_FACTS, rows.order_facts(snapshot), strict=True):
            setattr(order, name, value)
        wanted = {part.line for part in snapshot.lines}
        OrderLine.objects.filter(order=order).exclude(line__in=wanted).delete()
        facts = [f for f in rows.LINE_FACTS if f not in _RECEIPT]
        OrderLine.objects.bulk_create(
            [
                OrderLine(order=order, **dict(zip(rows.LINE_FACTS, rows.line_facts(p, receiving.NOT_SHIPPED), strict=True)))
                for p in snapshot.lines
            ],
            update_conflicts=True, unique_fields=["order", "line"], update_fields=facts[1:],
        )  # fmt: skip
        payments = [Payment(order=order, **dict(zip(rows.PAYMENT_FACTS, row, strict=True)))
                    for row in rows.payment_facts(snapshot)]  # fmt: skip
        Payment.objects.bulk_create(
            payments, update_conflicts=True, unique_fields=["order", "position"],
            update_fields=list(rows.PAYMENT_FACTS[1:]),
        )  # fmt: skip
        Payment.objects.filter(order=order, position__gt=len(payments)).delete()
    shipments = [Shipment(order=order, **dict(zip(rows.SHIPMENT_FACTS, row, strict=True)))
                 for row in rows.shipment_facts(snapshot)]  # fmt: skip
    Shipment.objects.bulk_create(
        shipments, update_conflicts=True, unique_fields=["order", "position"],
        update_fields=list(rows.SHIPMENT_FACTS[1:]),
    )  # fmt: skip
    Shipment.objects.filter(order=order, position__gt=len(shipments)).delete()
