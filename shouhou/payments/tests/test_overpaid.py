"""What a channel paid out too much: asked back by a charge, given back, or written off by two people; the books at zero."""

from typing import Any

import pytest
from django.db import transaction

from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import trial_balance
from shouhou.payments.actions import (
    ask_overpaid,
    cancel_charges,
    decide_overpaid_off,
    earn_charges,
    propose_overpaid_off,
    settle_contradicted,
)  # fmt: skip
from shouhou.payments.actions.sending import Heard, begin, finish
from shouhou.payments.channels.base import ChannelAnswer
from shouhou.payments.models import Charge, Overpayment, Refund
from shouhou.payments.tests.conftest import ANNA, BO, NOW, Fake, instruct, make_order
from shouhou.payments.tests.test_charges import events, press, speak
from shouhou.payments.tests.test_wrong_charges import money

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("people")]


def overpaid(fake: Fake) -> Overpayment:
    """5000 were owed; the channel tells of 5100, and its statement says so, too."""
    refund = instruct(make_order(lines=((3, 15000),)), {1: 1})
    part = refund.parts.get()
    step = begin(part.id, now=NOW)
    assert step is not None
    told = Heard("refund", "settled", ChannelAnswer("settled", reference="FR-1", amount_minor=5100))
    finish(step, told, started_at=NOW, now=NOW)
    settle_contradicted(refund.number, paid_minor=5100, proof="账单 9 行", actor=BO, now=NOW)
    found = Overpayment.objects.get()
    assert (found.amount_minor, found.state, found.refund) == (100, "open", Refund.objects.get())
    assert money()["buyer:overpaid"] == -100
    return found


def ask(found: Overpayment) -> Charge:
    with transaction.atomic():
        charge = ask_overpaid(found.pk, days=14, actor=ANNA, now=NOW).charge
    assert charge is not None
    return charge


def refused_with(code: str, call: Any, *args: Any, **kwargs: Any) -> None:
    before = money(), list(Overpayment.objects.values()), list(Charge.objects.values())
    with pytest.raises(Refused, match=code), transaction.atomic():
        call(*args, **kwargs)
    assert (money(), list(Overpayment.objects.values()), list(Charge.objects.values())) == before


def test_it_is_asked_back_once_and_paid_back(fake: Fake) -> None:
    found = overpaid(fake)
    charge = ask(found)
    assert ask(found).pk == charge.pk and Charge.objects.count() == 1
    assert (charge.purpose, charge.amount_minor, charge.subject) == ("overpaid", 100, found.refund.subject)
    # It is no service of the case: nothing there calls it off or earns it.
    assert cancel_charges(subject=charge.subject, actor=ANNA, now=NOW) == 0
    speak(charge)
    press(charge)
    speak(charge)
    assert earn_charges(subject=charge.subject, actor=ANNA, now=NOW) == 0
    found.refresh_from_db()
    assert (found.state, found.settled_at, events("refund.overpaid_settled")) == ("paid", NOW, 1)
    assert "buyer:overpaid" not in money() and "buyer:charges" not in money() and money()["tender:fake:card"] == 5000
    assert set(trial_balance().values()) == {0}
    refused_with("OVERPAYMENT_STATE", ask_overpaid, found.pk, days=14, actor=ANNA, now=NOW)


def test_not_paid_in_time_it_is_asked_again_by_another_charge(fake: Fake) -> None:
    found = overpaid(fake)
    charge = ask(found)
    Charge.objects.filter(pk=charge.pk).update(state="expired")
    again = ask(found)
    found.refresh_from_db()
    assert again.pk != charge.pk and found.rounds == 2 and money()["buyer:overpaid"] == -100


def test_two_people_write_it_off_and_what_was_asked_for_need_not_be_paid(fake: Fake) -> None:
    found = overpaid(fake)
    charge = ask(found)
    refused_with("OVERPAYMENT_REASON", propose_overpaid_off, found.pk, reason=" ", actor=ANNA, now=NOW)
    propose_overpaid_off(found.pk, reason="一元，不值得追", actor=ANNA, now=NOW)
    charge.refresh_from_db()
    assert charge.state == "cancelled"
    refused_with("SECOND_PERSON_NEEDED", decide_overpaid_off, found.pk, agree=True, actor=ANNA, now=NOW)
    decide_overpaid_off(found.pk, agree=False, actor=BO, now=NOW)
    propose_overpaid_off(found.pk, reason="仍不值得", actor=ANNA, now=NOW)
    decide_overpaid_off(found.pk, agree=True, actor=BO, now=NOW)
    assert money()["platform:written-off"] == -100 and "buyer:overpaid" not in money() and set(trial_balance().values()) == {0}
    refused_with("OVERPAYMENT_STATE", decide_overpaid_off, found.pk, agree=True, actor=BO, now=NOW)
    refused_with("OVERPAYMENT_NOT_FOUND", ask_overpaid, 0, days=14, actor=ANNA, now=NOW)
