"""An overpayment beside itself: asked back, given back and written off at the same instant, in real transactions."""

import pytest
from django.db import transaction

from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import trial_balance
from shouhou.payments.actions import ask_overpaid, decide_overpaid_off, propose_overpaid_off
from shouhou.payments.models import Charge, Overpayment, Refund
from shouhou.payments.tests.conftest import ANNA, BO, NOW, Fake, work
from shouhou.payments.tests.test_beside_itself import at_once
from shouhou.payments.tests.test_charges import call_back, events, press, speak
from shouhou.payments.tests.test_overpaid import overpaid
from shouhou.payments.tests.test_wrong_charges import money

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("people")]


def asked_back(found: Overpayment) -> Charge:
    with transaction.atomic():
        charge = ask_overpaid(found.pk, days=14, actor=ANNA, now=NOW).charge
    assert charge is not None
    return charge


def test_asked_back_at_the_same_time_is_one_charge(fake: Fake) -> None:
    found = overpaid(fake)
    numbers = at_once(lambda place: asked_back(found).number)
    assert (len(set(map(str, numbers))), Charge.objects.count(), Overpayment.objects.get().rounds) == (1, 1, 1)


@pytest.mark.parametrize("time", range(4))
def test_given_back_and_given_up_at_the_same_time_is_one_or_the_other_and_no_cent_stays(fake: Fake, time: int) -> None:
    found = overpaid(fake)
    charge = asked_back(found)
    speak(charge)
    press(charge)

    def act(place: int) -> str:
        if place % 2:
            return call_back(fake, charge, number=f"cb-{place}")
        return propose_overpaid_off(found.pk, reason="不值得追", actor=ANNA, now=NOW).state

    at_once(act)
    found.refresh_from_db()
    charge.refresh_from_db()
    if found.state == "paid":
        assert charge.state == "paid"
    else:
        # It was given up first: what the buyer paid all the same goes back by itself.
        assert (found.state, charge.state) == ("proposed", "refunding")
        work(Refund.objects.exclude(pk=found.refund_id).get())
        decide_overpaid_off(found.pk, agree=True, actor=BO, now=NOW)
    assert not any(amount for account, amount in money().items() if account.startswith("buyer")) and trial_balance() == {"CNY": 0}


def test_written_off_at_the_same_time_is_written_off_once(fake: Fake) -> None:
    found = overpaid(fake)
    propose_overpaid_off(found.pk, reason="不值得追", actor=ANNA, now=NOW)
    answers = at_once(lambda place: decide_overpaid_off(found.pk, agree=True, actor=BO, now=NOW).state)
    assert sorted(map(str, answers)).count("written_off") == 1 and events("refund.overpaid_settled") == 1
    assert sum(isinstance(answer, Refused) for answer in answers) == len(answers) - 1
    assert trial_balance() == {"CNY": 0}
