"""Imports: foreign files by their mapping, restarted where they stood, with every row accounted for."""

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest
from pytest_django import Settings

from shouhou.foundation.refusals import Refused
from shouhou.orders.actions import bulk
from shouhou.orders.imports import mapping as mappings
from shouhou.orders.imports import run as importing
from shouhou.orders.imports.run import import_orders
from shouhou.orders.imports.shaping import Shaper
from shouhou.orders.models import Order, OrderImport, OrderLine
from shouhou.orders.tests.conftest import NOW, plain, stored

pytestmark = pytest.mark.django_db
SHOPIFY = """Name,Email,Financial Status,Paid at,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,\
Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Billing Name,Shipping Name,Shipping Street,\
Shipping City,Shipping Province,Shipping Province Name,Shipping Country,Shipping Phone,Payment Method,Payment Reference,Phone
#1001,jane@example.com,paid,2026-11-01 10:00:05 -0500,2026-11-02 09:00:00 -0500,USD,90.00,5.00,7.20,102.20,10.00,\
2026-11-01 10:00:00 -0500,2,T-Shirt - M,30.00,TS-M,0.00,Jane Doe,Jane Doe,Main St 1,Portland,OR,Oregon,US,,Shopify Payments,r1,
#1001,jane@example.com,,,,,,,,,,2026-11-01 10:00:00 -0500,1,Cap,40.00,,0.00,,,,,,,,,,,
#1002,,paid,,,USD,1.00,0.00,0.00,1.00,0.00,2026-02-30 10:00:00 -0500,1,Pin,1.00,PIN,0.00,,,,,,,,,manual,,+15550001111
#1003,x@example.com,paid,,,USD,1.00,0.00,0.00,1.00,0.00,2026-11-03 10:00:00 -0500,abc,Pin,1.00,PIN,0.00,,,,,,,,,manual,,
"""
WOO = """order_id,order_number,date,status,shipping_total,order_total,order_currency,payment_method,customer_id,\
billing_first_name,billing_last_name,billing_email,billing_phone,shipping_first_name,shipping_last_name,shipping_address_1,\
shipping_city,shipping_state,shipping_country,item_product_id,item_name,item_sku,item_quantity,item_total
7,1007,2026-11-01 10:00:00,completed,4.90,34.90,EUR,paypal,0,Eva,Muster,eva@example.com,,Eva,Muster,Weg 1,Berlin,BE,DE,55,Tasse,,3,30.00
8,1008,2026-11-02 10:00:00,completed,0.00,19.99,EUR,cod,12,Max,Muster,m@example.com,,Max,Muster,Weg 2,Bonn,NW,DE,56,Buch,B1,1,19.99
"""


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path / "home"
    return tmp_path / "home"


def imported(path: Path, name: str, **how: Any) -> dict[str, Any]:
    return import_orders(path, mapping=name, now=NOW, **how)


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def ndjson(folder: Path, count: int) -> Path:
    return written(folder, "orders.ndjson", b"".join(orjson.dumps(plain(number=f"N{n}")) + b"\n" for n in range(count)))


def refused(code: str, path: Path, name: str, **how: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        imported(path, name, **how)
    assert (caught.value.code, Order.objects.count()) == (code, 0)
    return caught.value


def test_a_shopify_export_is_taken_to_the_cent_and_bad_orders_are_named(tmp_path: Path, home: Path) -> None:
    report = imported(written(tmp_path, "orders_export.csv", SHOPIFY), "shopify")
    assert report["orders"] == {"created": 1, "refused": 2}
    assert report["refused"] == {"INVALID_INPUT": 2}
    order = Order.objects.get(number="1001")
    assert (order.currency, order.paid_minor, order.freight_minor, order.difference_minor) == ("USD", 10220, 500, 0)
    # 97.20 without freight over 60.00 and 40.00: discount and tax fall on both.
    assert list(order.lines.order_by("line").values_list("sku", "quantity", "unit_price_minor", "paid_minor")) == [
        ("TS-M", 2, 3000, 5832), ("Cap", 1, 4000, 3888),
    ]  # fmt: skip
    assert order.placed_at.isoformat() == "2026-11-01T15:00:00+00:00"
    assert (order.buyer.external_id, order.address["region"]) == ("jane@example.com", "Oregon")
    errors = [json.loads(line) for line in (home / "imports" / report["errors_file"]).read_text().splitlines()]
    assert [(e["key"], e["row"], e["fields"]) for e in errors] == [
        ("1002", 3, ["placed_at"]), ("1003", 4, ["lines[0].quantity"]),
    ]  # fmt: skip


def test_a_woocommerce_export_is_taken_and_twice_is_unchanged(tmp_path: Path) -> None:
    path = written(tmp_path, "orders.csv.gz", gzip.compress(WOO.encode()))
    assert imported(path, "woocommerce")["orders"] == {"created": 2}
    order = Order.objects.get(number="1007")
    assert (order.paid_minor, order.freight_minor, order.difference_minor, order.buyer.external_id) == (3490, 490, 0, "eva@example.com")
    line = order.lines.get()
    assert (line.sku, line.quantity, line.unit_price_minor, line.paid_minor) == ("55", 3, 1000, 3000)
    before = stored()
    assert imported(path, "woocommerce")["orders"] == {"unchanged": 2}
    assert stored() == before


def test_an_unknown_column_is_refused_by_name(tmp_path: Path) -> None:
    path = written(tmp_path, "x.csv", SHOPIFY.replace("Lineitem quantity", "Qty"))
    assert refused("IMPORT_COLUMN_UNKNOWN", path, "shopify").facts["columns"] == "Lineitem quantity"


@pytest.mark.parametrize("body", [b"PAR1 no parquet at all PAR1", b""])
def test_a_malformed_parquet_file_is_refused(tmp_path: Path, body: bytes) -> None:
    refused("IMPORT_FILE_MALFORMED", written(tmp_path, "x.parquet", body), "uci")


def test_a_missing_file_and_an_unknown_mapping_are_refused(tmp_path: Path) -> None:
    refused("IMPORT_FILE_MISSING", tmp_path / "nothing.csv", "shopify")
    refused("IMPORT_FILE_MISSING", tmp_path, "olist")
    refused("MAPPING_UNKNOWN", tmp_path, "nothing")


def test_a_wrong_mapping_of_ones_own_is_refused(tmp_path: Path) -> None:
    own = written(tmp_path, "own.yaml", "name: own\ntitle: {zh: 甲, en: a}\nkey: id\norder: {colour: c}\nline: {sku: s}\n")
    refused("MAPPING_INVALID", tmp_path, str(own))


def test_a_mapping_of_ones_own_and_parquet_work(tmp_path: Path) -> None:
    own = written(
        tmp_path, "own.yaml",
        "name: own\ntitle: {zh: 甲, en: a}\nzone: Asia/Shanghai\nkey: id\n"
        "order: {buyer: who, placed_at: at, merchant: {const: m}, channel: {const: third}}\n"
        "line: {sku: art, title: art, unit_price: price, quantity: n}\npayments: {whole: cash}\n",
    )  # fmt: skip
    path = tmp_path / "x.parquet"
    duckdb.execute(
        f"COPY (SELECT 'a' AS id, 'u' AS who, '2026-11-01 08:00:00' AS at, 'K' AS art, 19.90 AS price, 2 AS n) TO '{path}'"
    )
    assert imported(path, str(own))["orders"] == {"created": 1}
    order = Order.objects.get(number="a")
    assert (order.paid_minor, order.difference_minor, order.channel) == (3980, 0, "third")
    assert order.placed_at.isoformat() == "2026-11-01T00:00:00+00:00"


def test_native_lines_are_taken_and_a_bad_one_hurts_no_other(tmp_path: Path) -> None:
    good, bad, last = (orjson.dumps(order) for order in (plain(number="A"), plain(number="B", colour=1), plain(number="C")))
    body = b"\n".join((good, b"{", b"", bad, last))
    report = imported(written(tmp_path, "x.ndjson.gz", gzip.compress(body)), "ndjson")
    assert report["orders"] == {"created": 2, "refused": 2}
    assert report["refused"] == {"MALFORMED_ORDER": 1, "INVALID_INPUT": 1}
    assert [(entry["row"], entry["fields"]) for entry in report["sample"]] == [(2, []), (4, ["colour"])]


def test_killed_half_way_a_second_run_goes_on_where_it_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)
    path = ndjson(tmp_path, 35)

    class Killed(BaseException):
        """What a kill is to the code: no handler sees it."""

    def kill(done: int, total: int | None) -> None:
        if done == 20:
            raise Killed

    with pytest.raises(Killed):
        imported(path, "ndjson", progress=kill)
    run = OrderImport.objects.get()
    assert (run.state, run.position, Order.objects.count()) == ("running", 20, 20)
    seen: list[int] = []
    report = imported(path, "ndjson", progress=lambda done, total: seen.append(done))
    assert (report["import"], report["orders"], seen) == (run.pk, {"created": 35}, [30, 35])
    assert imported(path, "ndjson")["orders"] == {"unchanged": 35}


def test_a_batch_that_is_torn_leaves_neither_orders_nor_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)
    path = ndjson(tmp_path, 25)
    calls: list[int] = []

    def tear(*given: Any, **how: Any) -> Any:
        answers = bulk.put_batch(*given, **how)
        calls.append(len(answers))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return answers

    monkeypatch.setattr(importing, "put_batch", tear)
    with pytest.raises(KeyboardInterrupt):
        imported(path, "ndjson")
    run = OrderImport.objects.get()
    assert (run.position, run.report["orders"], Order.objects.count()) == (10, {"created": 10}, 10)
    assert imported(path, "ndjson")["orders"] == {"created": 25}


def test_a_set_is_moved_so_that_it_ends_on_the_day(tmp_path: Path) -> None:
    report = imported(written(tmp_path, "w.csv", WOO), "woocommerce", shift_dates_to="2026-11-20")
    assert report["shift_days"] == 18
    assert sorted(order.placed_at.date() for order in Order.objects.all()) == [date(2026, 11, 19), date(2026, 11, 20)]
    assert OrderImport.objects.get().shift_days == 18
    with pytest.raises(Refused):
        imported(tmp_path / "w.csv", "woocommerce", shift_dates_to="2026-02-30")


def test_repeated_rows_are_quantity_and_sellers_part_the_payment(tmp_path: Path) -> None:
    files = {
        "olist_orders_dataset.csv": "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,"
        "order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date\n"
        "o1,c1,delivered,2018-06-12 20:07:44,2018-06-12 20:44:26,2018-06-13 13:09:00,2018-06-19 23:30:00,2018-07-17 00:00:00\n"
        "o2,c1,unavailable,2018-06-12 20:07:44,,,,2018-07-17 00:00:00\n",
        "olist_order_items_dataset.csv": "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value\n"
        "o1,1,p1,s1,x,10.00,1.00\no1,2,p1,s1,x,10.00,1.00\no1,3,p2,s2,x,5.50,0.49\n",
        "olist_customers_dataset.csv": "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state\n"
        "c1,person,1,franca,SP\n",
        "olist_products_dataset.csv": "product_id,product_category_name\np1,telefonia\np2,\n",
        "olist_sellers_dataset.csv": "seller_id,seller_zip_code_prefix,seller_city,seller_state\ns1,1,campinas,SP\ns2,1,lapa,SP\n",
        "olist_order_payments_dataset.csv": "order_id,payment_sequential,payment_type,payment_installments,payment_value\n"
        "o1,2,voucher,1,7.99\no1,1,credit_card,1,20.00\n",
    }
    for name, text in files.items():
        written(tmp_path, name, text)
    report = imported(tmp_path, "olist")
    assert report["orders"] == {"created": 2, "refused": 1}
    assert report["refused"] == {"ORDER_WITHOUT_LINES": 1}
    assert report["rows"] == {"goods": 3, "empty": 1}
    one, two = Order.objects.order_by("number")
    assert (one.number, one.paid_minor, two.number, two.paid_minor) == ("o1-1", 2200, "o1-2", 599)
    assert list(one.payments.order_by("position").values_list("tender", "amount_minor")) == [("card", 1572), ("voucher", 628)]
    line = one.lines.get()
    assert (line.quantity, line.paid_minor, line.category, one.freight_minor) == (2, 2000, "phone", 200)
    # 23:30 in São Paulo is the next day in Shanghai, where the house counts its days.
    assert (line.received_on, line.receipt_source) == (date(2018, 6, 20), "signature")
    assert OrderLine.objects.get(order=two).category == "generic"


def test_three_vouchers_of_two_sellers_leave_each_of_them_paid_to_the_cent() -> None:
    rows = [
        {"sku": sku, "quantity": 1, "unit_price": price, "freight": 0, "merchant": sku}
        for sku, price in (("a", 1427000), ("b", 1776100))
    ]
    payments = [{"tender": "voucher", "amount": amount} for amount in (1074800, 1074800, 1053500)]
    order = {"buyer": "b", "placed_at": "2018-08-20 10:00:00"}
    shaped = Shaper(mappings.load("olist")).shape({"key": "o", "row": 1, "order": order, "rows": rows, "payments": payments})
    assert [[p["amount"] for p in part["payments"]] for part in shaped.orders] == [[4788, 4788, 4694], [5960, 5960, 5841]]
    assert [sum(p["amount"] for p in part["payments"]) for part in shaped.orders] == [14270, 17761]


def test_every_shipped_mapping_loads() -> None:
    assert mappings.names() == ["ndjson", "olist", "shopify", "uci", "woocommerce"]
    assert all(mappings.load(name).title.keys() == {"zh", "en"} for name in mappings.names())
