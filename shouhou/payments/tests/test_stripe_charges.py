"""Our charges through Stripe: opened once, paid once, told twice, declined, cancelled, late; no cent without its posting."""

from datetime import timedelta

import pytest

from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.actions import cancel_charge, earn_charges, try_charge_again
from shouhou.payments.models import Charge, ChargeReceipt, Refund
from shouhou.payments.queries import stuck
from shouhou.payments.tests.conftest import ANNA, NOW, work
from shouhou.payments.tests.stripe_running import StripeHouse
from shouhou.payments.tests.test_charges import LATER, asked, done_with_jobs, events, speak
from shouhou.payments.tests.test_stripe_refunds import out, tell

pytestmark = pytest.mark.django_db
LOSES_IBAN = "DE62370400440532013001"


def came_in(stripe: StripeHouse, charge: Charge) -> list[int]:
    return [int(each["amount"]) for each in stripe.ledger()["received"] if each.get("shouhou_number") == charge.number]


def charged(stripe: StripeHouse) -> Charge:
    charge = asked()
    assert speak(charge) is True and charge.pay_url.startswith(stripe.url) and len(charge.pay_url) > 500
    return charge


def test_a_charge_is_paid_at_stripe_booked_once_and_earned(stripe: StripeHouse) -> None:
    charge = charged(stripe)
    stripe.pay(charge.channel_key, charge.pay_url)
    speak(charge)
    assert (charge.state, charge.means, came_in(stripe, charge), events("charge.paid")) == ("paid", "card", [18000], 1)
    assert charge.channel_reference.startswith("pi_") and speak(charge) is None
    assert earn_charges(subject="SO-1", actor=ANNA, now=NOW) == 1 and set(trial_balance().values()) == {0}


def test_a_charge_told_of_by_an_event_is_checked_and_booked_once(stripe: StripeHouse) -> None:
    charge = charged(stripe)
    intent = {
        "id": "pi_1", "object": "payment_intent", "amount_received": 18000, "currency": "cny",
        "metadata": {"shouhou_key": str(charge.channel_key)},
    }  # fmt: skip
    with pytest.raises(Refused, match="REFUND_CALLBACK_MISMATCH"):
        tell("payment_intent.succeeded", {**intent, "amount_received": 17999})
    charge.refresh_from_db()
    assert charge.state == "awaiting" and balances() == [] and not ChargeReceipt.objects.exists()
    assert tell("payment_intent.succeeded", intent) == "settled"
    assert tell("payment_intent.succeeded", intent) == "duplicate"
    session = {**intent, "id": "cs_1", "object": "checkout.session", "amount_total": 18000, "payment_status": "paid"}
    assert tell("checkout.session.completed", session, number="evt_2") == "settled before" and events("charge.paid") == 1


def test_an_unanswered_opening_is_repeated_and_is_one_checkout(stripe: StripeHouse) -> None:
    charge = asked()
    stripe.lose_answer()
    speak(charge)
    assert (charge.pay_url, charge.open_there) == ("", True)
    speak(charge)
    stripe.pay(charge.channel_key, charge.pay_url)
    speak(charge)
    assert (charge.state, came_in(stripe, charge)) == ("paid", [18000])


def test_a_failed_bank_debit_is_declined_and_the_next_try_has_another_checkout(stripe: StripeHouse) -> None:
    charge = charged(stripe)
    first = charge.pay_url
    stripe.pay(charge.channel_key, charge.pay_url, iban=LOSES_IBAN)
    told = {
        "id": "cs_1", "object": "checkout.session", "amount_total": 18000, "currency": "cny", "payment_status": "unpaid",
        "metadata": {"shouhou_key": str(charge.channel_key)},
    }  # fmt: skip
    assert tell("checkout.session.async_payment_failed", told) == "declined"
    charge.refresh_from_db()
    assert (charge.declined_code, charge.pay_url, events("charge.failed")) == ("ASYNC_PAYMENT_FAILED", "", 1)
    try_charge_again(charge.number, now=NOW)
    speak(charge)
    assert charge.pay_url not in ("", first)
    stripe.pay(charge.channel_key, charge.pay_url)
    speak(charge)
    assert (charge.state, came_in(stripe, charge)) == ("paid", [18000])


@pytest.mark.parametrize("heard", [True, False])
def test_a_cancelled_charge_is_closed_there_also_when_its_opening_was_never_heard_of(stripe: StripeHouse, heard: bool) -> None:
    charge = asked()
    if not heard:
        stripe.lose_answer()
    speak(charge)
    url = charge.pay_url
    cancel_charge(charge.number, actor=ANNA, now=NOW)
    assert speak(charge) is True and (charge.state, charge.open_there) == ("cancelled", False)
    if heard:
        assert stripe.pay(charge.channel_key, url).status_code == 400
    assert came_in(stripe, charge) == []


def test_money_that_was_already_there_when_it_was_cancelled_goes_back_to_where_it_came_from(stripe: StripeHouse) -> None:
    charge = charged(stripe)
    cancel_charge(charge.number, actor=ANNA, now=NOW)
    stripe.pay(charge.channel_key, charge.pay_url)
    speak(charge)
    assert (charge.state, events("charge.paid_late"), events("charge.paid")) == ("refunding", 1, 0)
    back = Refund.objects.get(subject=charge.number)
    work(back)
    charge.refresh_from_db()
    assert (back.state, charge.state, came_in(stripe, charge), out(stripe, back)) == ("settled", "refunded", [18000], [18000])
    assert all(b.posted_minor == 0 and b.pending_minor == 0 for b in balances())


def test_what_nobody_pays_expires_here_and_there(stripe: StripeHouse) -> None:
    charge = charged(stripe)
    url = charge.pay_url
    speak(charge, now=LATER)
    assert (charge.state, charge.open_there) == ("expired", False)
    assert stripe.pay(charge.channel_key, url).status_code == 400 and came_in(stripe, charge) == []


def test_a_checkout_that_stripe_closed_after_a_day_can_be_opened_again(stripe: StripeHouse) -> None:
    charge, jobs = charged(stripe), done_with_jobs()
    told = {
        "id": "cs_1", "object": "checkout.session", "amount_total": 18000, "currency": "cny", "payment_status": "unpaid",
        "metadata": {"shouhou_key": str(charge.channel_key)},
    }  # fmt: skip
    stripe.channel().close_payment(key=charge.channel_key, reference=charge.channel_reference)
    assert jobs == 1 and tell("checkout.session.expired", told) == "asked" and done_with_jobs() == 1
    speak(charge, now=NOW + timedelta(days=1))
    assert (charge.state, charge.declined_code) == ("awaiting", "CLOSED_BY_CHANNEL")
    try_charge_again(charge.number, now=NOW)
    speak(charge)
    # What is told of the earlier try now is over, and is no error that Stripe would repeat for days.
    assert tell("checkout.session.expired", told, number="evt_2") == "nothing" and charge.state == "awaiting"
    stripe.pay(charge.channel_key, charge.pay_url)
    speak(charge)
    assert (charge.state, came_in(stripe, charge), [row["number"] for row in stuck(now=NOW)]) == ("paid", [18000], [])
