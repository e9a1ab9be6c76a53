"""The orders' cast: one shop's order as plain data, to be changed and sent."""

import copy
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.db import connection
from pytest_django import Settings

from shouhou.orders.actions import PutResult, put_order
from shouhou.orders.models import Order, OrderLine, Payment, Shipment
from shouhou.orders.shop.fake.server import Shop
from shouhou.orders.snapshot import parse_snapshot
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.models import Event

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SHARED = Path(os.environ.get("SHOUHOU_SHARED", settings.BASE_DIR.parent / "shared"))
# Real data is beside the repository or it is not; without it there is nothing to collect.
collect_ignore = [] if (SHARED / "data" / "olist").is_dir() else ["test_real_data.py"]

PLAIN: dict[str, Any] = {
    "buyer": {"id": "u1", "name": "林一", "phone": "13800000001", "email": "lin@example.com", "tier": "plus"},
    "merchant": {"code": "self", "channel": "self", "name": "自营店"},
    "placed_at": "2026-11-01T10:00:00+08:00",
    "currency": "CNY",
    "lines": [
        {
            "line": 1, "sku": "P1", "title": "手机 5G", "category": "phone", "quantity": 2, "unit_price": 199900,
            "paid": 389800, "serials": ["8600000000000001", "8600000000000002"],
        },
        {"line": 2, "sku": "C1", "title": "手机壳", "category": "generic", "quantity": 1, "unit_price": 2000, "paid": 1500},
    ],
    "payments": [{"tender": "card", "amount": 391300, "reference": "pay-1"}, {"tender": "points", "amount": 1000}],
    "freight": 1000,
    "shipments": [
        {"lines": [1], "carrier": "jd", "number": "JD1", "shipped_at": "2026-11-02T10:00:00+08:00",
         "signed_at": "2026-11-03T10:00:00+08:00"},
        {"lines": [2], "carrier": "other", "number": "SF2", "arrived_at": "2026-11-05T23:30:00+08:00"},
    ],
    "invoice": {"number": "INV-1", "amount": 391300},
    "address": {"contact": "林一", "phone": "13800000001", "region": "四川省成都市", "address": "春熙路 1 号"},
}  # fmt: skip


def plain(**changes: Any) -> dict[str, Any]:
    """The order with top-level parts replaced."""
    return copy.deepcopy(PLAIN) | changes


def line(**changes: Any) -> dict[str, Any]:
    """One line with some of its fields replaced."""
    return {"line": 1, "sku": "A", "title": "A", "quantity": 1, "unit_price": 100, "paid": 100} | changes


def put(order: dict[str, Any], *, number: str = "JD1001", actor: Actor = SYSTEM, now: datetime = NOW, **how: Any) -> PutResult:
    return put_order(parse_snapshot(orjson.dumps(order)), number=number, actor=actor, now=now, **how)


def stored() -> list[Any]:
    """Everything that orders have written, to be compared before and after a refusal."""
    return [list(model.objects.order_by("pk").values()) for model in (Order, OrderLine, Payment, Shipment, Event)]


def together(act: Callable[[int], object], times: int) -> list[object]:
    """Run the same act in so many threads at once, each on its own connection; answers or exceptions, in order."""
    results: list[object] = [None] * times

    def run(place: int) -> None:
        try:
            results[place] = act(place)
        except Exception as error:  # handed to the test
            results[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place,)) for place in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def shop(settings: Settings, tmp_path: Path) -> Iterator[Shop]:
    """The fake shop as a real little server."""
    with Shop(0, state=tmp_path / "shop.jsonl") as server:
        settings.SHOP = {"url": server.url}
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
