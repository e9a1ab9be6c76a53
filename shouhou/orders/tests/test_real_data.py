"""The proof on real input: every row of Olist and of UCI Online Retail is accounted for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.db.models import Sum
from pytest_django import Settings

from shouhou.orders.imports.run import import_orders
from shouhou.orders.models import Order, OrderLine, Payment
from shouhou.orders.tests.conftest import NOW, SHARED

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OLIST = SHARED / "data" / "olist"
UCI = SHARED / "data" / "uci" / "online_retail.parquet"


@pytest.fixture
def load(settings: Settings, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    settings.HOME = tmp_path
    return lambda source, name, **how: import_orders(source, mapping=name, now=NOW, **how)


def one(question: str) -> tuple[Any, ...]:
    row = duckdb.connect().execute(question).fetchone()
    assert row is not None
    return row


def test_all_olist_orders_are_taken_or_refused_with_their_reason(load: Callable[..., dict[str, Any]]) -> None:
    report = load(OLIST, "olist")
    items, orders = f"read_csv('{OLIST}/olist_order_items_dataset.csv.gz')", f"read_csv('{OLIST}/olist_orders_dataset.csv.gz')"
    assert report["documents"] == {"read": 15000, "split": 163, "extra_parts": 169}
    assert report["refused"] == {"ORDER_WITHOUT_LINES": 115}
    assert report["rows"] == {"goods": one(f"SELECT count(*) FROM {items}")[0], "empty": 115}
    assert sum(report["rows"].values()) == report["rows_read"]
    # 15,000 documents less 115 without lines, plus the further sellers' parts of 163.
    taken = report["orders"]["created"]
    assert taken == 15000 - 115 + 169 == Order.objects.count()
    # To the cent: what the items cost, what was paid for orders with items, and the difference of both.
    cost, freight = one(f"SELECT round(sum(price) * 100), round(sum(freight_value) * 100) FROM {items}")
    assert OrderLine.objects.aggregate(s=Sum("paid_minor"))["s"] == cost
    assert Order.objects.aggregate(s=Sum("freight_minor"))["s"] == freight
    paid = one(
        f"SELECT round(sum(payment_value) * 100) FROM read_csv('{OLIST}/olist_order_payments_dataset.csv.gz') "
        f"WHERE order_id IN (SELECT order_id FROM {items})"
    )[0]
    assert Payment.objects.aggregate(s=Sum("amount_minor"))["s"] == paid
    assert report["difference_minor"]["BRL"] == paid - cost - freight
    assert report["orders"]["unreconciled"] == Order.objects.exclude(difference_minor=0).count()
    delivered = one(f"SELECT count(*) FROM {orders} WHERE order_delivered_customer_date IS NOT NULL")[0]
    signed = Order.objects.filter(lines__receipt_source="signature").distinct()
    whole = signed.filter(extra__shop__order__isnull=True).count()
    parts = signed.filter(extra__shop__order__isnull=False)
    assert whole + parts.values("extra__shop__order").distinct().count() == delivered - one(
        f"SELECT count(*) FROM {orders} WHERE order_delivered_customer_date IS NOT NULL AND order_id NOT IN "
        f"(SELECT order_id FROM {items})"
    )[0]
    again = load(OLIST, "olist")
    assert (again["orders"]["unchanged"], again["refused"]) == (taken, report["refused"])


def test_olist_moved_to_today_ends_today(load: Callable[..., dict[str, Any]]) -> None:
    report = load(OLIST, "olist", shift_dates_to="TODAY")
    assert report["orders"]["created"] == 15054
    assert report["refused"] == {"ORDER_WITHOUT_LINES": 115}
    received = OrderLine.objects.filter(received_on__gte="2026-11-14", received_on__lte="2026-11-21").count()
    assert received > 100
    assert not OrderLine.objects.filter(received_on__gt="2026-11-21").exists()


def test_all_uci_invoices_are_taken_or_refused_with_their_reason(load: Callable[..., dict[str, Any]]) -> None:
    report = load(UCI, "uci")
    assert report["rows_read"] == sum(report["rows"].values()) == 541_909
    assert report["documents"] == {"read": 25_900}
    assert report["refused"] == {"CREDIT_NOTE": 3836, "ORDER_WITHOUT_LINES": 1523}
    taken = report["orders"]["created"]
    assert taken + report["orders"]["refused"] == 25_900
    assert report["rows"]["goods"] == OrderLine.objects.count()
    assert not OrderLine.objects.exclude(receipt_source="undetermined").exists()
    freight = one(
        f"SELECT count(*) FROM '{UCI}' WHERE upper(StockCode) IN ('POST', 'DOT', 'C2') AND InvoiceNo NOT LIKE 'C%' "
        "AND Quantity::BIGINT > 0"
    )[0]
    assert report["rows"]["freight"] == freight
    assert report["rows"]["credit"] == one(f"SELECT count(*) FROM '{UCI}' WHERE InvoiceNo LIKE 'C%'")[0]
    assert report["difference_minor"]["GBP"] == Order.objects.aggregate(s=Sum("difference_minor"))["s"]
    longest = OrderLine.objects.filter(order__number="573585").count()
    assert longest > 1000
