"""An order is put: made, found unchanged, refreshed, or refused with nothing changed."""

from datetime import date, timedelta
from typing import Any

import pytest

from shouhou.accounts.models import Buyer
from shouhou.foundation.refusals import Refused
from shouhou.merchants.models import Merchant
from shouhou.orders import ports
from shouhou.orders.actions import rule_receipt
from shouhou.orders.models import Order, OrderLine, ReceiptRuling
from shouhou.orders.queries import order_json, owner_of
from shouhou.orders.tests.conftest import NOW, line, plain, put, stored, together
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.models import Event

pytestmark = pytest.mark.django_db
AGENT = Actor(role="agent", who="user:7")
IN_USE_REFUSALS = {
    "quantity": "lines[1].quantity", "paid": "lines[1].paid", "sku": "lines[1].sku", "unit_price": "lines[1].unit_price",
}  # fmt: skip


def refused(code: str, order: dict[str, Any], **how: Any) -> Refused:
    """The put is refused so, and nothing that orders keep has changed."""
    before = stored()
    with pytest.raises(Refused) as caught:
        put(order, **how)
    assert caught.value.code == code
    assert stored() == before
    return caught.value


def test_a_new_order_is_stored_with_exact_values() -> None:
    assert put(plain()).outcome == "created"
    order = Order.objects.get(number="JD1001")
    assert (order.version, order.channel, order.buyer_tier, order.paid_minor, order.difference_minor) == (1, "self", "plus", 392300, 0)
    assert (order.invoice_number, order.invoice_minor, order.address["region"]) == ("INV-1", 391300, "四川省成都市")
    first, second = order.lines.order_by("line")
    assert (first.received_on, first.receipt_source) == (date(2026, 11, 3), "signature")
    assert (second.received_on, second.receipt_source) == (date(2026, 11, 5), "carrier_arrival")
    assert first.serials == ["8600000000000001", "8600000000000002"]
    assert list(order.payments.order_by("position").values_list("tender", "amount_minor")) == [("card", 391300), ("points", 1000)]
    assert Buyer.objects.get(external_id="u1").name == "林一"
    assert Merchant.objects.get(code="self").organisation is not None
    event = Event.objects.get(type="order.taken")
    assert (event.subject, event.data["difference_minor"]) == ("JD1001", 0)
    assert owner_of("JD1001") == order.buyer_id


def test_strange_characters_come_back_as_they_were() -> None:
    title = 'a\tb\\N\n"x"\r{1,2}\\. 手机'
    put(plain(lines=[line(title=title, serials=['"q"\\,{}'])], shipments=[]))
    stored_line = OrderLine.objects.get()
    assert (stored_line.title, stored_line.serials) == (title, ['"q"\\,{}'])


def test_the_same_content_again_is_unchanged_and_makes_no_version() -> None:
    put(plain())
    before = stored()
    assert (put(plain(), now=NOW + timedelta(days=1)).outcome, stored()) == ("unchanged", before)


def test_a_changed_order_gets_a_new_version_and_keeps_its_rows() -> None:
    put(plain())
    rows = dict(OrderLine.objects.values_list("line", "pk"))
    changed = plain(
        lines=[{**plain()["lines"][0], "paid": 380000}, line(line=3)], payments=[{"tender": "card", "amount": 381100}],
        shipments=plain()["shipments"][:1],
    )  # fmt: skip
    result = put(changed)
    assert (result.outcome, result.version, result.difference_minor) == ("updated", 2, 0)
    now = dict(OrderLine.objects.values_list("line", "pk"))
    assert set(now) == {1, 3}
    assert now[1] == rows[1]
    event = Event.objects.get(type="order.refreshed")
    assert event.data["fields"] == ["lines[1].paid", "lines[2]", "lines[3]", "payments", "shipments"]


def test_payments_that_do_not_add_up_are_taken_and_marked() -> None:
    result = put(plain(payments=[{"tender": "card", "amount": 300000}]))
    assert (result.outcome, result.difference_minor) == ("created", -92300)
    assert order_json("JD1001", actor=SYSTEM)["reconciled"] is False


def test_a_new_signature_moves_the_receipt_and_says_so() -> None:
    put(plain())
    order = plain()
    order["shipments"][1]["signed_at"] = "2026-11-07T09:00:00+08:00"
    put(order)
    event = Event.objects.get(type="order.receipt_changed")
    assert event.data["lines"] == [{"line": 2, "source": "signature", "received_on": "2026-11-07"}]


@pytest.mark.parametrize(("field", "named"), IN_USE_REFUSALS.items())
def test_a_line_with_a_case_on_it_is_frozen(field: str, named: str) -> None:
    put(plain())
    OrderLine.objects.filter(line=1).update(claimed_quantity=1)
    order = plain()
    order["lines"][0][field] = {"sku": "P2", "quantity": 3}.get(field, 1)
    refusal = refused("SNAPSHOT_IN_USE", order)
    assert [error.field for error in refusal.errors] == [named]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"payments": []}, "payments"),
        ({"freight": 0}, "freight"),
        ({"currency": "USD"}, "currency"),
        ({"buyer": {"id": "u2"}}, "buyer.id"),
        ({"merchant": {"code": "other", "channel": "self"}}, "merchant.code"),
        ({"invoice": None}, "invoice.amount"),
    ],
)
def test_an_order_in_use_refuses_every_other_change_by_name(changes: dict[str, Any], named: str) -> None:
    put(plain())
    Order.objects.update(in_use=True)
    assert named in [error.field for error in refused("SNAPSHOT_IN_USE", plain(**changes)).errors]


def test_an_order_in_use_still_takes_shipment_facts() -> None:
    put(plain())
    Order.objects.update(in_use=True)
    order = plain()
    order["shipments"][0]["signed_at"] = "2026-11-04T10:00:00+08:00"
    assert put(order).version == 2
    assert OrderLine.objects.get(line=1).received_on == date(2026, 11, 4)


def test_a_stale_version_is_overtaken() -> None:
    put(plain())
    put(plain(freight=999))
    assert refused("OVERTAKEN", plain(freight=5), version=1).facts["version"] == 2
    assert put(plain(freight=5), version=2).version == 3


def test_a_version_of_an_order_that_is_not_there_is_overtaken() -> None:
    refused("OVERTAKEN", plain(), version=1)


def test_an_order_without_lines_is_refused() -> None:
    refused("ORDER_WITHOUT_LINES", plain(lines=[], shipments=[]))


def test_an_impossible_order_is_refused_whole() -> None:
    refused("INVALID_INPUT", plain(lines=[line(), line()], shipments=[]))


def test_a_consumer_sends_no_orders() -> None:
    refused("FORBIDDEN", plain(), actor=Actor(role="consumer", who="buyer:1", buyer_id=1))


def test_a_merchants_key_sends_only_its_own_orders() -> None:
    put(plain(merchant={"code": "m1", "channel": "third"}), number="A1")
    put(plain(merchant={"code": "m2", "channel": "third"}), number="A2")
    one = Actor(role="merchant_manager", who="key:1", merchant_id=Merchant.objects.get(code="m1").pk)
    refused("NOT_YOUR_ORDER", plain(merchant={"code": "m2", "channel": "third"}), number="A3", actor=one)
    refused("NOT_YOUR_ORDER", plain(merchant={"code": "m1", "channel": "third"}), number="A2", actor=one)
    assert put(plain(merchant={"code": "m1", "channel": "third"}, freight=1), number="A1", actor=one).outcome == "updated"


def test_the_book_of_the_order_day_is_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "book_at", lambda day: ("std-1", day.isoformat()))
    put(plain())
    assert Order.objects.get().book_version == "2026-11-01"


def test_an_agents_finding_needs_a_basis_and_gives_way_to_the_carrier() -> None:
    put(plain(shipments=[{"carrier": "other", "number": "X"}]))
    how: dict[str, Any] = {"number": "JD1001", "line": 1, "received_on": date(2026, 11, 4), "actor": AGENT, "now": NOW}
    before = stored()
    with pytest.raises(Refused) as caught:
        rule_receipt(basis=[" "], **how)
    assert (caught.value.code, stored(), ReceiptRuling.objects.count()) == ("BASIS_REQUIRED", before, 0)
    found = rule_receipt(basis=["distance", "customer_confirmation"], **how)
    assert (found.received_on, found.receipt_source) == (date(2026, 11, 4), "manual")
    put(plain(shipments=[{"carrier": "other", "number": "Y"}]))
    assert OrderLine.objects.get(line=1).receipt_source == "manual"
    put(plain(shipments=[{"carrier": "jd", "signed_at": "2026-11-06T09:00:00+08:00"}]))
    assert OrderLine.objects.get(line=1).received_on == date(2026, 11, 6)
    with pytest.raises(Refused) as caught:
        rule_receipt(basis=["distance"], **how)
    assert caught.value.code == "RECEIPT_KNOWN"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"actor": Actor(role="consumer", who="buyer:1")}, "FORBIDDEN"),
        ({"line": 9}, "NOT_FOUND"),
        ({"received_on": date(2026, 10, 1)}, "INVALID_INPUT"),
        ({"received_on": date(2026, 11, 21)}, "INVALID_INPUT"),
        ({"version": 7}, "OVERTAKEN"),
    ],
)
def test_a_finding_is_refused_and_changes_nothing(changes: dict[str, Any], code: str) -> None:
    put(plain(shipments=[]))
    before = stored()
    how: dict[str, Any] = {
        "number": "JD1001", "line": 1, "received_on": date(2026, 11, 4), "basis": ["distance"], "actor": AGENT, "now": NOW,
    }  # fmt: skip
    with pytest.raises(Refused) as caught:
        rule_receipt(**(how | changes))
    assert (caught.value.code, stored(), ReceiptRuling.objects.count()) == (code, before, 0)


def test_a_line_with_a_finding_cannot_vanish() -> None:
    put(plain(shipments=[]))
    rule_receipt(number="JD1001", line=2, received_on=date(2026, 11, 4), basis=["distance"], actor=AGENT, now=NOW)
    refused("SNAPSHOT_IN_USE", plain(lines=plain()["lines"][:1], shipments=[]))


def test_nothing_personal_of_an_erased_buyer_is_taken_in_again() -> None:
    put(plain())
    Buyer.objects.update(name="", phone="", email="", erased_at=NOW)
    put(plain(freight=7))
    assert (Buyer.objects.get().name, Order.objects.get().address) == ("", {})


def test_a_stranger_finds_no_order() -> None:
    put(plain())
    for stranger in (Actor(role="consumer", who="buyer:0", buyer_id=0), Actor(role="merchant_operator", who="u", merchant_id=0)):
        with pytest.raises(Refused) as caught:
            order_json("JD1001", actor=stranger)
        assert caught.value.code == "NOT_FOUND"


@pytest.mark.django_db(transaction=True)
def test_eight_puts_of_one_number_at_once_make_one_order() -> None:
    results = together(lambda place: put(plain(), number="RACE").outcome, 8)
    assert sorted(map(str, results)) == ["created", *["unchanged"] * 7]
    assert (Order.objects.count(), OrderLine.objects.count(), Event.objects.filter(type="order.taken").count()) == (1, 2, 1)


@pytest.mark.django_db(transaction=True)
def test_eight_different_puts_of_one_number_at_once_make_eight_versions() -> None:
    results = together(lambda place: put(plain(freight=place), number="RACE").version, 8)
    assert sorted(int(str(result)) for result in results) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert Order.objects.get().version == 8
