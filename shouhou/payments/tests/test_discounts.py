"""Discounts by bearer on their way back: the platform's posted once with the settled refund, the coupon in kind."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import balances, trial_balance
from shouhou.orders.models import Order, OrderLine
from shouhou.payments.actions import cancel_refund, instruct_refund, retry_refund
from shouhou.payments.models import Refund
from shouhou.payments.paid_back import paid_back
from shouhou.payments.queries import order_money, refund_json
from shouhou.payments.rules import Discount, Offer, Tier, allowance, quote
from shouhou.payments.tests.conftest import ANNA, BO, NOW, Fake, instruct, make_order, work
from shouhou.plumbing.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _books_balance() -> Iterator[None]:
    """After every test, whatever it did, the sum over all accounts is zero."""
    yield
    assert set(trial_balance().values()) <= {0}


@pytest.fixture
def order() -> Order:
    """Three units of 50.00: 9.00 off by the platform, 6.00 by a coupon, 15.00 by the shop."""
    made = make_order(lines=((3, 12000),), tenders=(("card", 12000),))
    OrderLine.objects.filter(order=made).update(
        unit_price_minor=5000,
        discounts=[{"bearer": "platform", "amount": 900, "name": "双11"}, {"bearer": "coupon", "amount": 600}],
    )
    made.discounts = [{"bearer": "merchant", "amount": 1500}]
    made.save()
    return made


def posted(prefix: str) -> dict[str, int]:
    return {each.account: each.posted_minor for each in balances(prefix=prefix)}


def test_discounts_and_offers_are_read_as_they_were_told(order: Order) -> None:
    order.promotion = {"offers": [
        {"kind": "spend", "name": "双11", "lines": [1], "tiers": [{"threshold": 9000, "units": 0, "discount": 900, "percent": 0}]},
        {"kind": "bundle", "units": 3, "price": 12000},
    ]}  # fmt: skip
    order.save()
    money = order_money(order.id)
    assert money.discounts == (
        Discount("merchant", 1500), Discount("platform", 900, "双11", 1), Discount("coupon", 600, "", 1),
    )  # fmt: skip
    assert money.promotion.offers == (
        Offer("spend", "双11", (1,), (Tier(9000, 0, 900),)), Offer("bundle", units=3, price_minor=12000),
    )  # fmt: skip


def test_each_bearer_gets_its_part_with_the_units_that_came_back(fake: Fake, order: Order) -> None:
    refund = instruct(order, {1: 1}, fault="seller")
    assert refund.amount_minor == 4200 and posted("platform") == {}
    assert work(refund) == [True, True]
    assert refund.state == "settled" and [m["amount"] for m in fake.movements()] == [4000]
    assert posted("platform") == {"platform:promotions": 300}
    assert posted("merchant") == {f"merchant:{order.merchant_id}:payable": -4500}
    in_kind = Event.objects.filter(type="refund.part_settled", data__in_kind=True).get()
    assert (in_kind.data["tender"], in_kind.data["part_minor"]) == ("coupon", 200)
    assert refund_json(refund.number)["undone"] == [
        {"bearer": "coupon", "name": "", "amount": {"amount": 200, "currency": "CNY"}},
        {"bearer": "platform", "name": "双11", "amount": {"amount": 300, "currency": "CNY"}},
    ]
    rest = instruct(order, {1: 2}, fault="seller", key="SO-1:rest")
    work(rest)
    assert posted("platform") == {"platform:promotions": 900} and posted("tender") == {
        "tender:fake:card": 12000, "tender:inkind:coupon": 600,
    }  # fmt: skip


def test_instructed_twice_and_worked_twice_is_posted_once(fake: Fake, order: Order) -> None:
    refund = instruct(order, {1: 3}, fault="seller")
    instruct(order, {1: 3}, fault="seller") if order_money(order.id).lines[0].kept_quantity else None
    work(refund), work(refund)
    assert posted("platform") == {"platform:promotions": 900} and len(fake.movements()) == 1


def test_nothing_goes_back_to_the_platform_before_the_refund_has_settled(fake: Fake, order: Order) -> None:
    fake.behave("refuse", "success")
    refund = instruct(order, {1: 3}, fault="seller")
    work(refund)
    assert refund.state == "partly_settled" and posted("platform") == {}
    retry_refund(refund.number, actor=BO, now=NOW)
    work(refund)
    assert refund.state == "settled" and posted("platform") == {"platform:promotions": 900}


def test_a_refund_taken_back_leaves_every_discount_where_it_was(order: Order) -> None:
    refund = instruct(order, {1: 2}, fault="seller", above=0)
    assert [each.undone_minor for each in order_money(order.id).discounts] == [0, 600, 400]
    cancel_refund(refund.number, actor=BO, now=NOW)
    assert [each.undone_minor for each in order_money(order.id).discounts] == [0, 0, 0] and posted("platform") == {}
    assert paid_back("SO-1") is None


def test_a_price_paid_by_a_coupon_alone_comes_back_as_a_coupon(fake: Fake) -> None:
    order = make_order(lines=((1, 0),), tenders=(("card", 0),))
    OrderLine.objects.filter(order=order).update(unit_price_minor=600, discounts=[{"bearer": "coupon", "amount": 600}])
    refund = instruct(order, {1: 1}, fault="seller")
    work(refund)
    assert (refund.state, refund.amount_minor, fake.movements()) == ("settled", 600, [])
    assert posted("tender") == {"tender:inkind:coupon": 600}


def test_an_allowance_is_told_from_what_came_back(fake: Fake) -> None:
    order = make_order(lines=((1, 10364), (1, 8636)), tenders=(("card", 19000),))
    OrderLine.objects.filter(order=order, line=1).update(unit_price_minor=12000)
    OrderLine.objects.filter(order=order, line=2).update(unit_price_minor=10000)
    order.promotion = {"offers": [{"kind": "spend", "tiers": [{"threshold": 20000, "discount": 3000}]}]}
    order.save()
    instruct_refund(
        subject="SO-1", order_id=order.id, quote=allowance(order_money(order.id), amounts={1: 1000}), key="SO-1:a", actor=ANNA,
        now=NOW, reason="price_protection", second_person_above_minor=None, expected_at=None, merchant_id=order.merchant_id,
        buyer_id=order.buyer_id,
    )  # fmt: skip
    assert order_money(order.id).lines[0].allowed_minor == 1000
    back = instruct(order, {2: 1}, key="SO-2:return", subject="SO-2")
    # The kept line costs 120.00 by itself, of which 10.00 had been let off.
    assert back.amount_minor == 19000 - 12000
    last = instruct(order, {1: 1}, key="SO-3:return", subject="SO-3")
    assert last.amount_minor == 11000 and order_money(order.id).refunded_minor == 19000
    assert [(each.refunded_minor, each.allowed_minor) for each in order_money(order.id).lines] == [(10364, 1000), (8636, 0)]


def test_a_stale_quote_leaves_every_discount_alone(order: Order) -> None:
    old = quote(order_money(order.id), selection={1: 3}, fault="seller")
    instruct(order, {1: 1}, fault="seller")
    before = list(Refund.objects.values())
    with pytest.raises(Refused), transaction.atomic():
        instruct_refund(
            subject="SO-2", order_id=order.id, quote=old, key="SO-2:return", actor=ANNA, now=NOW, expected_at=None,
            second_person_above_minor=None, merchant_id=order.merchant_id, buyer_id=order.buyer_id,
        )  # fmt: skip
    assert list(Refund.objects.values()) == before


def test_what_was_paid_back_tells_each_part_with_its_state(fake: Fake, order: Order) -> None:
    fake.behave("refuse")
    work(instruct(order, {1: 1}, fault="seller"))
    told = paid_back("SO-1")
    assert told is not None and told["total"]["amount"] == 200
    assert [(part["tender"], part["amount"]["amount"], part["state"]) for part in told["tenders"]] == [
        ("card", 4000, "refused"), ("coupon", 200, "settled"),
    ]  # fmt: skip
    assert told["lines"] == [{"line": 1, "quantity": 1, "amount": {"amount": 4000, "currency": "CNY"}}]
