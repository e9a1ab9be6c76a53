"""Charges beside themselves: callbacks, jobs, people and kills at the same instant, in real transactions."""

from datetime import timedelta

import pytest

from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.actions import (
    ask_charge,
    cancel_charge,
    earn_charges,
    instruct_payout,
    refund_charge,
    try_charge_again,
)  # fmt: skip
from shouhou.payments.actions.charge_sending import begin_charge, exchange_charge
from shouhou.payments.actions.sending import begin, exchange
from shouhou.payments.models import Charge, ChargeSettlement, Refund, RefundPart
from shouhou.payments.tests.conftest import ANNA, BO, NOW, Fake, make_order, work
from shouhou.payments.tests.test_beside_itself import at_once
from shouhou.payments.tests.test_charges import asked, call_back, events, press, received, speak
from shouhou.payments.tests.test_wrong_charges import settle, wrongly_paid

pytestmark = pytest.mark.django_db(transaction=True)


def opened(fake: Fake) -> Charge:
    charge = asked()
    speak(charge)
    return charge


def test_the_same_asking_at_the_same_time_is_one_charge() -> None:
    order = make_order()
    numbers = at_once(lambda place: asked(order).number)
    assert len(set(map(str, numbers))) == 1 and events("charge.asked") == 1


def test_four_callbacks_and_jobs_at_the_same_time_book_it_once(fake: Fake) -> None:
    charge = opened(fake)
    press(charge)
    at_once(lambda place: call_back(fake, charge, number=f"cb-{place}") if place % 2 else str(speak(Charge.objects.get())))
    assert (Charge.objects.get().state, events("charge.paid"), len(received(fake))) == ("paid", 1, 1)
    assert {b.account: b.posted_minor for b in balances(prefix="buyer")} == {f"buyer:{charge.buyer_id}:charges": 18000}


@pytest.mark.parametrize("time", range(5))
def test_cancelled_and_paid_at_the_same_time_is_one_or_the_other_and_no_cent_stays(fake: Fake, time: int) -> None:
    charge = opened(fake)
    press(charge)
    at_once(lambda place: call_back(fake, charge) if place % 2 else cancel_charge(charge.number, actor=ANNA, now=NOW).state)
    charge.refresh_from_db()
    if charge.state == "paid":
        work(refund_charge(charge.number, actor=BO, now=NOW))
    else:
        assert charge.state == "refunding" and events("charge.paid_late") == 1
        work(Refund.objects.get())
    assert Charge.objects.get().state == "refunded" and [m["amount"] for m in fake.movements()] == [18000]
    assert all(b.posted_minor == b.pending_minor == 0 for b in balances()) and trial_balance() == {"CNY": 0}


def test_four_who_give_it_back_at_the_same_time_give_it_back_once(fake: Fake) -> None:
    charge = opened(fake)
    press(charge)
    speak(charge)
    numbers = at_once(lambda place: refund_charge(charge.number, actor=BO, now=NOW).number)
    assert len(set(map(str, numbers))) == 1 and Refund.objects.count() == 1


def test_earned_by_four_at_the_same_time_is_income_once(fake: Fake) -> None:
    charge = opened(fake)
    press(charge)
    speak(charge)
    assert sorted(map(str, at_once(lambda place: earn_charges(subject="SO-1", actor=ANNA, now=NOW)))) == ["0", "0", "0", "1"]


def test_trying_again_four_times_at_once_begins_one_try(fake: Fake) -> None:
    charge = opened(fake)
    press(charge, "decline")
    speak(charge)
    at_once(lambda place: try_charge_again(charge.number, now=NOW).round)
    assert Charge.objects.get().round == 2


def test_killed_between_the_call_and_its_outcome_nothing_is_lost_or_doubled(fake: Fake) -> None:
    charge = asked()
    step = begin_charge(charge.id, now=NOW)
    assert step is not None
    exchange_charge(step)  # Here the worker dies: what the channel said is not kept.
    charge.refresh_from_db()
    assert (charge.pay_url, charge.open_there) == ("", True)
    speak(charge)
    assert charge.pay_url and len(fake.server.till.known) == 1
    press(charge)
    step = begin_charge(charge.id, now=NOW)
    assert step is not None
    exchange_charge(step)
    speak(charge)
    assert charge.state == "paid" and len(received(fake)) == 1 and events("charge.paid") == 1


def test_killed_while_closing_it_is_closed_later(fake: Fake) -> None:
    charge = opened(fake)
    cancel_charge(charge.number, actor=ANNA, now=NOW)
    step = begin_charge(charge.id, now=NOW)
    assert step is not None and step.kind == "close"
    exchange_charge(step)
    speak(charge, now=NOW + timedelta(minutes=1))
    assert charge.open_there is False and speak(charge) is None


def test_a_payout_at_the_same_time_as_refunds_of_the_order_is_paid_once(fake: Fake) -> None:
    order = make_order()

    def one(place: int) -> str:
        return instruct_payout(
            subject="SO-1", order_id=order.id, tender="balance", amount_minor=2000, key="SO-1:compensation", actor=ANNA,
            now=NOW, second_person_above_minor=None, expected_at=None, merchant_id=order.merchant_id,
            buyer_id=order.buyer_id, reason="compensation", bearer="platform_goodwill",
        ).number  # fmt: skip

    assert len(set(map(str, at_once(one)))) == 1
    work(Refund.objects.get())
    assert [m["amount"] for m in fake.movements()] == [2000]
    assert {b.account: b.posted_minor for b in balances() if b.posted_minor} == {
        "platform:goodwill": -2000, "tender:fake:balance": 2000,
    }  # fmt: skip


@pytest.mark.parametrize(("tender", "amount"), [("card", 100), ("balance", 0), ("cash", 5)])
def test_nobody_is_paid_out_in_what_does_not_exist(tender: str, amount: int) -> None:
    order = make_order()
    with pytest.raises(Refused, match="PAYOUT_UNKNOWN"):
        instruct_payout(
            subject="SO-1", order_id=order.id, tender=tender, amount_minor=amount, key="k", actor=ANNA, now=NOW,
            second_person_above_minor=None, expected_at=None, merchant_id=order.merchant_id, buyer_id=order.buyer_id,
            reason="compensation", bearer="merchant",
        )  # fmt: skip
    assert Refund.objects.count() == 0 and balances() == []


def test_an_unknown_purpose_is_nobodys_charge() -> None:
    order = make_order()
    with pytest.raises(KeyError):
        ask_charge(
            subject="SO-1", order_id=order.id, merchant_id=order.merchant_id, buyer_id=order.buyer_id, purpose="tip",
            amount_minor=1, currency="CNY", key="k", expires_at=NOW + timedelta(days=1), actor=ANNA, now=NOW,
        )  # fmt: skip
    assert Charge.objects.count() == 0


@pytest.mark.usefixtures("people")
def test_two_people_settle_a_wrong_amount_at_the_same_time_and_it_is_booked_once(fake: Fake) -> None:
    charge = wrongly_paid(fake, 18100)
    at_once(lambda place: settle(charge, "surplus" if place % 2 else "back", 18100).way)
    charge.refresh_from_db()
    for refund in Refund.objects.all():
        work(refund)
    back = sum(each["amount"] for each in fake.movements())
    assert (charge.state, back) in (("paid", 100), ("refunding", 18100)) and ChargeSettlement.objects.count() == 1
    assert sum(b.posted_minor for b in balances(prefix="buyer")) == 18100 - back and trial_balance() == {"CNY": 0}


@pytest.mark.usefixtures("people")
def test_killed_after_a_wrong_amount_was_settled_the_surplus_still_goes_back_once(fake: Fake) -> None:
    charge = wrongly_paid(fake, 18100)
    settle(charge, "surplus", 18100)
    part = RefundPart.objects.get()
    step = begin(part.id, now=NOW)
    assert step is not None
    exchange(step)  # the channel has paid; the process dies before it is kept
    work(Refund.objects.get())
    assert [each["amount"] for each in fake.movements()] == [100] and Refund.objects.get().state == "settled"
    assert trial_balance() == {"CNY": 0}
