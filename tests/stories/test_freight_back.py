"""The way back that a consumer has paid: claimed, by rule or by a person, refused, contested, in doubt; paid once, in both channels."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from shouhou.cases.models import Case, Deadline
from shouhou.cases.payout_review import approve_payout, payouts_waiting, refuse_payout
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.models import Refund
from shouhou.payments.rules.beside import FREIGHT_BACK
from shouhou.payments.tests.conftest import work
from shouhou.plumbing.models import Event
from tests.conftest import Fake, Shop
from tests.stories.carrying import unchanged
from tests.stories.uploading import photo
from tests.world import QUALITY, THIRD, World, refusal_of


@pytest.fixture(autouse=True)
def _uploads(settings: Settings, tmp_path: Path) -> None:
    settings.UPLOADS_ROOT = tmp_path / "uploads"


CHANNELS = pytest.mark.parametrize(("channel", "shop"), [({}, None), (THIRD, "m1")])


def sent(world: World, channel: dict[str, Any], **wish: Any) -> str:
    """A return for a defect, approved and on its way in the consumer's own parcel."""
    shop = (channel.get("merchant") or {}).get("code")
    number: str = world.apply(world.order(**channel), **{**QUALITY, "evidence": [photo(world)], **wish})["number"]
    reviewer = world.staff("merchant_operator" if shop else "reviewer", merchant=shop)
    world.move(number, "approve", actor=reviewer, fault="seller")
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number=f"SF{world.count:013d}")
    return number


def claim(world: World, number: str, amount: int) -> dict[str, Any]:
    return world.move(number, "claim_freight", actor=world.buyer(), amount=amount, receipt=[photo(world)])


def taken_back(world: World, number: str, *, shop: str | None = None) -> dict[str, Any]:
    inspector = world.staff("merchant_operator" if shop else "inspector", merchant=shop)
    world.later(days=2).move(number, "receive", actor=inspector, packing="ok", appearance="ok", accessories="ok")
    return world.move(number, "accept", actor=inspector)


def freight() -> dict[str, Any]:
    found: dict[str, Any] = Case.objects.get().details.get("freight") or {}
    return found


def paid() -> list[int]:
    return list(Refund.objects.filter(reason=FREIGHT_BACK).values_list("amount_minor", flat=True))


def pay_all(world: World) -> None:
    for refund in Refund.objects.order_by("id"):
        work(refund, now=world.now)


def posted(prefix: str) -> int:
    return sum(each.posted_minor for each in balances(prefix=prefix))


@CHANNELS
def test_a_small_one_is_paid_by_rule_beside_the_refund_once_the_goods_are_taken_back(
    world: World, fake: Fake, channel: dict[str, Any], shop: str | None
) -> None:
    number = sent(world, channel)
    claim(world, number, 1200)
    assert (paid(), world.case(number)["status"]) == ([], "in_transit")
    assert taken_back(world, number, shop=shop)["status"] == "refunding"
    assert (paid(), freight()["state"], freight()["granted"]) == ([1200], "granted", 1200)
    pay_all(world)
    pay_all(world)
    assert (world.case(number)["status"], sorted(each["amount"] for each in fake.movements())) == ("refunded", [1200, 19900])
    assert posted("platform:advance") == (-1200 if shop else 0) and set(trial_balance().values()) == {0}
    told = Event.objects.filter(type="case.freight_back").values_list("subject", "data__amount_minor", "data__bearer")
    assert list(told) == [(number, 1200, "platform_advance" if shop else "merchant")]
    assert unchanged(world, number, claim, world, number, 900) == "MOVE_NOT_NOW"


@CHANNELS
def test_a_larger_one_waits_for_a_person_and_in_silence_follows_the_standard(
    world: World, fake: Fake, channel: dict[str, Any], shop: str | None
) -> None:
    number = sent(world, channel)
    claim(world, number, 4000)
    taken_back(world, number, shop=shop)
    assert paid() == []
    assert Deadline.objects.get(name="freight_decision").state == "open"
    world.later(hours=49).ring()
    assert (paid(), freight()["state"], Deadline.objects.get(name="freight_decision").state) == ([2500], "granted", "breached")
    world.later(days=3).ring()
    pay_all(world)
    assert paid() == [2500] and set(trial_balance().values()) == {0}


@CHANNELS
def test_a_person_grants_more_than_the_standard_but_not_more_than_was_claimed(
    world: World, fake: Fake, channel: dict[str, Any], shop: str | None
) -> None:
    number = sent(world, channel)
    claim(world, number, 4000)
    reviewer = world.staff("merchant_operator" if shop else "reviewer", merchant=shop)
    assert unchanged(world, number, world.move, number, "grant_freight", actor=reviewer, amount=4001) == "ANSWERS_INVALID"
    assert unchanged(world, number, world.move, number, "grant_freight", actor=world.buyer()) == "MOVE_NOT_YOURS"
    world.move(number, "grant_freight", actor=reviewer, amount=4000)
    assert refusal_of(world.move, number, "grant_freight", actor=reviewer).code == "MOVE_NOT_NOW"
    taken_back(world, number, shop=shop)
    pay_all(world)
    assert paid() == [4000] and not Deadline.objects.filter(name="freight_decision").exists()


def test_a_large_one_waits_for_a_second_person_and_sent_back_is_decided_anew_and_paid_once(world: World, fake: Fake) -> None:
    number = sent(world, {})
    claim(world, number, 600000)
    reviewer, finance = world.staff("reviewer"), world.staff("finance")
    world.move(number, "grant_freight", actor=reviewer, amount=600000)
    first = Refund.objects.get(reason=FREIGHT_BACK)
    assert (first.state, set(payouts_waiting([first.number]))) == ("awaiting_second", {first.number})
    same = world.staff("supervisor", reviewer.who)
    assert refusal_of(approve_payout, first.number, actor=same, now=world.now).code == "SECOND_PERSON_NEEDED"
    refuse_payout(first.number, reason="金额过高", actor=finance, now=world.now)
    assert (freight()["state"], "granted" in freight(), posted("merchant")) == ("claimed", False, 0)
    world.move(number, "grant_freight", actor=reviewer, amount=550000)
    again = Refund.objects.exclude(state="cancelled").get(reason=FREIGHT_BACK)
    approve_payout(again.number, actor=finance, now=world.now)
    pay_all(world)
    assert [each["amount"] for each in fake.movements()] == [550000] and set(trial_balance().values()) == {0}


def test_claimed_after_the_refund_the_limit_begins_then_and_a_decision_ends_it(world: World, fake: Fake) -> None:
    number = sent(world, {})
    taken_back(world, number)
    pay_all(world)
    claim(world, number, 2000)
    assert (world.case(number)["status"], Deadline.objects.get(name="freight_decision").state) == ("refunded", "open")
    world.later(hours=2).move(number, "refuse_freight", actor=world.staff("reviewer"), note="凭证看不清金额")
    assert (freight()["state"], Deadline.objects.get(name="freight_decision").state, paid()) == ("refused", "met", [])


def test_what_the_shop_has_refused_is_looked_at_by_the_platform_when_it_is_claimed_again(world: World, fake: Fake) -> None:
    number = sent(world, THIRD)
    claim(world, number, 900)
    shop = world.staff("merchant_manager", merchant="m1")
    world.move(number, "refuse_freight", actor=shop, note="不认可")
    taken_back(world, number, shop="m1")
    claim(world, number, 900)
    assert paid() == []
    assert unchanged(world, number, world.move, number, "refuse_freight", actor=shop, note="不认可") == "MOVE_NOT_YOURS"
    world.move(number, "grant_freight", actor=world.staff("agent"))
    assert paid() == [900]
    pay_all(world)
    assert posted("platform:advance") == -900


def test_a_claim_is_not_there_for_who_bears_the_way_or_was_fetched_and_falls_with_the_fault(world: World) -> None:
    own = world.apply(world.order())["number"]
    world.move(own, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000777")
    assert unchanged(world, own, claim, world, own, 900) == "MOVE_NOT_NOW"
    assert unchanged(world, own, world.move, own, "claim_freight", actor=world.buyer(), amount=900) == "MOVE_NOT_NOW"


def test_found_to_be_the_consumers_own_fault_the_freight_stays_theirs(world: World, fake: Fake) -> None:
    number = sent(world, {})
    assert unchanged(world, number, claim, world, number, 0) == "ANSWERS_INVALID"
    claim(world, number, 900)
    inspector = world.staff("inspector")
    world.later(days=2).move(number, "receive", actor=inspector, packing="ok", appearance="ok", accessories="ok")
    world.move(number, "accept", actor=inspector, fault="customer")
    assert (freight()["state"], paid()) == ("refused", [])


def test_an_exchange_pays_it_too_and_what_is_undecided_at_its_end_is_paid(world: World, fake: Fake, shop: Shop) -> None:
    number = sent(world, {}, service="exchange", answers={"wanted": "same"})
    claim(world, number, 1800)
    taken_back(world, number)
    world.shop_answers(number)
    assert Deadline.objects.get(name="freight_decision").state == "open"
    way: dict[str, Any] = {"carrier": "SF", "tracking_number": "SF0000000000555", "scanned": "KETTLE"}
    world.move(number, "ship_replacement", actor=world.staff("inspector"), **way)
    world.move(number, "confirm_replacement", actor=world.buyer())
    assert (world.case(number)["status"], paid()) == ("closed", [1800])
    pay_all(world)
    assert freight()["state"] == "granted" and world.case(number)["timeline"][-1]["move"] == "freight_paid"


def test_told_with_its_receipt_when_the_goods_are_sent_it_is_a_claim_already(world: World, fake: Fake) -> None:
    number: str = world.apply(world.order(), **QUALITY, evidence=[photo(world)])["number"]
    world.move(number, "approve", actor=world.staff("reviewer"), fault="seller")
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000333", freight_paid=1100,
               freight_receipt=[photo(world)])  # fmt: skip
    taken_back(world, number)
    assert paid() == [1100]


def test_above_one_kilogram_the_standard_rises_with_the_weight_on_the_waybill(world: World, fake: Fake) -> None:
    number = sent(world, {})
    world.move(number, "claim_freight", actor=world.buyer(), amount=9000, receipt=[photo(world)], grams=2400)
    taken_back(world, number)
    world.later(days=9).ring()
    # Another province: the first kilogram and two that were begun.
    assert paid() == [2500 + 2 * 800]
    assert freight()["granted"] == 4100
