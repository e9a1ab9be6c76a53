"""What consumers pay on a case: the exchange's difference either way, an old item that never came, late and unwanted money."""

from typing import Any

import httpx
import pytest

from shouhou.cases.models import Case
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.actions import receive_callback, try_charge_again
from shouhou.payments.actions.charge_sending import begin_charge, exchange_charge, finish_charge
from shouhou.payments.charge_queries import charges_of
from shouhou.payments.models import Charge, Refund
from shouhou.payments.queries import order_money
from shouhou.payments.rules import quote
from shouhou.payments.tests.conftest import work
from tests.conftest import Fake, Shop
from tests.world import QUALITY, World, refusal_of

pytestmark = pytest.mark.django_db
WANTS: dict[str, Any] = {
    **QUALITY, "service": "exchange", "answers": {"wanted": "variant", "wanted_sku": "KETTLE-XL"}, "evidence": (),
}  # fmt: skip


def spoken(world: World, charge: Charge) -> Charge:
    """What the job does for a charge."""
    if step := begin_charge(charge.id, now=world.now):
        finish_charge(step, exchange_charge(step), started_at=world.now, now=world.now)
    charge.refresh_from_db()
    return charge


def wanting(world: World, shop: Shop, price: int) -> str:
    """An exchange for a variant of that price, its old goods accepted, the stock asked for."""
    larger = {"sku": "KETTLE-XL", "of": "KETTLE", "title": "大号", "price": price, "quantity": 5, "kind": "variant", "condition": "new"}
    shop.stock.take(larger)
    number: str = world.apply(world.order(), **WANTS)["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="见视频")
    world.move(number, "approve", actor=world.staff("reviewer"))
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector"))
    world.shop_answers(number)
    return number


def shipped(world: World, number: str) -> dict[str, Any]:
    return world.move(
        number, "ship_replacement", actor=world.staff("inspector"), carrier="SF", tracking_number="SF1000000000009",
        scanned="KETTLE-XL",
    )  # fmt: skip


def booked() -> dict[str, int]:
    return {b.account: b.posted_minor for b in balances() if b.posted_minor}


def test_the_difference_is_paid_the_replacement_ships_and_it_is_earned(world: World, shop: Shop, fake: Fake) -> None:
    number = wanting(world, shop, 25900)
    case, asked = world.case(number), world.case(number)["charges"][0]
    assert (case["status"], asked["amount"]["amount"], asked["purpose"]) == ("difference_due", 6000, "price_difference")
    charge = spoken(world, Charge.objects.get())
    httpx.post(charge.pay_url, data={"action": "decline"})
    spoken(world, charge)
    assert world.case(number)["status"] == "difference_due" and charges_of(number)[0]["declined"] == "DECLINED_BY_PAYER"
    try_charge_again(charge.number, now=world.now)
    charge = spoken(world, charge)
    httpx.post(charge.pay_url, data={"action": "pay"})
    spoken(world, charge)
    assert world.case(number)["status"] == "replacement_reserved"
    shipped(world, number)
    merchant = Case.objects.get(number=number).merchant_id
    assert booked() == {f"merchant:{merchant}:income:price_difference": 6000, "tender:fake:card": -6000}
    assert set(trial_balance().values()) == {0}


def test_a_difference_nobody_pays_turns_into_a_refund_and_late_money_goes_back(world: World, shop: Shop, fake: Fake) -> None:
    number = wanting(world, shop, 25900)
    charge = spoken(world, Charge.objects.get())
    world.later(days=8).ring()
    assert (world.case(number)["service"], world.case(number)["status"], Charge.objects.get().state) == ("return", "refunding", "cancelled")
    # The page was still open at the channel, and the consumer paid there before it was closed.
    httpx.post(charge.pay_url, data={"action": "pay"})
    charge = spoken(world, charge)
    assert charge.state == "refunding"
    for refund in Refund.objects.order_by("id"):
        work(refund, now=world.now)
    charge.refresh_from_db()
    assert charge.state == "refunded" and sorted(m["amount"] for m in fake.movements()) == [6000, 19900]
    assert world.case(number)["status"] == "refunded" and set(trial_balance().values()) == {0}


def test_what_costs_less_gives_the_difference_back_to_the_tender_once(world: World, shop: Shop, fake: Fake) -> None:
    number = wanting(world, shop, 15900)
    assert (world.case(number)["status"], Charge.objects.count()) == ("replacement_reserved", 0)
    shipped(world, number)
    assert world.case(number)["status"] == "replacement_shipped"
    world.pay(number)
    refund = Refund.objects.get()
    assert (refund.reason, [m["amount"] for m in fake.movements()]) == ("allowance", [4000])
    assert order_money(refund.order_id).lines[0].refunded_minor == 4000
    assert quote(order_money(refund.order_id), selection={1: 1}, fault="buyer").total_minor == 15900


def test_an_old_item_that_never_comes_is_asked_for_and_paid(world: World, shop: Shop, fake: Fake) -> None:
    number = unreturned(world, shop)
    charge = spoken(world, Charge.objects.get())
    assert (charge.purpose, charge.amount_minor) == ("not_returned", 19900)
    httpx.post(charge.pay_url, data={"action": "pay"})
    spoken(world, charge)
    case = world.case(number)
    assert (case["status"], case["outcome"]) == ("closed", "exchanged")
    merchant = Case.objects.get(number=number).merchant_id
    assert booked() == {f"merchant:{merchant}:income:not_returned": 19900, "tender:fake:card": -19900}


def test_an_old_item_that_comes_late_need_not_be_paid_for(world: World, shop: Shop, fake: Fake) -> None:
    number = unreturned(world, shop)
    spoken(world, Charge.objects.get())
    world.move(number, "receive", actor=world.staff("inspector"), packing="ok", appearance="ok", accessories="ok")
    assert Charge.objects.get().state == "cancelled" and charges_of(number)[0]["state"] == "cancelled"
    assert spoken(world, Charge.objects.get()).open_there is False and booked() == {}


def test_a_strangers_callback_moves_nothing(world: World, shop: Shop, fake: Fake) -> None:
    number = wanting(world, shop, 25900)
    assert refusal_of(receive_callback, "fake", headers={}, body=b"{}", now=world.now).code == "REFUND_CALLBACK_UNSIGNED"
    assert world.case(number)["status"] == "difference_due" and Charge.objects.get().state == "awaiting"


def unreturned(world: World, shop: Shop) -> str:
    """A Plus member's exchange: the replacement went out first, and the old item did not come."""
    order = world.order(buyer={"id": "u1", "name": "林一", "phone": "13800000001", "tier": "plus"})
    number: str = world.apply(order, **{**WANTS, "answers": {"wanted": "same"}})["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="见视频")
    world.move(number, "approve", actor=world.staff("reviewer"))
    world.shop_answers(number)
    world.move(number, "ship_replacement", actor=world.staff("inspector"), carrier="SF", tracking_number="SF1000000000009",
               scanned="KETTLE")  # fmt: skip
    world.later(days=40).ring()
    assert world.case(number)["status"] == "unreturned"
    return number


def returned_later(world: World, *, order: str, units: int = 1) -> str:
    """The replacement is confirmed; it fails, and its units go back for good with a return of their own."""
    number: str = world.apply(order, **QUALITY, items={1: units}, evidence=())["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="见视频")
    world.move(number, "approve", actor=world.staff("reviewer"), fault="seller")
    world.count += 1
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector"))
    world.pay(number)
    return number


def upgraded(world: World, shop: Shop) -> str:
    """An exchange for a dearer variant, its difference of 60.00 paid, the replacement confirmed."""
    number = wanting(world, shop, 25900)
    charge = spoken(world, Charge.objects.get())
    httpx.post(charge.pay_url, data={"action": "pay"})
    spoken(world, charge)
    shipped(world, number)
    world.move(number, "confirm_replacement", actor=world.buyer())
    return number


def test_a_dearer_replacement_that_goes_back_gives_back_its_difference_too(world: World, shop: Shop, fake: Fake) -> None:
    exchange = upgraded(world, shop)
    number = returned_later(world, order=Case.objects.get(number=exchange).order.number)  # type: ignore[union-attr]
    assert (world.case(number)["status"], Charge.objects.get().state) == ("refunded", "refunding")
    back = Refund.objects.get(subject=Charge.objects.get().number)
    assert (back.amount_minor, back.reason) == (6000, "goods_returned")
    work(back, now=world.now)
    assert Charge.objects.get().state == "refunded"
    assert sorted(m["amount"] for m in fake.movements()) == [6000, 19900] and set(trial_balance().values()) == {0}
    merchant = Case.objects.get(number=number).merchant_id
    assert f"merchant:{merchant}:income:price_difference" not in booked()
    assert "差价" in str(Case.objects.get(number=number).messages.get().text)


def test_goods_of_another_order_give_back_no_difference(world: World, shop: Shop, fake: Fake) -> None:
    upgraded(world, shop)
    number = returned_later(world, order=world.order())
    assert (world.case(number)["status"], Charge.objects.get().state) == ("refunded", "paid")
