"""A snapshot as the rows it becomes: tuples in column order, the same for one order and for a million. Pure."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime

import msgspec

from shouhou.orders import rules
from shouhou.orders.snapshot import LinePart, Snapshot

Row = tuple[object, ...]
Received = tuple[date | None, str]


class JsonList(list[object]):
    """A list that stands in a JSON column, not in an array of the database."""



ORDER_FACTS = (
    "channel", "buyer_tier", "placed_at", "currency", "freight_minor", "paid_minor", "difference_minor",
    "invoice_number", "invoice_minor", "address", "promotion", "extra",
    "discounts",
)  # fmt: skip
LINE_FACTS = (
    "line", "sku", "title", "category", "quantity", "unit_price_minor", "paid_minor", "serials",
    "excludable_by_nature", "confirmed_no_return", "confirmation", "promised_no_reason", "gift_price_minor", "is_gift",
    "warranty", "plans", "received_on", "receipt_source", "discounts", "page",
)  # fmt: skip
PAYMENT_FACTS = ("position", "tender", "amount_minor", "reference")
SHIPMENT_FACTS = (
    "position", "lines", "carrier", "number", "shipped_at", "arrived_at", "arrival_kind", "signed_at",
)  # fmt: skip
_EMPTY: dict[str, object] = {}
_NONE = JsonList()
_canonical = msgspec.json.Encoder(order="sorted")


def order_facts(snapshot: Snapshot) -> Row:
    """Values of ORDER_FACTS."""
    invoice = snapshot.invoice
    return (
        snapshot.merchant.channel, snapshot.buyer.tier, snapshot.placed_at, snapshot.currency, snapshot.freight,
        rules.paid_minor(snapshot), rules.difference_minor(snapshot),
        invoice.number if invoice else "", invoice.amount if invoice else 0,
        _plain(snapshot.address), _plain(snapshot.promotion), _extra(snapshot),
        _list(snapshot.discounts),
    )  # fmt: skip


def line_facts(line: LinePart, received: Received) -> Row:
    """Values of LINE_FACTS."""
    return (
        line.line, line.sku, line.title, line.category, line.quantity, line.unit_price, line.paid, list(line.serials),
        line.excludable_by_nature, line.confirmed_no_return, _plain(line.confirmation), line.promised_no_reason,
        line.gift_price, line.is_gift, _plain(line.warranty), list(line.plans), received[0], received[1],
        _list(line.discounts), _plain(line.page),
    )  # fmt: skip


def payment_facts(snapshot: Snapshot) -> Iterable[Row]:
    """Values of PAYMENT_FACTS, one row per tender."""
    return ((place, p.tender, p.amount, p.reference) for place, p in enumerate(snapshot.payments, 1))


def shipment_facts(snapshot: Snapshot) -> Iterable[Row]:
    """Values of SHIPMENT_FACTS, one row per parcel."""
    return (
        (place, list(s.lines), s.carrier, s.number, s.shipped_at, s.arrived_at, s.arrival_kind, s.signed_at)
        for place, s in enumerate(snapshot.shipments, 1)
    )


def fingerprint(snapshot: Snapshot) -> bytes:
    """32 bytes that say whether the same content came again (its number does not count)."""
    content = msgspec.structs.asdict(snapshot)
    content.pop("number", None)
    return hashlib.sha256(_canonical.encode({name: _utc(value) for name, value in content.items()})).digest()


def _utc(value: object) -> object:
    """The same instant with another offset is the same content."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _extra(snapshot: Snapshot) -> dict[str, object]:
    """What has no column of its own; instants under their own names, everything else as it came."""
    if not (snapshot.extra or snapshot.paid_at or snapshot.promised_by):
        return _EMPTY
    extra: dict[str, object] = {}
    if snapshot.extra:
        extra["shop"] = dict(snapshot.extra)
    if snapshot.paid_at:
        extra["paid_at"] = snapshot.paid_at.isoformat()
    if snapshot.promised_by:
        extra["promised_by"] = snapshot.promised_by.isoformat()
    return extra


def _plain(part: msgspec.Struct | None) -> dict[str, object]:
    """The part as JSON-ready values; nothing is {}."""
    if part is None:
        return _EMPTY
    plain = msgspec.to_builtins(part)
    return {name: value for name, value in plain.items() if value not in ("", None, [])}


def _list(parts: Iterable[msgspec.Struct]) -> JsonList:
    """Most orders tell none: they share one empty list."""
    return JsonList(_plain(part) for part in parts) if parts else _NONE
