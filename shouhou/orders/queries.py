"""Reading orders: one as the API shows it, a page of them, whose it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from shouhou.foundation.refusals import NOT_FOUND, refused
from shouhou.orders.models import Order
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone
from shouhou.plumbing.paging import decode_cursor, encode_cursor, page_size

SEES_PERSONS = frozenset({"consumer", "agent", "supervisor", "system"})


def owner_of(number: str) -> int | None:
    """The buyer's id of an order number, or None."""
    return Order.objects.filter(number=number).values_list("buyer_id", flat=True).first()


def discounts_by_bearer(order_ids: Sequence[int]) -> list[tuple[int, str, int]]:
    """(order, bearer, amount) of everything that was taken off these orders and their lines."""
    with connection.cursor() as cursor:
        cursor.execute(DISCOUNTS, {"orders": list(order_ids)})
        return [(order, bearer, int(amount)) for order, bearer, amount in cursor.fetchall()]


def visible_to(actor: Actor) -> "QuerySet[Order]":
    """The orders that the actor may know of: their own, their shop's, or all."""
    if actor.role == "consumer":
        own = Order.objects.filter(buyer=actor.buyer_id or 0)
        return own if actor.order_id is None else own.filter(pk=actor.order_id)
    if actor.merchant_id is not None:
        return Order.objects.filter(merchant=actor.merchant_id)
    return Order.objects.all()


def order_json(number: str, *, actor: Actor) -> dict[str, Any]:
    """The order in the shape it came in, with its version, receipt dates and what is still free to claim.

    Raises Refused NOT_FOUND, also for a stranger.
    """
    found = visible_to(actor).select_related("buyer", "merchant").filter(number=number).first()
    if found is None:
        raise refused(NOT_FOUND)
    return _order(found, person=actor.role in SEES_PERSONS)


def list_orders(
    *, actor: Actor, text: str = "", cursor: str | None = None, limit: int | None = None
) -> tuple[list[dict[str, Any]], str | None]:  # fmt: skip
    """A page of orders, newest first, and the cursor of the next. `text` is an order number or part of a title.

    Raises Refused INVALID_CURSOR, INVALID_PAGE_SIZE.
    """
    size = page_size(limit)
    found = visible_to(actor).select_related("merchant").prefetch_related("lines").order_by("-placed_at", "-id")
    if text.strip():
        words = text.strip()[:80].replace("\0", "")
        found = found.filter(Q(number=words) | Q(lines__title__icontains=words)).distinct()
    if cursor:
        at, key = decode_cursor(cursor, datetime, int)
        found = found.filter(Q(placed_at__lt=at) | Q(placed_at=at, id__lt=key))
    rows = list(found[: size + 1])
    after = encode_cursor(rows[size - 1].placed_at, rows[size - 1].pk) if len(rows) > size else None
    return [_row(order) for order in rows[:size]], after


def _row(order: Order) -> dict[str, Any]:
    lines = sorted(order.lines.all(), key=lambda line: line.line)
    return {
        "number": order.number, "placed_at": order.placed_at.isoformat(), "merchant": order.merchant.name,
        "channel": order.channel, "currency": order.currency, "paid": order.paid_minor,
        "lines": [{"line": line.line, "title": line.title, "quantity": line.quantity} for line in lines[:20]],
        "line_count": len(lines), "version": order.version,
    }  # fmt: skip


def _order(order: Order, *, person: bool) -> dict[str, Any]:
    buyer, merchant = order.buyer, order.merchant
    extra = {name: value for name, value in order.extra.items() if name != "shop"}
    return {
        "number": order.number, "version": order.version, "in_use": order.in_use,
        "buyer": {
            "id": buyer.external_id, "name": buyer.name if person else mask_name(buyer.name),
            "phone": buyer.phone if person else mask_phone(buyer.phone), "tier": order.buyer_tier,
        },
        "merchant": {"code": merchant.code, "name": merchant.name, "channel": order.channel},
        "placed_at": order.placed_at.isoformat(), "currency": order.currency, "freight": order.freight_minor,
        "paid": order.paid_minor, "difference": order.difference_minor,
        "reconciled": order.difference_minor == 0, "book": order.book, "book_version": order.book_version,
        "lines": [
            {
                "line": line.line, "sku": line.sku, "title": line.title, "category": line.category,
                "quantity": line.quantity, "unit_price": line.unit_price_minor, "paid": line.paid_minor,
                "serials": line.serials, "excludable_by_nature": line.excludable_by_nature,
                "confirmed_no_return": line.confirmed_no_return, "promised_no_reason": line.promised_no_reason,
                "is_gift": line.is_gift, "gift_price": line.gift_price_minor, "warranty": line.warranty,
                "plans": line.plans, "received_on": line.received_on.isoformat() if line.received_on else None,
                "receipt_source": line.receipt_source, "claimed": line.claimed_quantity,
                "returned": line.returned_quantity, "discounts": line.discounts,
            }
            for line in order.lines.order_by("line")
        ],
        "payments": [
            {"tender": p.tender, "amount": p.amount_minor, "reference": p.reference}
            for p in order.payments.order_by("position")
        ],
        "shipments": [
            {
                "lines": s.lines, "carrier": s.carrier, "number": s.number, "shipped_at": _iso(s.shipped_at),
                "arrived_at": _iso(s.arrived_at), "arrival_kind": s.arrival_kind, "signed_at": _iso(s.signed_at),
            }
            for s in order.shipments.order_by("position")
        ],
        "invoice": {"number": order.invoice_number, "amount": order.invoice_minor} if order.invoice_number else None,
        "address": order.address if person else {k: v for k, v in order.address.items() if k.startswith("region")},
        "promotion": order.promotion or None, "discounts": order.discounts, "extra": order.extra.get("shop", {}), **extra,
    }  # fmt: skip


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


DISCOUNTS = """
SELECT found.id, d ->> 'bearer', sum((d ->> 'amount')::bigint) FROM (
  SELECT id, discounts FROM orders_order WHERE id = ANY(%(orders)s)
  UNION ALL SELECT order_id, discounts FROM orders_orderline WHERE order_id = ANY(%(orders)s)
) AS found, LATERAL jsonb_array_elements(found.discounts) d
GROUP BY 1, 2 HAVING sum((d ->> 'amount')::bigint) > 0 ORDER BY 1, 2
"""
