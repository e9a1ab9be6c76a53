"""The demo's orders: the same for the same day and seed, possible, and balanced to the cent."""

from datetime import UTC, date, datetime
from itertools import chain

from shouhou.demo.catalogue import PRODUCTS, SHOPS
from shouhou.demo.orders import orders, people
from shouhou.orders.rules import difference_minor, errors_of
from shouhou.orders.snapshot import NumberedSnapshot, snapshot_of

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


def made() -> list[NumberedSnapshot]:
    return [snapshot_of(order) for order in orders(count=300, seed=1, today=TODAY)]


def test_the_same_day_and_seed_make_the_same_orders_and_another_seed_makes_others() -> None:
    assert made() == made()
    assert list(orders(count=20, seed=2, today=TODAY)) != list(orders(count=20, seed=1, today=TODAY))


def test_every_order_is_possible_and_its_payments_add_up() -> None:
    for order in made():
        assert errors_of(order, now=NOON) == []
        assert difference_minor(order) == 0
        assert all(0 < line.paid <= line.unit_price * line.quantity for line in order.lines)


def test_the_shop_has_everything_a_demo_must_show() -> None:
    all_orders = made()
    lines = list(chain.from_iterable(order.lines for order in all_orders))
    assert len({order.number for order in all_orders}) == 300
    assert {order.merchant.code for order in all_orders} == {shop.code for shop in SHOPS}
    assert {line.category for line in lines} == {product.category for product in PRODUCTS}
    assert len({order.buyer.id for order in all_orders}) >= 40
    assert any(order.buyer.tier == "plus" for order in all_orders)
    assert {1, 2, 3} <= {len(order.payments) for order in all_orders}
    assert any(len(order.shipments) > 1 for order in all_orders)
    assert any(not order.shipments for order in all_orders)
    parcels = list(chain.from_iterable(order.shipments for order in all_orders))
    assert {"door", "locker", "locker_no_consent", ""} == {parcel.arrival_kind for parcel in parcels}
    assert any(line.serials for line in lines)
    assert any(line.excludable_by_nature and not line.confirmed_no_return for line in lines)
    assert (TODAY - min(order.placed_at for order in all_orders).date()).days >= 59


def test_no_phone_of_the_demo_can_be_anybodys() -> None:
    assert {person.phone[:3] for person in people(1)} == {"100"}
