"""Refund without return to its end on each path, in both channels: traced, refused, spoiled, kept for a part, converted either way."""

from datetime import timedelta
from typing import Any

import pytest

from shouhou.cases.entitled import entitlements
from shouhou.cases.models import Case, Message
from shouhou.ledger.queries import trial_balance
from shouhou.logistics.models import ParcelRequest
from shouhou.orders.models import OrderLine
from shouhou.payments.models import Refund
from shouhou.payments.queries import order_money
from shouhou.payments.rules import quote
from tests.conftest import Fake
from tests.stories.carrying import UNSENT, carrier_says, on_its_way, unchanged, units
from tests.world import DEAR, THIRD, World, refusal_of

LOST: dict[str, Any] = {"service": "refund_only", "reason": "not_received"}
BROKEN: dict[str, Any] = {"service": "refund_only", "reason": "quality", "description": "到货即坏"}
FISH: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "FISH", "title": "鲈鱼", "category": "fresh", "quantity": 2, "unit_price": 3000, "paid": 6000}],
    "payments": [{"tender": "card", "amount": 6000}],
}
RICE: dict[str, Any] = {**FISH, "lines": [{**FISH["lines"][0], "sku": "RICE", "title": "大米", "category": "food"}]}
CHANNELS = pytest.mark.parametrize(("channel", "team"), [({}, ("reviewer", None)), (THIRD, ("merchant_operator", "m1"))])


def traced(world: World, **order: Any) -> str:
    number: str = world.apply(world.order(**(on_its_way(world) | order)), **LOST)["number"]
    return number


def shown(world: World, order: dict[str, Any] | None = None, **wish: Any) -> str:
    """Applied with its photo: under review."""
    number: str = world.apply(world.order(**(order or {})), **{**BROKEN, **wish})["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="照片见附件")
    return number


def refunded(world: World, number: str, *, end: tuple[int, int]) -> None:
    world.pay(number)
    assert (world.case(number)["status"], units()) == ("refunded", end)
    world.later(days=16).ring()
    assert (world.case(number)["status"], units()) == ("closed", end)
    assert set(trial_balance().values()) == {0}


# ---------------------------------------------------------------------------------------------------- never delivered
@pytest.mark.parametrize("channel", [{}, THIRD])
def test_a_lost_parcel_is_refunded_on_the_carriers_word(world: World, fake: Fake, channel: dict[str, Any]) -> None:
    number = traced(world, **channel)
    asked = ParcelRequest.objects.get()
    assert (world.case(number)["status"], asked.kind, asked.carrier, asked.tracking_number) == (
        "tracing", "trace", "JD", "JD0000000042",
    )  # fmt: skip
    assert carrier_says(world, number, "accepted", "under_way")["status"] == "tracing"
    found = carrier_says(world, number, "lost")
    assert (found["status"], found["fault"], found["refund"]["amount"]) == ("refunding", "carrier", 19900)
    refunded(world, number, end=(1, 1))


def test_a_parcel_nobody_finds_in_time_counts_as_lost(world: World, fake: Fake) -> None:
    number = traced(world)
    world.later(hours=73).ring()
    assert world.case(number)["status"] == "refunding"
    # What the carrier says while the money is under way is written down for the staff; once it is there they decide.
    late = carrier_says(world, number, "delivered")
    assert (late["status"], Refund.objects.count()) == ("refunding", 1)
    assert Message.objects.filter(case__number=number, internal=True).count() == 1
    world.pay(number)
    assert (world.case(number)["status"], Refund.objects.get().state, units()) == ("late_goods", "settled", (1, 1))


def test_a_dear_parcel_nobody_finds_waits_for_the_platform(world: World, fake: Fake) -> None:
    number = traced(world, **DEAR)
    world.later(hours=73).ring()
    assert (world.case(number)["status"], Refund.objects.count()) == ("escalated", 0)
    world.later(hours=30).ring()
    assert (world.case(number)["status"], Refund.objects.count()) == ("escalated", 0)


def test_found_and_delivered_later_it_goes_on_as_a_return_or_is_kept(world: World, fake: Fake) -> None:
    number = traced(world)
    found = carrier_says(world, number, "delivered", at_hours=5)
    assert (found["service"], found["status"]) == ("return", "awaiting_goods")
    assert (found["fault"], found["freight_payer"]) == ("carrier", "platform")
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector"))
    refunded(world, number, end=(1, 1))
    kept = traced(world)
    carrier_says(world, kept, "delivered", at_hours=5)
    world.later(days=12).ring()
    assert (world.case(kept)["status"], OrderLine.objects.get(order__number="T0002").claimed_quantity) == ("lapsed", 0)


def test_a_delivery_before_the_claim_is_proof_that_a_person_weighs(world: World, fake: Fake) -> None:
    order = world.order()
    number = world.later(days=1).apply(order, **LOST)["number"]
    assert world.case(number)["decision"]["reasons"][0]["code"] == "RO_SHOWS_AS_SIGNED"
    weighed = carrier_says(world, number, "delivered", at_hours=-30)
    assert (weighed["status"], weighed["details"]["delivery"]["words"]) == ("submitted", "前台代收 · 成都")
    proof = Message.objects.get(case__number=number)
    assert (proof.internal, "成都" in proof.text, "left at the desk" in proof.text_en) == (False, True, True)
    world.move(number, "reject", actor=world.staff("reviewer"), reason_code="NO_OTHER_LEGAL", clause="ADD-11", note="本人签收")
    world.later(days=16).ring()
    assert (world.case(number)["status"], units(), Refund.objects.count()) == ("closed", (0, 0), 0)


@pytest.mark.parametrize("why", ["no waybill", "refused"])
def test_without_a_search_a_person_looks(world: World, why: str) -> None:
    sent = (world.now - timedelta(days=4)).isoformat()
    order = {"shipments": [{"carrier": "jd", "number": "", "shipped_at": sent}]} if why == "no waybill" else {}
    number = traced(world, **order)
    if why == "refused":
        carrier_says(world, number, "refused")
    assert (world.case(number)["status"], world.case(number)["waits_on"]) == ("submitted", "reviewer")


@pytest.mark.parametrize("word", ["returned", "lost"])
def test_refused_at_the_door_it_is_refunded_once_it_goes_back(world: World, fake: Fake, word: str) -> None:
    number = world.apply(world.order(**on_its_way(world, days=1)), service="refund_only", reason="refused_delivery")["number"]
    assert carrier_says(world, number, word)["status"] == "refunding"
    refunded(world, number, end=(1, 1))


def test_withdrawn_while_the_carrier_looks_nobody_hears_of_it_any_more(world: World) -> None:
    number = traced(world)
    world.move(number, "cancel", actor=world.buyer())
    assert carrier_says(world, number, "lost")["status"] == "cancelled"
    assert (ParcelRequest.objects.get().state, units(), Refund.objects.count()) == ("dropped", (0, 0), 0)


# ---------------------------------------------------------------------------------------------------- goods that stay
@CHANNELS
def test_a_person_approves_and_nothing_has_to_come_back(
    world: World, fake: Fake, channel: dict[str, Any], team: tuple[str, str | None]
) -> None:
    number = shown(world, channel)
    world.move(number, "approve", actor=world.staff(team[0], merchant=team[1]), fault="seller")
    assert Refund.objects.get().amount_minor == 19900
    refunded(world, number, end=(1, 1))


def test_spoiled_food_is_refunded_by_the_book_with_a_photo(world: World, fake: Fake) -> None:
    number = world.apply(world.order(**FISH), **{**BROKEN, "reason": "spoiled"}, items={1: 2}, answers={"spoiled_percent": 100})["number"]
    assert (world.case(number)["status"], world.case(number)["decision"]["verdict"]) == ("evidence_asked", "allow")
    world.later(hours=30).ring()
    assert world.case(number)["status"] == "evidence_asked"
    world.move(number, "send_evidence", actor=world.buyer(), description="发臭")
    world.later(hours=25).ring()
    assert (world.case(number)["status"], Refund.objects.get().amount_minor) == ("refunding", 6000)
    refunded(world, number, end=(2, 2))


def test_who_asks_for_a_part_gets_the_part_and_keeps_the_goods_and_their_rights(world: World, fake: Fake) -> None:
    number = shown(world, FISH, items={1: 2}, answers={"amount_wanted": 1501, "spoiled_percent": 100})
    world.later(hours=25).ring()
    assert Refund.objects.get().amount_minor == 1501
    refunded(world, number, end=(0, 0))
    # To the cent: what is left of the line is what a later return gives.
    money = order_money(Case.objects.get().order_id)  # type: ignore[arg-type]
    assert quote(money, selection={1: 2}, fault="seller").total_minor == 4499


@CHANNELS
def test_a_part_offered_counts_only_with_the_consumers_own_yes(
    world: World, fake: Fake, channel: dict[str, Any], team: tuple[str, str | None]
) -> None:
    number = shown(world, channel)
    staff = world.staff(team[0], merchant=team[1])
    for amount in (0, 19900, 20000):
        assert unchanged(world, number, world.move, number, "offer_partial", actor=staff, amount=amount, note="多了") == "EXCEEDS_PAID"
    world.move(number, "offer_partial", actor=staff, amount=5000, note="划痕补偿")
    assert world.case(number)["status"] == "partial_offered"
    shop = world.staff("agent", merchant="m1") if channel else world.staff("agent", staff.who)
    assert unchanged(world, number, world.move, number, "take_partial", actor=shop) == "CONSENT_NOT_YOURS"
    world.move(number, "take_partial", actor=world.buyer())
    assert (Refund.objects.get().amount_minor, Refund.objects.get().reason) == (5000, "partial_refund")
    refunded(world, number, end=(0, 0))


@pytest.mark.parametrize("answer", ["no", "silence"])
def test_a_part_not_taken_goes_to_the_platform_whose_ruling_pays(world: World, fake: Fake, answer: str) -> None:
    number = shown(world)
    world.move(number, "offer_partial", actor=world.staff("reviewer"), amount=5000, note="划痕补偿")
    if answer == "no":
        world.move(number, "refuse_partial", actor=world.buyer(), reason="太少")
        world.shop_speaks(number)
    else:
        world.later(days=5).ring()
        world.later(days=2).ring()
    assert (world.case(number)["status"], Refund.objects.count()) == ("disputed", 0)
    world.move(number, "rule_for_consumer", actor=world.staff("arbitrator"), amount=9900, note="各担一半", fault="seller")
    assert Refund.objects.get().amount_minor == 9900
    refunded(world, number, end=(0, 0))


def test_no_ruling_in_time_pays_what_was_asked_and_a_ruling_for_the_seller_nothing(world: World, fake: Fake) -> None:
    number = shown(world)
    world.move(number, "reject", actor=world.staff("reviewer"), reason_code="NO_USED_BEYOND_INSPECTION", clause="L-08", note="已使用")
    world.move(number, "dispute", actor=world.buyer(), reason="没有用过")
    world.later(days=30).ring()
    assert (world.case(number)["status"], Refund.objects.get().amount_minor) == ("refunding", 19900)
    refunded(world, number, end=(1, 1))
    other = shown(world)
    world.move(other, "reject", actor=world.staff("reviewer"), reason_code="NO_USED_BEYOND_INSPECTION", clause="L-08", note="已使用")
    world.move(other, "dispute", actor=world.buyer(), reason="没有用过")
    world.shop_speaks(other)
    world.move(other, "rule_for_seller", actor=world.staff("arbitrator"), fault="none", note="有使用痕迹")
    assert (world.case(other)["status"], Refund.objects.count()) == ("closed", 1)
    assert OrderLine.objects.get(order__number="T0002").claimed_quantity == 0


@CHANNELS
def test_a_shop_that_says_nothing_loses_the_case_to_the_platform(
    world: World, fake: Fake, channel: dict[str, Any], team: tuple[str, str | None]
) -> None:
    number = shown(world, channel)
    world.later(hours=73).ring()
    assert world.case(number)["status"] == "escalated"
    if channel:
        shop = world.staff(team[0], merchant=team[1])
        refusal = {"reason_code": "NO_OTHER_LEGAL", "clause": "x", "note": "y"}
        assert unchanged(world, number, world.move, number, "reject", actor=shop, **refusal) == "WITH_THE_PLATFORM"
    world.later(hours=25).ring()
    assert world.case(number)["status"] == "refunding"


def test_a_large_refund_waits_for_a_second_person_and_sent_back_nothing_stays(world: World, fake: Fake) -> None:
    number = shown(world, DEAR)
    first, second = world.staff("reviewer", "user:1"), world.staff("finance", "user:2")
    world.move(number, "approve", actor=first)
    assert (world.case(number)["status"], units()) == ("refund_review", (1, 1))
    world.move(number, "refuse_refund", actor=second, refusal="evidence", remark="照片不清")
    assert (world.case(number)["status"], units(), Refund.objects.get().state) == ("escalated", (1, 0), "cancelled")
    world.move(number, "approve", actor=world.staff("supervisor", "user:3"))
    world.move(number, "approve_refund", actor=second)
    assert (Refund.objects.get(state="pending").amount_minor, units()) == (800000, (1, 1))


# ---------------------------------------------------------------------------------------------------- without re-filing
def test_the_merchant_wants_the_goods_and_the_case_goes_on_as_a_return(world: World, fake: Fake) -> None:
    number = shown(world, THIRD)
    asked = world.move(number, "ask_goods_back", actor=world.staff("merchant_operator", merchant="m1"), note="请寄回", fault="seller")
    assert (asked["number"], asked["service"], asked["status"], asked["freight_payer"]) == (number, "return", "awaiting_goods", "seller")
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("merchant_operator", merchant="m1"))
    refunded(world, number, end=(1, 1))


def test_the_consumer_changes_to_a_return_and_a_return_is_let_off_sending_anything(world: World, fake: Fake) -> None:
    number = shown(world)
    changed = world.move(number, "change_to_return", actor=world.buyer())
    assert (changed["service"], changed["status"], changed["refund"]["amount"]) == ("return", "submitted", 19900)
    kept = world.move(number, "keep_item", actor=world.staff("reviewer"), note="不值得寄回", fault="seller")
    assert (kept["service"], kept["status"], kept["requested_service"]) == ("refund_only", "refunding", "refund_only")
    refunded(world, number, end=(1, 1))


def test_the_goods_of_a_parcel_that_is_missing_cannot_be_asked_back(world: World) -> None:
    number = traced(world)
    carrier_says(world, number, "refused")
    assert unchanged(world, number, world.move, number, "ask_goods_back", actor=world.staff("reviewer"), note="寄回") == "MOVE_NOT_NOW"


# ---------------------------------------------------------------------------------------------------- said before
@pytest.mark.parametrize(
    ("order", "reason", "days", "verdict", "code"),
    [
        (UNSENT, "not_received", 0, "deny", "RO_NOT_SHIPPED"), ({}, "quality", 0, "review", "RO_BY_CONSENT"),
        ({}, "quality", 9, "deny", "RO_WINDOW_OVER"), (FISH, "quality", 1, "review", "RO_NAME_SHARE"),
        (RICE, "quality", 1, "allow", "RO_PHOTO_IS_ENOUGH"),
        (FISH, "quality", 4, "deny", "RO_WINDOW_OVER"), (FISH, "mismatch", 1, "review", "RO_UNFIT_TO_RETURN"),
        ({}, "not_received", 1, "review", "RO_SHOWS_AS_SIGNED"), ({}, "not_received", 9, "deny", "RO_CLAIM_TOO_LATE"),
        ({}, "refused_delivery", 1, "deny", "RO_SIGNED_FOR"),
    ],
)  # fmt: skip
def test_the_entitlement_says_before_what_the_application_meets(
    world: World, order: dict[str, Any], reason: str, days: int, verdict: str, code: str
) -> None:
    number = world.order(**order)
    world.later(days=days)
    told = entitlements(number, actor=world.buyer(), reason=reason, at=world.now, language="en")
    promise = next(each for each in told["lines"][0]["promises"] if each["service"] == "refund_only")
    assert (promise["verdict"], promise["reasons"][0]["code"]) == (verdict, code)
    wish: dict[str, Any] = {"service": "refund_only", "reason": reason, "description": "说明"}
    if verdict == "deny":
        assert refusal_of(world.apply, number, **wish).code == "NOT_ELIGIBLE"
        assert (Case.objects.count(), units()) == (0, (0, 0))
    else:
        assert world.apply(number, **wish)["decision"]["verdict"] == verdict


def test_a_parcel_within_its_usual_time_is_not_missing_yet(world: World) -> None:
    order = world.order(**on_its_way(world, days=1))
    assert refusal_of(world.apply, order, **LOST).code == "NOT_ELIGIBLE"
    assert world.later(days=3).apply(order, **LOST)["status"] == "tracing"
