"""Freight insurance: a claim by itself when the case is completed, decided in 24 hours, paid once, appealed once."""

from datetime import timedelta
from typing import Any

import pytest

from shouhou.foundation.days import NO_HOLIDAYS
from shouhou.insurance.actions import appeal, decide, put_policy, remind_insurers, settle_receivable, work_off_overdue
from shouhou.insurance.erasure import erase_appeals_of
from shouhou.insurance.models import ClaimEntry, FreightClaim, Policy, Settlement
from shouhou.insurance.queries import settlements_said
from shouhou.ledger.queries import trial_balance
from shouhou.logistics.actions.pickups import take_booking
from shouhou.logistics.carriers.base import Booked
from shouhou.logistics.models import Pickup
from shouhou.logistics.queries import windows_for
from shouhou.payments.actions import instruct_payout
from shouhou.payments.models import Refund
from shouhou.payments.rules.beside import FREIGHT_BACK
from shouhou.payments.tests.conftest import work
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.models import Event
from tests.conftest import Fake, Shop
from tests.stories.insuring import (
    INSURER,
    applied,
    claimed,
    completed,
    insured,
    owed,
    pay_out,
    returned,
    settled_by_insurer,
)
from tests.world import CONTACT, QUALITY, THIRD, World, refusal_of

pytestmark = pytest.mark.django_db


def as_stored() -> list[Any]:
    return [*FreightClaim.objects.order_by("id").values(), *Policy.objects.order_by("id").values(), Refund.objects.count()]


def balance_is_right() -> bool:
    return all(minor == 0 for minor in trial_balance().values())


def test_a_completed_return_becomes_a_claim_at_that_instant_and_is_paid_once(world: World, fake: Fake) -> None:
    number = returned(world, insured(world))
    claim = FreightClaim.objects.get()
    assert (claim.subject, claim.state, claim.completed_at) == (number, "received", world.now)
    assert claim.due_at == world.now + timedelta(hours=24)
    assert (claim.actual_minor, claim.standard_minor, claim.claimed_minor, claim.waybill) == (1000, 1200, 1000, "SF0000000000001")
    decide(claim.number, "approve", actor=INSURER, now=world.later(hours=3).now)
    assert refusal_of(decide, claim.number, "approve", actor=INSURER, now=world.now).code == "FREIGHT_CLAIM_NOT_OPEN"
    pay_out(world, claim)
    claim.refresh_from_db()
    refund = Refund.objects.get(subject=claim.number)
    assert (claim.state, claim.refund_number, refund.amount_minor, refund.bearer) == ("paid", refund.number, 1000, "insurer:picc")
    assert owed("picc") == -1000
    assert (balance_is_right(), Event.objects.filter(type="insurance.claim_paid").count()) == (True, 1)


@pytest.mark.parametrize(
    ("more", "freight", "standard", "payout", "bears"),
    [
        ({"mode": "cap"}, 1800, 1200, 1200, 600), ({"mode": "cap"}, 900, 1200, 900, 0), ({"mode": "fixed"}, 900, 1200, 1200, 0),
        # By the table: Chengdu to Guangzhou, 2.4 kg: 12.00 and two more kilograms begun at 5.00; 30.00 insured at most.
        ({"standard": "cn-basic", "weight_grams": 2400, "sum": 3000}, 5000, 2200, 2200, 2800),
        ({"standard": "cn-basic", "weight_grams": 2400, "sum": 2000}, 5000, 2000, 2000, 3000),
        # Nothing was said of the freight: the standard is taken for it.
        ({"mode": "cap"}, None, 1200, 1200, 0),
    ],
)  # fmt: skip
def test_what_is_paid_goes_by_the_standard_capped_or_fixed(
    world: World, fake: Fake, more: dict[str, Any], freight: int | None, standard: int, payout: int, bears: int
) -> None:  # fmt: skip
    claim = claimed(world, **more, freight=freight)
    assert (claim.standard_minor, claim.claimed_minor, claim.facts["bears"]) == (standard, payout, bears)
    decide(claim.number, "approve", actor=INSURER, now=world.now)
    pay_out(world, claim)
    assert (owed("picc"), balance_is_right()) == (-payout, True)


def test_an_exchange_has_one_claim_for_the_way_back_when_it_is_confirmed(world: World, shop: Shop) -> None:
    number: str = world.apply(insured(world), service="exchange", **QUALITY, answers={"wanted": "same"}, evidence=())["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="视频见附件")
    world.move(number, "approve", actor=world.staff("merchant_manager", merchant="m1"), fault="seller")
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000009", freight_paid=1000)
    keeper = world.staff("merchant_operator", merchant="m1")
    world.later(days=2).move(number, "receive", actor=keeper, packing="ok", appearance="ok", accessories="ok")
    world.move(number, "accept", actor=keeper, items=[{"line": 1, "accepted": 1, "grade": "B", "disposition": "refurbish"}])
    world.shop_answers(number)
    world.move(number, "ship_replacement", actor=keeper, carrier="SF", tracking_number="SF0000000000010", scanned="KETTLE")
    assert not FreightClaim.objects.exists()
    world.later(days=2).move(number, "confirm_replacement", actor=world.buyer())
    claim = FreightClaim.objects.get()
    assert (claim.service, claim.completed_at, claim.waybill, claim.claimed_minor) == ("exchange", world.now, "SF0000000000009", 1000)
    world.later(days=20).ring()
    assert FreightClaim.objects.count() == 1


def test_a_self_operated_order_cannot_be_insured_and_its_return_makes_no_claim(world: World, fake: Fake) -> None:
    order = world.order()
    no = refusal_of(put_policy, {"number": "FP1", "order": order, "insurer": "picc", "sum": 1200}, actor=SYSTEM, now=world.now)
    assert (no.code, Policy.objects.count()) == ("FREIGHT_POLICY_SELF_OPERATED", 0)
    number = world.later(days=1).apply(order)["number"]
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector"))
    world.pay(number)
    assert (world.case(number)["status"], FreightClaim.objects.count()) == ("refunded", 0)


def test_an_order_has_one_policy_and_one_claim_whatever_comes_after(world: World, fake: Fake) -> None:
    cups = {"line": 1, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 2, "unit_price": 5000, "paid": 10000}
    goods: dict[str, Any] = {"lines": [cups], "payments": [{"tender": "card", "amount": 10000}]}
    order = world.order(**THIRD, **goods)
    policy = {"number": "FP1", "order": order, "insurer": "picc", "sum": 1200}
    assert put_policy(policy, actor=SYSTEM, now=world.now).outcome == "created"
    assert put_policy(policy, actor=SYSTEM, now=world.now).outcome == "unchanged"
    before = as_stored()
    assert refusal_of(put_policy, policy | {"number": "FP2"}, actor=SYSTEM, now=world.now).code == "FREIGHT_POLICY_TAKEN"
    assert as_stored() == before
    returned(world, order)
    world.count += 1
    second = returned(world, order)
    assert (world.case(second)["status"], FreightClaim.objects.count(), Policy.objects.get().claims_count) == ("refunded", 1, 1)
    assert refusal_of(put_policy, policy | {"sum": 900}, actor=SYSTEM, now=world.now).code == "FREIGHT_POLICY_CLAIMED"


def test_a_cancelled_pickup_and_a_changed_waybill_leave_the_claim_with_the_parcel_that_came(world: World, fake: Fake) -> None:
    number = applied(world, insured(world))
    window = windows_for(CONTACT, calendar=NO_HOLIDAYS, now=world.now)[0]
    world.move(number, "book_pickup", actor=world.buyer(), window=window.code)
    pickup = Pickup.objects.get(subject=number)
    take_booking(pickup.id, Booked("REF-1", "JD0000000000001"), now=world.now)
    world.move(number, "cancel_pickup", actor=world.buyer())
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000021", freight_paid=1100)
    world.move(number, "change_waybill", actor=world.buyer(), carrier="SF", tracking_number="sf 0000000000022", freight_paid=950)
    completed(world, number)
    claim = FreightClaim.objects.get()
    assert (claim.waybill, claim.actual_minor) == ("SF0000000000022", 950)
    told = {each["number"]: (each["arrived"], each["released"]) for each in claim.facts["parcels"]}
    assert told["SF0000000000022"] == (True, "")
    assert told["SF0000000000021"] == (False, "changed:consumer")
    assert all(not arrived for waybill, (arrived, _) in told.items() if waybill != "SF0000000000022")


def test_a_second_parcel_after_the_first_went_home_is_the_one_that_is_claimed(world: World, fake: Fake) -> None:
    number = applied(world, insured(world))
    keeper = world.staff("merchant_operator", merchant="m1")
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000031", freight_paid=700)
    world.later(days=2).move(number, "receive", actor=keeper, packing="ok", appearance="ok", accessories="ok")
    world.move(number, "not_accept", actor=keeper, reason_code="NO_SOILED", clause="§1", note="有污渍")
    world.move(number, "send_back", actor=keeper, carrier="SF", tracking_number="SF0000000000032")
    world.move(number, "confirm_back", actor=world.buyer())
    assert not FreightClaim.objects.exists()
    world.move(number, "reopen", actor=world.buyer(), reason="已清洁，请再验")
    world.move(number, "approve", actor=world.staff("merchant_manager", merchant="m1"))
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000033", freight_paid=800)
    completed(world, number)
    claim = FreightClaim.objects.get()
    assert (claim.waybill, claim.actual_minor) == ("SF0000000000033", 800)


def test_the_insurers_limit_reminds_once_then_is_breached_once_and_finance_decides(world: World, fake: Fake) -> None:
    claim = claimed(world)
    finance = world.staff("finance")
    assert refusal_of(decide, claim.number, "approve", actor=finance, now=world.now).code == "FORBIDDEN"
    assert (remind_insurers(now=world.later(hours=19).now), remind_insurers(now=world.later(hours=1).now)) == (0, 1)
    assert remind_insurers(now=world.later(hours=1).now) == 0
    assert work_off_overdue(now=claim.due_at) == 0
    assert (work_off_overdue(now=claim.due_at + timedelta(seconds=1)), work_off_overdue(now=claim.due_at + timedelta(days=1))) == (1, 0)
    told = Event.objects.filter(type="insurance.sla_breached").get()
    claim.refresh_from_db()
    assert (told.data["code"], told.subject, claim.state, claim.breached_at is not None) == ("INSURER_SLA", claim.subject, "received", True)
    assert Event.objects.filter(type="insurance.claim_reminded").count() == 1
    decide(claim.number, "approve", actor=finance, now=world.later(days=2).now)
    pay_out(world, claim)
    claim.refresh_from_db()
    assert (claim.state, owed("picc")) == ("paid", -1000)


def test_a_refused_claim_is_told_with_its_reason_and_appealed_once(world: World, fake: Fake) -> None:
    claim = claimed(world)
    no: dict[str, Any] = {"reason": "waybill_unknown", "note": "运单查无记录"}
    before = as_stored()
    assert refusal_of(decide, claim.number, "refuse", actor=INSURER, now=world.now).code == "FREIGHT_CLAIM_REASON"
    assert refusal_of(decide, claim.number, "refuse", actor=INSURER, now=world.now, reason="moon", note="x").code == "FREIGHT_CLAIM_REASON"
    assert refusal_of(appeal, claim.number, "不对", actor=world.buyer(), now=world.now).code == "FREIGHT_APPEAL_NOT_NOW"
    assert as_stored() == before
    decide(claim.number, "refuse", actor=INSURER, now=world.now, **no)
    told = Event.objects.get(type="insurance.claim_refused")
    assert (told.data["reason"], told.data["note"], told.data["appeal_until"] is not None) == ("waybill_unknown", "运单查无记录", True)
    appeal(claim.number, "这是正确的运单", actor=world.buyer(), now=world.later(days=1).now, waybill="SF0000000000099")
    claim.refresh_from_db()
    assert (claim.state, claim.due_at, claim.waybill) == ("appealed", world.now + timedelta(hours=24), "SF0000000000099")
    decide(claim.number, "refuse", actor=INSURER, now=world.now, **no)
    before = as_stored()
    assert refusal_of(appeal, claim.number, "再看看", actor=world.buyer(), now=world.now).code == "FREIGHT_APPEAL_ONCE"
    assert (as_stored(), Refund.objects.filter(subject=claim.number).count(), owed("picc")) == (before, 0, 0)


def test_an_appeal_comes_too_late_after_its_days(world: World, fake: Fake) -> None:
    claim = claimed(world)
    decide(claim.number, "refuse", actor=INSURER, now=world.now, reason="other", note="见说明")
    before = as_stored()
    no = refusal_of(appeal, claim.number, "不对", actor=world.buyer(), now=world.later(days=7, seconds=1).now)
    assert (no.code, as_stored()) == ("FREIGHT_APPEAL_NOT_NOW", before)


def test_an_appeal_that_is_granted_is_paid(world: World, fake: Fake) -> None:
    claim = claimed(world)
    decide(claim.number, "refuse", actor=INSURER, now=world.now, reason="no_freight_paid", note="请提供凭证")
    appeal(claim.number, "凭证已补", actor=world.staff("merchant_manager", merchant="m1"), now=world.later(days=1).now)
    decide(claim.number, "approve", actor=INSURER, now=world.now)
    pay_out(world, claim)
    claim.refresh_from_db()
    assert (claim.state, owed("picc"), balance_is_right()) == ("paid", -1000, True)


def test_a_reduced_claim_pays_the_smaller_amount_and_says_why(world: World, fake: Fake) -> None:
    claim = claimed(world)
    before = as_stored()
    for amount in (0, 1000, 2000, None):
        told = {"amount_minor": amount, "reason": "above_usual", "note": "偏高"}
        no = refusal_of(decide, claim.number, "reduce", actor=INSURER, now=world.now, **told)
        assert (no.code, as_stored()) == ("FREIGHT_CLAIM_AMOUNT", before)
    decide(claim.number, "reduce", actor=INSURER, now=world.now, amount_minor=800, reason="above_usual", note="偏高")
    pay_out(world, claim)
    claim.refresh_from_db()
    assert (claim.state, claim.payout_minor, claim.reason, owed("picc")) == ("paid", 800, "above_usual", -800)


def test_an_insurer_sees_and_decides_only_its_own_claims(world: World, fake: Fake) -> None:
    claim = claimed(world)
    other = Actor(role="insurer", who="user:other", insurer="cpic")
    before = as_stored()
    strangers = (other, world.staff("merchant_manager"), world.staff("reviewer"), world.buyer())
    codes = [refusal_of(decide, claim.number, "approve", actor=each, now=world.now).code for each in strangers]
    assert (codes, as_stored()) == (["FREIGHT_CLAIM_NOT_FOUND", "FORBIDDEN", "FORBIDDEN", "FORBIDDEN"], before)


def test_freight_that_the_shop_paid_back_is_not_paid_again(world: World, fake: Fake) -> None:
    claim = claimed(world)
    shop_pays(world, claim, 1000, key="back")
    decide(claim.number, "approve", actor=INSURER, now=world.now)
    claim.refresh_from_db()
    assert (claim.state, claim.payout_minor, Policy.objects.get().claims_count) == ("withdrawn", 0, 0)
    assert (Refund.objects.filter(subject=claim.number).count(), owed("picc"), balance_is_right()) == (0, 0, True)


def test_a_part_that_the_shop_paid_back_is_taken_off(world: World, fake: Fake) -> None:
    claim = claimed(world)
    shop_pays(world, claim, 400, key="back")
    decide(claim.number, "approve", actor=INSURER, now=world.now)
    pay_out(world, claim)
    assert (owed("picc"), balance_is_right()) == (-600, True)


def shop_pays(world: World, claim: FreightClaim, amount: int, *, key: str) -> None:
    refund = instruct_payout(
        subject=claim.subject, order_id=claim.order_id, tender="balance", amount_minor=amount, key=key, actor=SYSTEM, now=world.now,
        second_person_above_minor=None, expected_at=None, merchant_id=claim.merchant_id, buyer_id=claim.buyer_id,
        reason=FREIGHT_BACK, bearer="merchant",
    )  # fmt: skip
    work(refund, now=world.now)


def test_a_policy_told_late_but_issued_in_time_claims_what_was_completed_meanwhile(world: World, fake: Fake) -> None:
    order = world.order(**THIRD)
    issued = world.now.isoformat()
    returned(world, order)
    policy = {"number": "FP1", "order": order, "insurer": "picc", "sum": 1200}
    put_policy(policy | {"number": "FP0", "cancelled_at": world.now.isoformat()}, actor=SYSTEM, now=world.now)
    assert not FreightClaim.objects.exists()
    put_policy(policy, actor=SYSTEM, now=world.now)
    assert not FreightClaim.objects.exists(), "bought after the application: it insures nothing that had begun"
    put_policy(policy | {"issued_at": issued}, actor=SYSTEM, now=world.later(days=1).now)
    assert (FreightClaim.objects.get().claimed_minor, FreightClaim.objects.get().due_at) == (1000, world.now + timedelta(hours=24))


def test_the_insurer_settles_what_it_owes_once_per_proof(world: World, fake: Fake) -> None:
    claim = claimed(world)
    decide(claim.number, "approve", actor=INSURER, now=world.now)
    pay_out(world, claim)
    finance = world.staff("finance", who="key:7")
    for _ in range(2):
        settled_by_insurer(amount_minor=1000, currency="CNY", proof="BANK-1", actor=finance, now=world.now)
    assert (owed("picc"), balance_is_right()) == (0, True)
    no = refusal_of(settled_by_insurer, amount_minor=900, currency="CNY", proof="BANK-1", actor=finance, now=world.now)
    assert (no.code, owed("picc")) == ("INSURER_SETTLEMENT_KEY", 0)
    no = refusal_of(settled_by_insurer, amount_minor=1, currency="CNY", proof="B2", actor=INSURER, now=world.now)
    assert no.code == "FORBIDDEN"


def test_two_long_proofs_that_begin_alike_are_two_settlements(world: World) -> None:
    finance = world.staff("finance", who="key:7")
    for last in ("1", "2", "2"):
        settled_by_insurer(amount_minor=1000, currency="CNY", proof="B" * 150 + last, actor=finance, now=world.now)
    assert (owed("picc"), balance_is_right()) == (2000, True)


def test_a_large_settlement_is_said_by_two_people_and_booked_once(world: World) -> None:
    anna, bo = world.staff("finance", who="key:1"), world.staff("finance", who="key:2")
    large: dict[str, Any] = {"amount_minor": 500_001, "currency": "CNY", "proof": "BANK-9", "now": world.now}
    assert settled_by_insurer(**large, actor=anna) is None
    assert [each.by for each in settlements_said()] == ["key:1"] and owed("picc") == 0
    assert refusal_of(settled_by_insurer, **large, actor=anna).code == "INSURER_SETTLEMENT_SECOND"
    # Another amount is another first word, whoever says it; the old one is agreed to by nobody any more.
    assert settled_by_insurer(**{**large, "amount_minor": 500_002}, actor=bo) is None
    assert settled_by_insurer(**large, actor=anna) is None and not Settlement.objects.exists()
    row = settled_by_insurer(**large, actor=bo)
    assert row is not None and (row.by, row.first_by, row.amount_minor) == ("key:2", "key:1", 500_001)
    for actor in (anna, bo):
        assert settled_by_insurer(**large, actor=actor) == row
    assert (Settlement.objects.count(), owed("picc"), settlements_said(), balance_is_right()) == (1, 500_001, [], True)
    assert settled_by_insurer(**{**large, "proof": "BANK-10", "amount_minor": 500_000}, actor=anna) is not None


def test_a_large_settlement_in_small_parts_is_said_by_two_people(world: World) -> None:
    anna, bo = world.staff("finance", who="key:1"), world.staff("finance", who="key:2")

    def say(proof: str, amount: int, *, actor: Any = anna, currency: str = "CNY") -> Settlement | None:
        return settled_by_insurer(amount_minor=amount, currency=currency, proof=proof, actor=actor, now=world.now)

    assert say("P-1", 300_000) and say("P-2", 200_000)
    assert say("P-3", 1) is None and owed("picc") == 500_000
    # Neither tomorrow nor by another person's own part, and what was booked before is still booked once.
    world.later(days=1)
    assert say("P-4", 1, actor=bo) is None and say("P-2", 200_000) is not None
    assert refusal_of(say, "P-3", 1).code == "INSURER_SETTLEMENT_SECOND"
    # Another insurer's or currency's money is reckoned by itself.
    other: dict[str, Any] = {"amount_minor": 1, "currency": "CNY", "proof": "Q-1", "actor": anna, "now": world.now}
    assert settle_receivable("taiping", second_person_above_minor=500_000, **other) and say("P-5", 1, currency="GBP")
    row = say("P-3", 1, actor=bo)
    assert row is not None and (row.first_by, row.by) == ("key:1", "key:2")
    # Two people have looked: it begins anew.
    assert say("P-6", 500_000) is not None and say("P-7", 1) is None
    assert balance_is_right()


def test_a_return_that_was_rejected_or_lapsed_makes_no_claim(world: World, fake: Fake) -> None:
    order = insured(world)
    number = applied(world, order)
    world.later(days=30).ring()
    assert (world.case(number)["status"], FreightClaim.objects.count(), Policy.objects.get().claims_count) == ("lapsed", 0, 0)


def test_an_erased_buyers_words_go_and_what_was_decided_stays(world: World, fake: Fake) -> None:
    claim = claimed(world)
    decide(claim.number, "refuse", actor=INSURER, now=world.now, reason="other", note="见说明")
    appeal(claim.number, "我叫林一，电话 13800000001", actor=world.buyer(), now=world.now)
    assert erase_appeals_of(claim.buyer_id, world.now) == {"freight_appeals": 1}
    claim.refresh_from_db()
    assert ("appeal" in claim.facts, claim.state, claim.reason) == (False, "appealed", "other")
    assert "13800000001" not in str(list(ClaimEntry.objects.values()))
