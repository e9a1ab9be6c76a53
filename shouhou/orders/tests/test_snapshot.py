"""What a snapshot may be, and how each fault is named."""

from typing import Any

import orjson
import pytest

from shouhou.foundation.refusals import Refused
from shouhou.orders import rules
from shouhou.orders.snapshot import json_schema, parse_number, parse_numbered, parse_snapshot
from shouhou.orders.tests.conftest import NOW, line, plain


def refusal_of(body: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        parse_snapshot(body)
    return caught.value


def test_the_contracts_own_example_is_a_snapshot() -> None:
    example = b"""{"buyer":{"id":"u1","name":"\xe6\x9e\x97","phone":"13800000000","tier":"plus"},
    "merchant":{"code":"self","channel":"self","name":"x"},"placed_at":"2026-11-01T10:00:00+08:00","currency":"CNY",
    "lines":[{"line":1,"sku":"P1","title":"t","category":"phone","quantity":2,"unit_price":199900,"paid":389800,
    "serials":["8600"],"excludable_by_nature":false,"confirmed_no_return":false,"promised_no_reason":false}],
    "payments":[{"tender":"card","amount":389800,"reference":"r"}],"freight":0,
    "shipments":[{"lines":[1],"carrier":"jd","number":"n","shipped_at":"2026-11-02T10:00:00+08:00","arrived_at":null,
    "signed_at":"2026-11-03T10:00:00+08:00"}],"invoice":{"number":"i","amount":389800}}"""
    snapshot = parse_snapshot(example)
    assert snapshot.lines[0].paid == 389800
    assert rules.errors_of(snapshot, now=NOW) == []
    assert rules.difference_minor(snapshot) == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"lines": [line(colour="red")]}, "lines[0].colour"),
        ({"lines": [line(quantity=0)]}, "lines[0].quantity"),
        ({"lines": [line(quantity=1.0)]}, "lines[0].quantity"),
        ({"lines": [line(quantity="1")]}, "lines[0].quantity"),
        ({"lines": [line(paid=-1)]}, "lines[0].paid"),
        ({"lines": [line(paid=10**12)]}, "lines[0].paid"),
        ({"lines": [line(title="")]}, "lines[0].title"),
        ({"lines": [line(title="x" * 241)]}, "lines[0].title"),
        ({"lines": [line(line=0)]}, "lines[0].line"),
        ({"lines": [{"line": 1}]}, "lines[0].sku"),
        ({"buyer": {"id": ""}}, "buyer.id"),
        ({"buyer": {"id": "u", "tier": "gold"}}, "buyer.tier"),
        ({"merchant": {"code": "a b", "channel": "self"}}, "merchant.code"),
        ({"merchant": {"code": "a", "channel": "shop"}}, "merchant.channel"),
        ({"currency": "YUAN"}, "currency"),
        ({"placed_at": "2026-02-30T10:00:00+08:00"}, "placed_at"),
        ({"placed_at": "2026-11-01T10:00:00"}, "placed_at"),
        ({"payments": [{"tender": "card", "amount": 1}] * 51}, "payments"),
        ({"payments": [{"tender": "Card!", "amount": 1}]}, "payments[0].tender"),
        ({"freight": None}, "freight"),
        ({"extra": {"k" * 41: "v"}}, "extra"),
    ],
)
def test_a_malformed_field_is_refused_by_its_path(changes: dict[str, Any], field: str) -> None:
    refusal = refusal_of(orjson.dumps(plain(**changes)))
    assert refusal.code == "INVALID_INPUT"
    assert [error.field for error in refusal.errors] == [field]
    assert refusal.errors[0].zh != "内容无效"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[[" * 50_000, b'{"a":1}{"b":2}', b'{"buyer":"\xff"}', b'{"x":"\\ud800"}', orjson.dumps(plain(currency="C\0Y"))],
)
def test_what_is_no_json_is_refused_and_never_an_error(body: bytes) -> None:
    assert refusal_of(body).code in ("MALFORMED_ORDER", "INVALID_INPUT")


def test_a_body_beyond_a_million_bytes_is_refused_unread() -> None:
    assert refusal_of(b" " * 1_000_001).code == "MALFORMED_ORDER"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"currency": "XXX"}, "currency"),
        ({"lines": [line(), line()]}, "lines[1].line"),
        ({"lines": [line(serials=["a", "b"])]}, "lines[0].serials"),
        ({"lines": [line(serials=["a"]), line(line=2, serials=["a"])]}, "lines[1].serials"),
        ({"lines": [line(line=n) for n in range(1, 202)]}, "lines"),
        ({"placed_at": "2026-11-22T10:00:00+08:00"}, "placed_at"),
        ({"placed_at": "1999-11-22T10:00:00+08:00"}, "placed_at"),
        ({"paid_at": "2036-11-22T10:00:00+08:00"}, "paid_at"),
        ({"shipments": [{"carrier": "jd", "signed_at": "2026-10-01T10:00:00+08:00"}]}, "shipments[0].signed_at"),
        ({"shipments": [{"carrier": "jd", "lines": [9]}]}, "shipments[0].lines"),
        ({"lines": [line(warranty={"start": "1800-01-01"})]}, "lines[0].warranty.start"),
        ({"lines": [line(confirmation={"text": "不退", "at": "2099-01-01T00:00:00Z"})]}, "lines[0].confirmation.at"),
    ],
)
def test_an_impossible_order_is_refused_by_its_path(changes: dict[str, Any], field: str) -> None:
    order = plain(**({"shipments": []} | changes))
    errors = rules.errors_of(parse_snapshot(orjson.dumps(order)), now=NOW)
    assert [error.field for error in errors] == [field]


@pytest.mark.parametrize("number", ["", "a b", "a/b", "a?b", "x" * 61, "a\nb", "#1"])
def test_a_number_that_no_address_can_hold_is_refused(number: str) -> None:
    with pytest.raises(Refused):
        parse_number(number)


def test_a_bulk_line_carries_its_number() -> None:
    assert parse_numbered(orjson.dumps(plain(number="JD-1"))).number == "JD-1"
    with pytest.raises(Refused) as caught:
        parse_numbered(orjson.dumps(plain()))
    assert caught.value.errors[0].field == "number"


def test_the_schema_names_every_part() -> None:
    assert {"Snapshot", "LinePart", "PaymentPart", "ShipmentPart", "BuyerPart", "MerchantPart"} <= set(json_schema())
