"""Money that is hard to divide, attacked: cents that do not go round in yen, dinars and fen, over tenders paid with next to nothing,
unit by unit; the last unit gives back the last minor unit, and never one more."""

from typing import Any

import pytest

from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.models import Refund, TenderAllowance
from shouhou.payments.queries import order_money
from shouhou.payments.tests.conftest import work
from tests.conftest import Fake
from tests.world import World, refusal_of

pytestmark = pytest.mark.django_db
Tenders = dict[str, int]


def sold(world: World, currency: str, tenders: Tenders, **changes: Any) -> str:
    """Three cups for what the tenders have paid, whatever that is."""
    paid = sum(tenders.values())
    line = {"line": 1, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 3, "unit_price": paid // 3 + 1, "paid": paid}
    payments = [{"tender": tender, "amount": amount, "reference": f"p-{tender}"} for tender, amount in tenders.items()]
    return world.order(**{"currency": currency, "lines": [line], "payments": payments} | changes)


def back(world: World, order: str, units: int = 1, **wish: Any) -> str:
    """So many cups to the end of their return, by way of a second person where one is needed."""
    number = str(world.apply(order, items={1: units}, **wish)["number"])
    if world.case(number)["status"] == "submitted":
        world.move(number, "approve", actor=world.staff("reviewer"))
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number=f"SF88{world.count:05d}{Refund.objects.count():06d}")
    world.later(hours=5)
    world.move(number, "receive", actor=world.staff("inspector"), packing="ok", appearance="ok", accessories="ok")
    world.move(number, "accept", actor=world.staff("inspector"))
    if world.case(number)["status"] == "refund_review":
        world.move(number, "approve_refund", actor=world.staff("finance"))
    for refund in Refund.objects.filter(subject=number):
        work(refund, now=world.now)
    assert world.case(number)["status"] == "refunded"
    return number


@pytest.mark.parametrize(
    ("currency", "tenders"),
    [
        ("CNY", {"card": 1}), ("CNY", {"card": 1, "wallet": 1}), ("JPY", {"card": 667, "wallet": 332, "points": 1}),
        ("KWD", {"card": 3333, "wallet": 6666, "coupon": 2}), ("ISK", {"card": 2, "gift_card": 5}),
        ("CNY", {"card": 9999, "wallet": 1, "balance": 1, "points": 1, "coupon": 1}),
    ],
)  # fmt: skip
def test_unit_by_unit_every_tender_has_back_what_it_paid_and_not_one_more(
    world: World, fake: Fake, currency: str, tenders: Tenders
) -> None:
    order = sold(world, currency, tenders)
    world.later(days=1)
    for place in range(3):
        back(world, order)
        assert set(trial_balance().values()) == {0}, place
        assert all(row.settled_minor <= row.paid_minor and not row.reserved_minor for row in TenderAllowance.objects.all())
    assert {row.payment.tender: row.settled_minor for row in TenderAllowance.objects.select_related("payment")} == tenders
    money = order_money(Refund.objects.all()[0].order_id)
    assert (money.refunded_minor, money.lines[0].kept_quantity, money.lines[0].left_minor) == (sum(tenders.values()), 0, 0)
    moved: Tenders = {}
    for each in fake.movements():
        assert each["currency"] == currency
        moved[each["currency"]] = moved.get(each["currency"], 0) + each["amount"]
    cash = sum(amount for tender, amount in tenders.items() if tender not in ("coupon", "points"))
    assert moved == {currency: cash}
    assert refusal_of(world.apply, order, items={1: 1}).code == "QUANTITY_TAKEN"


@pytest.mark.parametrize("currency", ["JPY", "KWD"])
def test_freight_that_is_more_than_the_goods_takes_all_of_them_and_nothing_else(world: World, fake: Fake, currency: str) -> None:
    order = sold(world, currency, {"card": 100}, promotion={"free_freight_threshold": 90, "standard_freight": 50000})
    world.later(days=1)
    for _ in range(2):
        back(world, order)
    assert [refund.amount_minor for refund in Refund.objects.order_by("id")] == [0, 0] and fake.movements() == []
    assert all(sum(cut["amount_minor"] for cut in refund.deductions) in (33, 34) for refund in Refund.objects.all())
    # With the last one nothing is kept: the whole purchase is undone, and the way out is not owed after all.
    back(world, order)
    assert sum(each["amount"] for each in fake.movements()) == 100 and set(trial_balance().values()) == {0}
    assert {each.account: each.posted_minor for each in balances(prefix="tender") if each.posted_minor} == {"tender:fake:card": 100}


def test_a_part_first_the_rest_at_once_and_the_channel_refusing_in_between(world: World, fake: Fake) -> None:
    order = sold(world, "JPY", {"card": 5, "wallet": 5})
    world.later(days=1)
    back(world, order)
    fake.behave("refuse")
    number = str(world.apply(order, items={1: 2})["number"])
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF8812345678901")
    world.later(hours=5)
    world.move(number, "receive", actor=world.staff("inspector"), packing="ok", appearance="ok", accessories="ok")
    world.move(number, "accept", actor=world.staff("inspector"))
    refund = Refund.objects.get(subject=number)
    work(refund, now=world.now)
    assert (refund.state, world.case(number)["status"]) in {("failed", "refund_stuck"), ("partly_settled", "refund_stuck")}
    world.move(number, "retry_refund", actor=world.staff("finance"))
    work(refund, now=world.now)
    work(refund, now=world.now)
    assert world.case(number)["status"] == "refunded"
    assert sum(each["amount"] for each in fake.movements()) == 10 and set(trial_balance().values()) == {0}
    assert [(row.settled_minor, row.reserved_minor) for row in TenderAllowance.objects.order_by("payment_id")] == [(5, 0), (5, 0)]
