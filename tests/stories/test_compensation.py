"""Compensation to its end: by rule and goodwill, the grades of audit, each form, each bearer, silence at every limit."""

from datetime import timedelta
from typing import Any

import pytest

from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.models import Refund
from shouhou.payments.queries import order_money
from shouhou.payments.rules import quote
from tests.conftest import Fake
from tests.world import DEAR, THIRD, World, refusal_of

pytestmark = pytest.mark.django_db
LATE: dict[str, Any] = {"service": "compensation", "reason": "late_delivery"}
NO: dict[str, Any] = {"reason_code": "COMP_NO_GROUND", "clause": "补偿规则", "note": "无"}
SORRY: dict[str, Any] = {"service": "compensation", "reason": "bad_service"}


def shipped_late(world: World, **changes: Any) -> str:
    """An order of 199.00 that left the house four days after it was placed."""
    stamp = world.now.isoformat()
    parcel = {"carrier": "sf", "number": f"SF{world.count + 1:010d}", "shipped_at": stamp, "signed_at": stamp}
    return world.order(placed_at=(world.now - timedelta(days=4)).isoformat(), shipments=[parcel], **changes)


def proposed(world: World, amount: int, *, by: str = "agent", shop: str | None = None, order: str = "", **answers: Any) -> str:
    number: str = world.apply(order or world.order(**(THIRD if shop else {})), **SORRY)["number"]
    plain = {"form": "balance", "bearer": "merchant" if shop else "platform_goodwill", "note": "让您久等了"} | answers
    world.move(number, "propose", actor=world.staff(by, merchant=shop), amount=amount, **plain)
    return number


def unchanged(world: World, number: str, move: str, **answers: Any) -> Refused:
    before = (world.case(number), Refund.objects.count(), balances())
    refusal = refusal_of(world.move, number, move, **answers)
    assert (world.case(number), Refund.objects.count(), balances()) == before
    return refusal


def booked(prefix: str = "") -> dict[str, int]:
    return {b.account: b.posted_minor for b in balances(prefix=prefix) if b.posted_minor}


@pytest.mark.parametrize(("changes", "bearer"), [({}, "merchant"), (THIRD, "platform_advance")])
def test_late_shipping_is_compensated_by_rule_accepted_paid_once_and_closed(
    world: World, fake: Fake, changes: dict[str, Any], bearer: str
) -> None:
    case = world.apply(shipped_late(world, **changes), **LATE)
    number = case["number"]
    # 5 % of 199.00 is 9.95.
    assert (case["status"], case["waits_on"], case["refund"]["amount"]) == ("offered", "consumer", 995)
    assert [r["code"] for r in case["decision"]["reasons"]] == ["COMP_SHIPPED_LATE"]
    world.move(number, "accept_offer", actor=world.buyer())
    assert unchanged(world, number, "accept_offer", actor=world.buyer()).code == "MOVE_NOT_NOW"
    world.pay(number)
    world.pay(number)
    assert world.case(number)["status"] == "refunded" and [m["amount"] for m in fake.movements()] == [995]
    refund = Refund.objects.get()
    assert (refund.bearer, refund.reason) == (bearer, "compensation")
    account = "platform:advance" if bearer == "platform_advance" else f"merchant:{refund.merchant_id}:payable"
    assert booked() == {account: -995, "tender:fake:balance": 995} and set(trial_balance().values()) == {0}
    # The goods are still worth all that was paid for them.
    assert quote(order_money(refund.order_id), selection={1: 1}, fault="buyer").total_minor == 19900
    world.later(days=16).ring()
    assert world.case(number)["status"] == "closed"


@pytest.mark.parametrize(("hours", "reason"), [(20, "COMP_SHIPPED_IN_TIME"), (25, None)])
def test_whether_it_was_late_follows_from_the_records(world: World, hours: int, reason: str | None) -> None:
    placed = world.now - timedelta(days=4)
    left = (placed + timedelta(hours=hours)).isoformat()
    parcel = {"carrier": "sf", "number": "SF1", "shipped_at": left, "signed_at": world.now.isoformat()}
    order = world.order(placed_at=placed.isoformat(), shipments=[parcel])
    if reason is None:
        assert world.apply(order, **LATE)["status"] == "offered"
        return
    assert refusal_of(world.apply, order, **LATE).facts["reasons"] == [reason]
    # An automatic no is looked at by a person who is asked for it (PIPL art. 24).
    assert world.apply(order, request_review=True, **LATE)["status"] == "submitted"


def test_up_to_the_agents_limit_it_is_offered_at_once(world: World, fake: Fake) -> None:
    number = proposed(world, 5000)
    assert world.case(number)["status"] == "offered"
    world.move(number, "accept_offer", actor=world.buyer())
    world.pay(number)
    assert booked() == {"platform:goodwill": -5000, "tender:fake:balance": 5000}


def test_sixty_needs_a_supervisor_who_is_somebody_else(world: World, fake: Fake) -> None:
    number = proposed(world, 6000, by="supervisor")
    assert (world.case(number)["status"], world.case(number)["waits_on"]) == ("auditing", "supervisor")
    assert unchanged(world, number, "audit", actor=world.staff("supervisor")).code == "SAME_PERSON"
    assert unchanged(world, number, "audit", actor=world.staff("agent")).code == "MOVE_NOT_YOURS"
    world.move(number, "audit", actor=world.staff("supervisor", "user:boss"))
    assert world.case(number)["status"] == "offered"


def test_above_five_hundred_two_different_people_audit(world: World, fake: Fake) -> None:
    number = proposed(world, 50001, order=world.order(**DEAR))
    world.move(number, "audit", actor=world.staff("supervisor"))
    assert world.case(number)["status"] == "auditing_second" and Refund.objects.count() == 0
    assert unchanged(world, number, "audit", actor=world.staff("finance", "user:supervisor")).code == "SAME_PERSON"
    world.move(number, "audit", actor=world.staff("finance"))
    world.move(number, "accept_offer", actor=world.buyer())
    world.pay(number)
    assert [m["amount"] for m in fake.movements()] == [50001]


def test_at_five_hundred_one_audit_is_enough(world: World) -> None:
    number = proposed(world, 50000, order=world.order(**DEAR))
    world.move(number, "audit", actor=world.staff("supervisor"))
    assert world.case(number)["status"] == "offered"


def test_an_audit_sends_it_back_and_another_offer_is_made(world: World, fake: Fake) -> None:
    number = proposed(world, 9900)
    world.move(number, "refuse_audit", actor=world.staff("supervisor"), remark="太多")
    case = world.case(number)
    assert (case["status"], case["refund"]["amount"], case["details"].get("offer")) == ("submitted", 0, None)
    world.move(number, "propose", actor=world.staff("agent"), form="coupon", amount=2000, bearer="platform_goodwill", note="抱歉")
    world.move(number, "accept_offer", actor=world.buyer())
    world.pay(number)
    assert booked("tender") == {"tender:inkind:coupon": 2000} and fake.movements() == []


@pytest.mark.parametrize(("form", "account"), [("points", "tender:inkind:points"), ("original", "tender:fake:card")])
def test_points_and_the_original_route_are_paid_where_they_belong(world: World, fake: Fake, form: str, account: str) -> None:
    number = proposed(world, 3000, form=form)
    world.move(number, "accept_offer", actor=world.buyer())
    world.pay(number)
    assert booked("tender") == {account: 3000}
    left = quote(order_money(Refund.objects.get().order_id), selection={1: 1}, fault="buyer").total_minor
    assert left == (16900 if form == "original" else 19900)


def test_by_the_original_route_never_more_than_was_paid(world: World) -> None:
    order = world.order()
    number = world.apply(order, **SORRY)["number"]
    offer: dict[str, Any] = {"form": "original", "bearer": "platform_goodwill", "note": "抱歉"}
    assert unchanged(world, number, "propose", actor=world.staff("agent"), amount=19901, **offer).code == "EXCEEDS_PAID"
    world.move(number, "propose", actor=world.staff("agent"), amount=30000, **(offer | {"form": "balance"}))
    assert world.case(number)["status"] == "auditing"


def test_a_shop_spends_its_own_money_only_and_its_manager_audits_it(world: World, fake: Fake) -> None:
    number = world.apply(world.order(**THIRD), **SORRY)["number"]
    mine: dict[str, Any] = {"form": "balance", "note": "抱歉", "amount": 6000}
    assert unchanged(world, number, "propose", actor=world.staff("merchant_operator", merchant="m1"), bearer="platform_goodwill", **mine
                     ).code == "ANSWERS_INVALID"  # fmt: skip
    world.move(number, "propose", actor=world.staff("merchant_operator", merchant="m1"), bearer="merchant", **mine)
    world.move(number, "audit", actor=world.staff("merchant_manager", merchant="m1"))
    world.move(number, "accept_offer", actor=world.buyer())
    world.pay(number)
    refund = Refund.objects.get()
    assert booked(f"merchant:{refund.merchant_id}") == {f"merchant:{refund.merchant_id}:payable": -6000}


def test_a_shops_manager_does_not_audit_the_platforms_money(world: World) -> None:
    number = world.apply(world.order(**THIRD), **SORRY)["number"]
    world.move(number, "propose", actor=world.staff("agent"), form="balance", amount=6000, bearer="platform_goodwill", note="x")
    assert unchanged(world, number, "audit", actor=world.staff("merchant_manager", merchant="m1")).code == "MOVE_NOT_YOURS"


def test_what_a_carrier_did_is_claimed_from_it(world: World, fake: Fake) -> None:
    number = proposed(world, 1500, bearer="carrier")
    world.move(number, "accept_offer", actor=world.buyer())
    world.pay(number)
    assert booked() == {"carrier:jd:claims": -1500, "tender:fake:balance": 1500}


def test_goods_are_sent_without_a_return_within_two_days(world: World) -> None:
    number = proposed(world, 2000, form="goods", article="茶具一套")
    world.move(number, "accept_offer", actor=world.buyer())
    case = world.case(number)
    assert case["status"] == "to_ship" and [d["term"] for d in case["deadlines"]] == ["ship_hours"] and Refund.objects.count() == 0
    parcel: dict[str, Any] = {"carrier": "SF", "tracking_number": "SF0000000000001"}
    assert unchanged(world, number, "ship_goods", actor=world.staff("agent"), **parcel).code == "MOVE_NOT_YOURS"
    world.later(days=3).ring()
    assert world.case(number)["timeline"][-1]["move"] == "note_ship"
    world.move(number, "ship_goods", actor=world.staff("inspector"), **parcel)
    assert world.case(number)["parcels"][0]["direction"] == "send_back" and world.case(number)["status"] == "goods_sent"
    world.later(days=8).ring()
    case = world.case(number)
    assert (case["status"], case["outcome"]) == ("closed", "granted")
    assert unchanged(world, number, "reopen", actor=world.buyer(), reason="再要一份").code == "ALREADY_REFUNDED"


def test_goods_must_be_named(world: World) -> None:
    number = world.apply(world.order(), **SORRY)["number"]
    refusal = unchanged(world, number, "propose", actor=world.staff("agent"), form="goods", amount=100, bearer="merchant", note="x")
    assert refusal.code == "ANSWERS_INVALID"


def test_a_declined_offer_goes_to_the_platform_and_silence_there_offers_in_doubt(world: World, fake: Fake) -> None:
    number = proposed(world, 500)
    world.move(number, "decline_offer", actor=world.buyer(), reason="太少")
    assert (world.case(number)["status"], world.case(number)["refund"]["amount"]) == ("escalated", 0)
    world.later(days=2).ring()
    case = world.case(number)
    assert (case["status"], case["refund"]["amount"], case["details"]["offer"]["bearer"]) == ("offered", 1000, "platform_goodwill")
    world.move(number, "accept_offer", actor=world.buyer())
    world.pay(number)
    assert booked() == {"platform:goodwill": -1000, "tender:fake:balance": 1000}


def test_an_offer_not_answered_is_reminded_lapses_and_can_be_taken_up_again(world: World) -> None:
    number = proposed(world, 500)
    world.later(days=9).ring()
    assert (world.case(number)["status"], world.case(number)["outcome"], Refund.objects.count()) == ("lapsed", "lapsed", 0)
    world.move(number, "reopen", actor=world.buyer(), reason="没看到通知")
    assert world.case(number)["status"] == "submitted"
    world.move(number, "reject", actor=world.staff("agent"), **NO)
    world.later(days=17).ring()
    world.later(days=8)
    assert unchanged(world, number, "reopen", actor=world.buyer(), reason="还是不服").code == "REOPEN_TOO_LATE"


@pytest.mark.parametrize("changes", [{}, THIRD])
def test_nobody_looks_then_the_platform_then_it_is_offered_in_the_consumers_favour(world: World, changes: dict[str, Any]) -> None:
    number = world.apply(world.order(**changes), **SORRY)["number"]
    world.later(hours=73).ring()
    assert world.case(number)["status"] == "escalated"
    world.later(days=2).ring()
    assert (world.case(number)["status"], world.case(number)["refund"]["amount"]) == ("offered", 1000)


def test_a_rejection_is_disputed_and_the_ruling_pays_by_itself(world: World, fake: Fake) -> None:
    number = world.apply(world.order(**THIRD), **SORRY)["number"]
    world.move(number, "reject", actor=world.staff("merchant_operator", merchant="m1"), **NO)
    world.move(number, "dispute", actor=world.buyer(), reason="客服态度差")
    world.shop_speaks(number)
    world.move(number, "rule_for_consumer", actor=world.staff("arbitrator"), fault="none", amount=8800, bearer="merchant", note="录音为证")
    world.pay(number)
    assert world.case(number)["status"] == "refunded"
    assert booked() == {"platform:advance": -8800, "tender:fake:balance": 8800}


def test_a_dispute_nobody_rules_on_pays_in_doubt(world: World, fake: Fake) -> None:
    number = world.apply(world.order(**THIRD), **SORRY)["number"]
    world.move(number, "reject", actor=world.staff("merchant_operator", merchant="m1"), **NO)
    world.move(number, "dispute", actor=world.buyer(), reason="客服态度差")
    world.later(days=16).ring()
    world.pay(number)
    assert world.case(number)["status"] == "refunded" and [m["amount"] for m in fake.movements()] == [1000]


def test_a_ruling_above_the_limit_waits_for_a_second_person(world: World) -> None:
    number = world.apply(world.order(**DEAR), **SORRY)["number"]
    world.move(number, "reject", actor=world.staff("reviewer"), **NO)
    world.move(number, "dispute", actor=world.buyer(), reason="不服")
    world.shop_speaks(number)
    ruling: dict[str, Any] = {"fault": "none", "amount": 500001, "bearer": "platform_goodwill", "note": "x"}
    world.move(number, "rule_for_consumer", actor=world.staff("arbitrator"), **ruling)
    assert world.case(number)["status"] == "refund_review"
    assert unchanged(world, number, "approve_refund", actor=world.staff("supervisor", "user:arbitrator")).code == "SAME_PERSON"


def test_a_refused_payment_is_tried_again_with_the_same_key(world: World, fake: Fake) -> None:
    number = proposed(world, 500)
    world.move(number, "accept_offer", actor=world.buyer())
    fake.behave("refuse")
    world.pay(number)
    assert world.case(number)["status"] == "refund_stuck"
    world.move(number, "retry_refund", actor=world.staff("finance"))
    world.pay(number)
    assert world.case(number)["status"] == "refunded" and [m["amount"] for m in fake.movements()] == [500]


def test_a_second_application_for_the_same_goods_is_for_people(world: World, fake: Fake) -> None:
    order = shipped_late(world)
    first = world.apply(order, **LATE)["number"]
    world.move(first, "accept_offer", actor=world.buyer())
    world.pay(first)
    case = world.apply(order, **LATE)
    assert (case["status"], [r["code"] for r in case["decision"]["reasons"]]) == ("submitted", ["COMP_ONCE_ALREADY"])


def test_what_the_consumer_sees_of_an_offer_names_nobody_of_the_staff(world: World) -> None:
    number = proposed(world, 9900)
    world.move(number, "audit", actor=world.staff("supervisor"))
    shown = world.case(number, actor=world.buyer())["details"]["offer"]
    assert shown["amount"] == 9900 and "user:" not in str(world.case(number, actor=world.buyer())["details"])
    assert world.case(number)["details"]["offer"]["audits"] == ["user:supervisor"]
