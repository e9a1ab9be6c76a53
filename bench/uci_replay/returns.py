"""The real returns as their file tells them, and which lines of the imported orders each of them can be about."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import connection

ZONE = ZoneInfo("Europe/London")
PENCE = 100


@dataclass(frozen=True, slots=True)
class RealReturn:
    """One line of the file. `said_minor` is what the credit note gave, at the price that it names itself."""

    place: int
    event: str
    order: str
    line: int
    sku: str
    quantity: int
    said_minor: int
    at: datetime


@dataclass(slots=True)
class ShelfLine:
    """A line of an imported order; `left` units are in no case yet."""

    line: int
    sku: str
    quantity: int
    paid_minor: int
    left: int


@dataclass(slots=True)
class Shelf:
    """An imported order as far as a return needs it; `paid_minor` is what all its payments gave."""

    id: int
    buyer_id: int
    placed_at: datetime
    paid_minor: int
    freight_minor: int
    lines: list[ShelfLine] = field(default_factory=list)

    def about(self, sku: str, *, line: int, each_minor: int) -> list[ShelfLine]:
        """The lines that a return of `sku` can be about, the likeliest first: what is still there, the very line, its price."""
        return sorted(
            (one for one in self.lines if one.sku == sku),
            key=lambda one: (not one.left, one.line != line, abs(one.paid_minor // one.quantity - each_minor), one.line),
        )


def read_returns(file: Path, *, limit: int | None = None, shift_days: int = 0) -> list[RealReturn]:
    """The file's lines (plain or gzipped NDJSON) in the order of their time; `limit` takes the earliest.

    `place` is the line's place in the file, so that it stays the same whatever is taken.
    """
    with gzip.open(file, "rt") if file.suffix == ".gz" else file.open() as lines:
        found = sorted(_read(lines, timedelta(days=shift_days)), key=lambda one: (one.at, one.place))
    return list(islice(found, limit))


def shelves_of(numbers: Sequence[str]) -> dict[str, Shelf]:
    """What is known of the orders with these numbers; those never imported are missing."""
    shelves: dict[str, Shelf] = {}
    with connection.cursor() as cursor:
        cursor.execute(ORDERS, [list(numbers)])
        by_id = {}
        for number, *facts in cursor.fetchall():
            shelves[number] = by_id[facts[0]] = Shelf(*facts)
        cursor.execute(LINES, [list(by_id)])
        for order_id, *facts in cursor.fetchall():
            by_id[order_id].lines.append(ShelfLine(*facts))
    return shelves


def _read(lines: Iterator[str], shift: timedelta) -> Iterator[RealReturn]:
    for place, text in enumerate(lines):
        if text.strip():
            raw = json.loads(text)
            yield RealReturn(
                place=place, event=raw["event_id"], order=raw["order_id"], line=raw["line_no"], sku=raw["sku"],
                quantity=raw["qty"], said_minor=int(Decimal(raw["amount"]) * PENCE),
                at=datetime.fromisoformat(raw["requested_at"]).replace(tzinfo=ZONE) + shift,
            )  # fmt: skip


ORDERS = """
SELECT o.number, o.id, o.buyer_id, o.placed_at,
    coalesce((SELECT sum(p.amount_minor) FROM orders_payment p WHERE p.order_id = o.id), 0)::bigint, o.freight_minor
FROM orders_order o WHERE o.number = ANY(%s)
"""
LINES = """
SELECT order_id, line, sku, quantity, paid_minor, quantity - claimed_quantity FROM orders_orderline
WHERE order_id = ANY(%s) ORDER BY order_id, line
"""
