"""Discounts by bearer and the offers of an order: taken in, checked, shown as they came, kept once a case stands on them."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from shouhou.foundation.refusals import Refused
from shouhou.orders.models import Order
from shouhou.orders.queries import discounts_by_bearer, order_json
from shouhou.orders.tests.conftest import line, plain, put, stored
from shouhou.orders.tests.test_import import imported, written
from shouhou.plumbing.actor import SYSTEM

pytestmark = pytest.mark.django_db

PLATFORM = {"bearer": "platform", "amount": 30, "name": "双11"}
OFFER = {"kind": "spend", "name": "双11", "lines": [1], "tiers": [{"threshold": 90, "discount": 30}]}


def cart(**changes: Any) -> dict[str, Any]:
    lines = [line(paid=50, discounts=[PLATFORM, {"bearer": "coupon", "amount": 20}])]
    return plain(
        lines=lines, payments=[{"tender": "card", "amount": 50}], freight=0, shipments=[], invoice=None,
        promotion={"offers": [OFFER]},
    ) | changes  # fmt: skip


def test_discounts_and_offers_come_back_as_they_were_told() -> None:
    assert put(cart()).difference_minor == 0
    shown = order_json("JD1001", actor=SYSTEM)
    assert shown["lines"][0]["discounts"] == [PLATFORM, {"bearer": "coupon", "amount": 20}] and shown["discounts"] == []
    assert shown["promotion"]["offers"][0]["tiers"] == [{"threshold": 90, "units": 0, "discount": 30, "percent": 0}]
    key = Order.objects.get().id
    assert discounts_by_bearer([key]) == [(key, "coupon", 20), (key, "platform", 30)]


def test_the_same_order_again_is_unchanged_and_another_discount_is_a_new_version() -> None:
    put(cart())
    before = stored()
    assert put(cart()).outcome == "unchanged" and stored() == before
    assert put(cart(discounts=[{"bearer": "points", "amount": 5}])).outcome == "updated"
    assert Order.objects.get().discounts == [{"bearer": "points", "amount": 5}]


def test_an_order_without_discounts_is_what_it_was_before_there_were_any() -> None:
    put(plain())
    Order.objects.update(fingerprint=b"of an earlier edition")
    assert put(plain()).outcome == "unchanged" and Order.objects.get().version == 1


def test_discounts_are_kept_once_a_case_stands_on_the_order() -> None:
    put(cart())
    Order.objects.update(in_use=True)
    before = stored()
    changed = cart(lines=[line(paid=50, discounts=[{"bearer": "merchant", "amount": 50}])])
    with pytest.raises(Refused, match="SNAPSHOT_IN_USE") as no:
        put(changed)
    assert "lines[1].discounts" in str(no.value.facts["fields"]) and stored() == before


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({}, 0),
        ({"lines": [line(paid=50, discounts=[PLATFORM])]}, -20),
        ({"lines": [line(paid=50)], "discounts": [{"bearer": "platform", "amount": 50}]}, 0),
        ({"lines": [line(paid=50)], "discounts": [{"bearer": "platform", "amount": 40}]}, -10),
        ({"lines": [line(paid=50)]}, 0),
        ({"payments": [{"tender": "card", "amount": 49}]}, -1),
    ],
)
def test_what_the_told_discounts_leave_unexplained_marks_the_order(changes: dict[str, Any], difference: int) -> None:
    assert put(cart(**changes)).difference_minor == difference
    assert order_json("JD1001", actor=SYSTEM)["reconciled"] is (difference == 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"discounts": [{"bearer": "bank", "amount": 1}]}, "discounts[0].bearer"),
        ({"discounts": [{"bearer": "platform", "amount": -1}]}, "discounts[0].amount"),
        ({"promotion": {"offers": [{"kind": "spend", "lines": [9], "tiers": [{"discount": 1}]}]}}, "promotion.offers[0].lines"),
        ({"promotion": {"offers": [{"kind": "bundle", "price": 9}]}}, "promotion.offers[0].units"),
        ({"promotion": {"offers": [{"kind": "set", "price": 9}]}}, "promotion.offers[0].lines"),
        ({"promotion": {"offers": [{"kind": "gift"}]}}, "promotion.offers[0].gifts"),
        ({"promotion": {"offers": [{"kind": "lottery"}]}}, "promotion.offers[0].kind"),
    ],
)
def test_nonsense_is_refused_by_its_field(changes: dict[str, Any], field: str) -> None:
    before = stored()
    with pytest.raises(Refused, match="INVALID_INPUT") as no:
        put(cart(**changes))
    assert field in [error.field for error in no.value.errors] and stored() == before


def test_an_import_tells_the_sellers_discount_of_a_line(tmp_path: Path) -> None:
    own = written(
        tmp_path, "own.yaml",
        "name: own\ntitle: {zh: 甲, en: a}\nzone: Asia/Shanghai\nkey: id\n"
        "order: {buyer: who, placed_at: at, merchant: {const: m}, channel: {const: third}, total: total, tender: {const: card}}\n"
        "line: {sku: art, title: art, unit_price: price, quantity: n, discount: rebate}\npayments: {total: true}\n",
    )  # fmt: skip
    path = tmp_path / "x.parquet"
    duckdb.execute(
        "COPY (SELECT 'a' AS id, 'u' AS who, '2026-11-01 08:00:00' AS at, 'K' AS art, 19.90 AS price, 2 AS n, 5.00 AS rebate, "
        f"34.80 AS total) TO '{path}'"
    )
    assert imported(path, str(own))["orders"] == {"created": 1}
    order = Order.objects.get()
    assert (order.difference_minor, order.lines.get().paid_minor) == (0, 3480)
    assert order.lines.get().discounts == [{"bearer": "merchant", "amount": 500}]
