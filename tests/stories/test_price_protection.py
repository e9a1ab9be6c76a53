"""Price protection to its end on each path, in both channels: the shop quick, slow, dead; who must act and what silence does."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import balances, trial_balance
from shouhou.orders.models import Order
from shouhou.orders.shop.port import ShopUnreachable
from shouhou.orders.shop.prices import fetch_prices
from shouhou.payments.models import Refund
from shouhou.payments.queries import order_money
from shouhou.payments.rules import quote
from shouhou.payments.tests.conftest import work
from tests.conftest import Fake, Shop
from tests.world import THIRD, World, refusal_of

pytestmark = pytest.mark.django_db
NO: dict[str, Any] = {"reason_code": "PP_FLASH_SALE", "clause": "价保规则", "note": "限购"}
WISH: dict[str, Any] = {"service": "price_protection", "reason": "price_drop"}


def price(shop: Shop, world: World, minor: int, *, sku: str = "KETTLE", days_ago: float = 1, **more: Any) -> None:
    """The shop's price of the article since some days ago."""
    shop.stock.take({"was": sku, "price": minor, "from": (world.now - timedelta(days=days_ago)).isoformat(), **more})


def looked(world: World, number: str) -> dict[str, Any]:
    """What the job does, and the case after it."""
    case = world.case(number)
    order = Order.objects.get(number=case["order"])
    fetch_prices(
        skus=[item["sku"] for item in case["items"]], since=order.placed_at, subject=number, merchant_id=order.merchant_id,
        buyer_id=order.buyer_id, now=world.now,
    )  # fmt: skip
    return world.case(number)


def applied(world: World, **wish: Any) -> dict[str, Any]:
    return world.apply(wish.pop("order", None) or world.order(**wish.pop("changes", {})), **WISH, **wish)


def unchanged(world: World, number: str, call: Any, *args: Any, **kwargs: Any) -> Refused:
    """A refusal after which the case, its refunds and the books are as before."""
    before = (world.case(number), Refund.objects.count(), balances())
    refusal = refusal_of(call, *args, **kwargs)
    assert (world.case(number), Refund.objects.count(), balances()) == before
    return refusal


@pytest.mark.parametrize("changes", [{}, THIRD])
def test_a_lower_price_is_found_paid_to_the_tender_and_the_case_closes(
    world: World, shop: Shop, fake: Fake, changes: dict[str, Any]
) -> None:
    price(shop, world, 16900)
    case = applied(world, changes=changes)
    assert (case["status"], case["decision"]["verdict"], [r["code"] for r in case["decision"]["reasons"]]) == (
        "checking", "allow", ["PP_TO_BE_COMPARED"],
    )  # fmt: skip
    number = case["number"]
    case = looked(world, number)
    assert (case["status"], case["refund"]["amount"], case["details"]["check"][0]["price"]) == ("refunding", 3000, 16900)
    assert [r["code"] for r in case["decision"]["reasons"]] == ["PP_LOWER_PRICE"]
    world.pay(number)
    assert world.case(number)["status"] == "refunded" and [m["amount"] for m in fake.movements()] == [3000]
    refund = Refund.objects.get()
    assert (refund.reason, refund.bearer, [line.quantity for line in refund.lines.all()]) == ("price_protection", "merchant", [0])
    left = quote(order_money(refund.order_id), selection={1: 1}, fault="buyer")
    assert left.total_minor == 16900 and set(trial_balance().values()) == {0}
    world.later(days=16).ring()
    assert world.case(number)["status"] == "closed"


def test_the_news_told_twice_pays_once(world: World, shop: Shop, fake: Fake) -> None:
    price(shop, world, 16900)
    number = applied(world)["number"]
    looked(world, number)
    looked(world, number)
    world.pay(number)
    looked(world, number)
    assert [m["amount"] for m in fake.movements()] == [3000] and Refund.objects.count() == 1


def test_to_the_balance_by_wish_no_tender_gives_anything_and_the_line_is_worth_less(world: World, shop: Shop, fake: Fake) -> None:
    price(shop, world, 16900)
    number = applied(world, answers={"payout": "balance"})["number"]
    looked(world, number)
    world.pay(number)
    money = order_money(Refund.objects.get().order_id)
    assert (money.refunded_minor, money.lines[0].refunded_minor) == (0, 3000)
    assert {b.account: b.posted_minor for b in balances(prefix="tender")} == {"tender:fake:balance": 3000}


@pytest.mark.parametrize(("kind", "reason"), [
    ({"kind": "flash"}, "PP_FLASH_SALE"), ({"kind": "clearance"}, "PP_CLEARANCE"), ({"kind": "coupon"}, "PP_COUPON_ONLY"),
    ({"kind": "member"}, "PP_MEMBER_PRICE"), ({"kind": "secondary"}, "PP_SECONDARY"), ({"in_stock": False}, "PP_SOLD_OUT"),
    ({"merchant": "other"}, "PP_OTHER_MERCHANT"),
])  # fmt: skip
def test_a_price_that_does_not_count_denies_with_its_own_reason(
    world: World, shop: Shop, kind: dict[str, Any], reason: str
) -> None:
    price(shop, world, 9900, **kind)
    price(shop, world, 19900, days_ago=3)
    number = applied(world)["number"]
    case = looked(world, number)
    assert (case["status"], [r["code"] for r in case["decision"]["reasons"]], Refund.objects.count()) == ("denied", [reason], 0)
    world.later(days=16).ring()
    assert world.case(number)["status"] == "closed"


def test_no_lower_price_and_too_little_are_denied(world: World, shop: Shop) -> None:
    price(shop, world, 19900)
    assert [r["code"] for r in looked(world, applied(world)["number"])["decision"]["reasons"]] == ["PP_NO_LOWER_PRICE"]
    price(shop, world, 19850)
    assert [r["code"] for r in looked(world, applied(world)["number"])["decision"]["reasons"]] == ["PP_BELOW_MINIMUM"]


@pytest.mark.parametrize(("changes", "days", "reason"), [
    ({}, 29, None), ({}, 30, "PP_WINDOW_OVER"), (THIRD, 6, None), (THIRD, 7, "PP_WINDOW_OVER"),
])  # fmt: skip
def test_the_window_is_told_before_applying_to_the_day(
    world: World, changes: dict[str, Any], days: int, reason: str | None
) -> None:
    # The order was placed two days before: its own day is the first of thirty, or of seven at a third party's.
    number = world.order(**changes)
    world.now = datetime.fromisoformat("2026-03-09T15:59:59+00:00") + timedelta(days=days - 1)
    if reason is None:
        assert world.apply(number, **WISH, dry_run=True)["status"] == "checking"
        return
    refusal = refusal_of(world.apply, number, **WISH)
    assert refusal.code == "NOT_ELIGIBLE" and refusal.facts["reasons"] == [reason]


def test_fresh_goods_have_none(world: World) -> None:
    fish = {"line": 1, "sku": "FISH", "title": "鱼", "category": "fresh", "quantity": 1, "unit_price": 5000, "paid": 5000}
    fresh: dict[str, Any] = {"lines": [fish], "payments": [{"tender": "card", "amount": 5000}]}
    assert refusal_of(world.apply, world.order(**fresh), **WISH).facts["reasons"] == ["PP_NOT_PROMISED"]


def test_a_dead_shop_is_asked_again_and_after_two_hours_a_person_looks(world: World, shop: Shop, fake: Fake) -> None:
    price(shop, world, 16900)
    number = applied(world)["number"]
    for mood in ("dead", "fail", "lost"):
        shop.behave(mood)
        with pytest.raises(ShopUnreachable):
            looked(world, number)
        assert world.case(number)["status"] == "checking"
    world.later(hours=2, seconds=1).ring()
    assert world.case(number)["status"] == "submitted"
    # The shop is back: the comparison stands beside for the person, who decides.
    assert looked(world, number)["details"]["amounts"] == {"1": 3000} and world.case(number)["status"] == "submitted"
    world.move(number, "grant", actor=world.staff("reviewer"), amount=3000)
    world.pay(number)
    assert world.case(number)["status"] == "refunded"


def test_denied_the_consumer_asks_a_person_and_a_reviewer_grants(world: World, shop: Shop, fake: Fake) -> None:
    price(shop, world, 15000, kind="flash")
    number = applied(world, changes=THIRD)["number"]
    looked(world, number)
    case = world.move(number, "ask_person", actor=world.buyer(), description="页面没有写限购")
    assert (case["status"], case["waits_on"]) == ("submitted", "merchant_operator")
    refusal = unchanged(world, number, world.move, number, "grant", actor=world.staff("merchant_operator", merchant="m1"), amount=19901)
    assert refusal.code == "EXCEEDS_PAID"
    world.move(number, "grant", actor=world.staff("merchant_operator", merchant="m1"), amount=4900)
    world.pay(number)
    assert [m["amount"] for m in fake.movements()] == [4900]


def test_a_rejection_goes_to_the_platform_which_rules_and_pays(world: World, shop: Shop, fake: Fake) -> None:
    price(shop, world, 15000, kind="flash")
    number = applied(world, changes=THIRD)["number"]
    looked(world, number)
    world.move(number, "ask_person", actor=world.buyer(), description="页面没有写限购")
    world.move(number, "reject", actor=world.staff("merchant_operator", merchant="m1"), **NO)
    world.move(number, "dispute", actor=world.buyer(), reason="看不到限购")
    world.shop_speaks(number)
    assert unchanged(
        world, number, world.move, number, "rule_for_consumer", actor=world.staff("merchant_manager", merchant="m1"), amount=1, note="x"
    ).code == "MOVE_NOT_YOURS"  # fmt: skip
    world.move(number, "rule_for_consumer", actor=world.staff("arbitrator"), fault="none", amount=4900, note="页面未标明")
    world.pay(number)
    assert world.case(number)["status"] == "refunded"


@pytest.mark.parametrize(("seen", "paid"), [(17900, 2000), (14900, 5000), (14899, 0), (None, 0)])
def test_silence_of_reviewer_and_supervisor_pays_a_small_claim_and_leaves_a_large_one(
    world: World, shop: Shop, fake: Fake, seen: int | None, paid: int
) -> None:
    price(shop, world, 19900)
    number = applied(world, changes=THIRD, answers={} if seen is None else {"seen_price": seen})["number"]
    looked(world, number)
    world.move(number, "ask_person", actor=world.buyer(), description="我看到更低价")
    world.later(hours=49).ring()
    assert world.case(number)["status"] == "escalated"
    world.later(days=8).ring()
    case = world.case(number)
    assert (case["status"], case["refund"]["amount"]) == (("refunding", paid) if paid else ("escalated", 0))


def test_a_large_difference_waits_for_a_person_and_above_the_limit_for_a_second_one(world: World, shop: Shop, fake: Fake) -> None:
    dear = {"lines": [{"line": 1, "sku": "TV", "title": "电视", "category": "tv", "quantity": 1, "unit_price": 2000000, "paid": 2000000}],
            "payments": [{"tender": "card", "amount": 2000000}]}  # fmt: skip
    price(shop, world, 1400000, sku="TV")
    number = applied(world, changes=dear)["number"]
    assert (case := looked(world, number))["status"] == "submitted" and case["refund"]["amount"] == 600000
    world.move(number, "grant", actor=world.staff("reviewer"), amount=600000)
    assert world.case(number)["status"] == "refund_review" and Refund.objects.get().state == "awaiting_second"
    same = world.staff("finance", "user:reviewer")
    assert unchanged(world, number, world.move, number, "approve_refund", actor=same).code == "SAME_PERSON"
    finance = world.staff("finance")
    world.move(number, "refuse_refund", actor=finance, refusal="amount", remark="金额有误")
    assert world.case(number)["status"] == "escalated"
    world.move(number, "grant", actor=world.staff("supervisor"), amount=500001)
    world.move(number, "approve_refund", actor=world.staff("finance"))
    work(refund := Refund.objects.get(state="pending"))
    assert refund.amount_minor == 500001 and [m["amount"] for m in fake.movements()] == [500001]


def test_it_can_be_used_three_times_each_against_what_is_still_paid(world: World, shop: Shop, fake: Fake) -> None:
    order = world.order()
    for place, minor in enumerate((18900, 17900, 16900)):
        price(shop, world, minor, days_ago=1)
        number = world.later(days=1).apply(order, **WISH)["number"]
        assert looked(world, number)["refund"]["amount"] == 1000
        world.pay(number)
        assert len(fake.movements()) == place + 1
    refusal = refusal_of(world.apply, order, **WISH)
    assert refusal.facts["reasons"] == ["PP_TIMES_USED"] and len(fake.movements()) == 3


def test_cancelled_while_the_shop_is_asked_nothing_is_paid(world: World, shop: Shop) -> None:
    price(shop, world, 16900)
    number = applied(world)["number"]
    world.move(number, "cancel", actor=world.buyer())
    assert looked(world, number)["status"] == "cancelled" and Refund.objects.count() == 0


def test_a_stranger_sees_nothing_of_it(world: World, shop: Shop) -> None:
    number = applied(world)["number"]
    world.order(buyer={"id": "u2", "name": "路人"})
    assert refusal_of(world.move, number, "cancel", actor=world.buyer("u2")).code == "CASE_NOT_FOUND"
    assert world.case(number)["status"] == "checking"


def test_two_units_are_compared_together_to_the_cent(world: World, shop: Shop, fake: Fake) -> None:
    cups = {"lines": [{"line": 1, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 3, "unit_price": 5000, "paid": 10000}],
            "payments": [{"tender": "card", "amount": 7000}, {"tender": "coupon", "amount": 3000}]}  # fmt: skip
    price(shop, world, 3000, sku="CUP")
    number = applied(world, changes=cups, items={1: 2})["number"]
    # 100.00 for three: two cost 66.66 (no cent of the third), at 30.00 each now 60.00.
    assert looked(world, number)["refund"]["amount"] == 666
    world.pay(number)
    assert [m["amount"] for m in fake.movements()] == [466] and world.case(number)["status"] == "refunded"
