"""A compensation beside a return, an exchange or a repair: limits, audits, bearers, paid once, and the case's own way untouched."""

from typing import Any

import pytest

from shouhou.cases.models import Case, Message
from shouhou.ledger.models import Transfer
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.actions import refund_of
from shouhou.payments.models import Refund
from shouhou.payments.tests.conftest import work
from tests.conftest import Fake
from tests.stories.carrying import unchanged
from tests.stories.repairing import on_bench
from tests.world import QUALITY, THIRD, World

GIFT: dict[str, Any] = {"form": "balance", "bearer": "platform_goodwill", "ground": "goodwill", "note": "让您久等了"}
CHANNELS = pytest.mark.parametrize(("channel", "shop"), [({}, None), (THIRD, "m1")])


def given(world: World, number: str, amount: int, *, by: str = "agent", shop: str | None = None, **answers: Any) -> dict[str, Any]:
    return world.move(number, "offer_compensation", actor=world.staff(by, merchant=shop), amount=amount, **{**GIFT, **answers})


def pay(world: World) -> None:
    for refund in Refund.objects.order_by("id"):
        work(refund, now=world.now)


def posted() -> dict[str, int]:
    return {each.account: each.posted_minor for each in balances(prefix="") if each.posted_minor}


@CHANNELS
@pytest.mark.parametrize("service", ["return", "exchange", "repair"])
def test_a_small_one_is_paid_at_once_in_the_same_case_and_its_state_stays(
    world: World, fake: Fake, channel: dict[str, Any], shop: str | None, service: str
) -> None:
    answers = {"wanted": "same"} if service == "exchange" else {}
    number = world.apply(world.order(**channel), **QUALITY, service=service, answers=answers)["number"]
    before = world.case(number)["status"]
    done = given(world, number, 3000, by="merchant_operator" if shop else "agent", shop=shop, bearer="merchant")
    assert (done["status"], done["service"], Refund.objects.get().reason) == (before, service, "compensation_beside")
    pay(world)
    pay(world)
    assert [each["amount"] for each in fake.movements()] == [3000] and Refund.objects.get().state == "settled"
    merchant = Case.objects.get().merchant_id
    assert posted() == {f"merchant:{merchant}:payable": -3000, "tender:fake:balance": 3000}
    assert set(Transfer.objects.values_list("subject", flat=True)) == {number}
    assert world.case(number)["timeline"][-1]["move"] == "compensation_paid" and world.case(number)["status"] == before
    assert Message.objects.filter(case__number=number, text__contains="30.00", text_en__contains="30.00").count() == 1


def test_above_the_limit_another_person_audits_above_the_higher_one_two_do(world: World, fake: Fake) -> None:
    number = world.apply(world.order(), **QUALITY)["number"]
    given(world, number, 60000)
    assert (Refund.objects.count(), Case.objects.get().details["beside"]["amount"]) == (0, 60000)
    assert unchanged(world, number, given, world, number, 100) == "MOVE_NOT_NOW"
    assert unchanged(world, number, world.move, number, "audit_compensation", actor=world.staff("agent")) == "MOVE_NOT_YOURS"
    own = world.staff("supervisor", "user:agent")
    assert unchanged(world, number, world.move, number, "audit_compensation", actor=own) == "SAME_PERSON"
    world.move(number, "audit_compensation", actor=world.staff("supervisor"))
    assert Refund.objects.count() == 0
    assert unchanged(world, number, world.move, number, "audit_compensation", actor=world.staff("supervisor")) == "SAME_PERSON"
    world.move(number, "audit_compensation", actor=world.staff("finance"))
    pay(world)
    assert unchanged(world, number, world.move, number, "audit_compensation", actor=world.staff("arbitrator")) == "MOVE_NOT_NOW"
    assert (Refund.objects.get().amount_minor, posted()["platform:goodwill"], set(trial_balance().values())) == (60000, -60000, {0})


def test_a_large_sum_in_small_parts_is_audited_all_the_same(world: World, fake: Fake) -> None:
    number = world.apply(world.order(), **QUALITY)["number"]
    given(world, number, 3000)
    given(world, number, 3000)
    assert (Refund.objects.count(), Case.objects.get().details["beside"]["amount"]) == (1, 3000)
    world.move(number, "refuse_compensation", actor=world.staff("supervisor"), remark="已补偿过")
    assert (Refund.objects.count(), Case.objects.get().details.get("beside")) == (1, None)
    given(world, number, 2000)
    pay(world)
    assert [each["amount"] for each in fake.movements()] == [3000, 2000]


def test_a_shop_spends_its_own_money_only_and_what_the_platform_pays_for_another_is_advanced(world: World, fake: Fake) -> None:
    number = world.apply(world.order(**THIRD), **QUALITY)["number"]
    assert unchanged(world, number, given, world, number, 1000, by="merchant_operator", shop="m1") == "ANSWERS_INVALID"
    assert unchanged(world, number, given, world, number, 0) == "ANSWERS_INVALID"
    assert unchanged(world, number, given, world, number, 1000, ground="rule") == "ANSWERS_INVALID"
    assert unchanged(world, number, given, world, number, 1000, form="original") == "ANSWERS_INVALID"
    world.order(buyer={"id": "u2", "name": "路人", "phone": "13800000002"}, merchant={"code": "m2", "channel": "third", "name": "别家"})
    assert unchanged(world, number, given, world, number, 1000, by="merchant_operator", shop="m2", bearer="merchant") == "CASE_NOT_FOUND"
    given(world, number, 1000, bearer="merchant", ground="rule", clause="RFD-06")
    pay(world)
    assert posted()["platform:advance"] == -1000
    given(world, number, 9000)
    shop = world.staff("merchant_manager", "user:99", merchant="m1")
    assert unchanged(world, number, world.move, number, "audit_compensation", actor=shop) == "MOVE_NOT_YOURS"


def test_the_refund_of_the_goods_goes_its_own_way_beside_it(world: World, fake: Fake) -> None:
    number = world.received()
    given(world, number, 2000)
    world.move(number, "accept", actor=world.staff("inspector"), items=[{"line": 1, "accepted": 1, "grade": "A", "disposition": "restock"}])
    given(world, number, 1000)
    assert world.case(number)["status"] == "refunding"
    beside = Refund.objects.filter(reason="compensation_beside").order_by("id")
    for refund in beside:
        work(refund, now=world.now)
    # What is settled beside it does not end the case's own refund.
    assert (world.case(number)["status"], refund_of(number).amount_minor) == ("refunding", 19900)
    work(refund_of(number), now=world.now)
    assert (world.case(number)["status"], sorted(each["amount"] for each in fake.movements())) == ("refunded", [1000, 2000, 19900])
    world.later(days=16).ring()
    assert world.case(number)["status"] == "closed"
    given(world, number, 500)
    pay(world)
    assert (world.case(number)["status"], len(fake.movements()), set(trial_balance().values())) == ("closed", 4, {0})


def test_a_repair_on_the_bench_goes_on_while_a_gift_is_paid(world: World, fake: Fake) -> None:
    number = on_bench(world)
    given(world, number, 1500, form="points")
    pay(world)
    assert (world.case(number)["status"], Refund.objects.get().state) == ("diagnosing", "settled")
