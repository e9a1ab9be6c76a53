"""A channel took another amount than a charge asked for: settled once, by proof, above the limit by two; sums to the cent."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.actions import (
    cancel_charge,
    confirm_wrong_charge,
    earn_charges,
    refund_charge,
    settle_wrong_charge,
)
from shouhou.payments.actions.charge_sending import take_up_charges
from shouhou.payments.models import Charge, ChargeSettlement, Refund
from shouhou.payments.queries import stuck
from shouhou.payments.tests.conftest import ANNA, BO, NOW, Fake, work
from shouhou.payments.tests.test_charges import LATER, asked, events, press, speak

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("people")]
LIMIT = 50000


def wrongly_paid(fake: Fake, taken: int, *, amount: int = 18000) -> Charge:
    """Opened, paid on the channel's page, and told of with another amount."""
    charge = asked(amount=amount)
    speak(charge)
    press(charge)
    fake.server.till.known[str(charge.channel_key)]["amount"] = taken
    speak(charge)
    assert charge.state == "awaiting" and events("charge.contradicted") == 1 and balances() == []
    assert [row["number"] for row in stuck(now=NOW)] == [charge.number]
    return charge


def settle(charge: Charge, way: str, taken: int, *, limit: int = LIMIT, **more: Any) -> ChargeSettlement:
    told: dict[str, Any] = {"reference": charge.channel_reference or "FP-9", "proof": "账单 3 行", "actor": ANNA, "now": NOW} | more
    with transaction.atomic():
        return settle_wrong_charge(charge.number, way=way, taken_minor=taken, second_person_above_minor=limit, **told)


def money() -> dict[str, int]:
    found: dict[str, int] = {}
    for each in balances():
        family = ":".join(part for part in each.account.split(":") if not part.isdigit())
        found[family] = found.get(family, 0) + each.posted_minor
    return {family: amount for family, amount in found.items() if amount}


def refused_with(code: str, call: Any, *args: Any, **kwargs: Any) -> None:
    before = money(), list(Charge.objects.values()), list(ChargeSettlement.objects.values())
    with pytest.raises(Refused, match=code), transaction.atomic():
        call(*args, **kwargs)
    assert (money(), list(Charge.objects.values()), list(ChargeSettlement.objects.values())) == before


def test_too_much_is_paid_and_the_surplus_goes_back_once(fake: Fake) -> None:
    charge = wrongly_paid(fake, 18100)
    settle(charge, "surplus", 18100)
    settle(charge, "surplus", 18100)
    charge.refresh_from_db()
    assert (charge.state, charge.amount_minor, charge.taken_minor, events("charge.paid")) == ("paid", 18000, 18100, 1)
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.reason) == (100, "other_amount")
    work(refund)
    assert money() == {"tender:fake:card": -18000, "buyer:charges": 18000} and set(trial_balance().values()) == {0}
    assert [each["amount"] for each in fake.movements()] == [100] and stuck(now=NOW) == []
    # The service is not done after all: what was asked goes back, and no more than was taken in all.
    back = refund_charge(charge.number, actor=BO, now=NOW)
    work(back)
    assert money() == {} and sum(each["amount"] for each in fake.movements()) == 18100


def test_too_little_is_taken_as_it_is(fake: Fake) -> None:
    charge = wrongly_paid(fake, 17999)
    settle(charge, "as_is", 17999)
    charge.refresh_from_db()
    assert (charge.state, charge.amount_minor, events("charge.paid")) == ("paid", 17999, 1)
    earn_charges(subject="SO-1", actor=ANNA, now=NOW)
    assert money() == {"tender:fake:card": -17999, "merchant:income:repair": 17999}


def test_the_rest_is_asked_for_and_only_then_it_is_paid(fake: Fake) -> None:
    charge = wrongly_paid(fake, 8000)
    settle(charge, "rest", 8000)
    rest = Charge.objects.exclude(pk=charge.pk).get()
    assert (rest.amount_minor, rest.purpose, rest.subject, rest.rest_of_id) == (10000, "repair", "SO-1", charge.pk)
    assert events("charge.paid") == 0
    speak(rest)
    press(rest)
    speak(rest)
    assert (rest.state, events("charge.paid")) == ("paid", 1)
    assert earn_charges(subject="SO-1", actor=ANNA, now=NOW) == 2
    assert money() == {"tender:fake:card": -18000, "merchant:income:repair": 18000}


@pytest.mark.parametrize("ending", ["expired", "cancelled"])
def test_when_the_rest_is_not_paid_the_first_part_goes_back(fake: Fake, ending: str) -> None:
    charge = wrongly_paid(fake, 8000)
    settle(charge, "rest", 8000)
    rest = Charge.objects.exclude(pk=charge.pk).get()
    if ending == "cancelled":
        cancel_charge(rest.number, actor=BO, now=NOW)
    else:
        speak(rest)
        late = LATER + timedelta(days=9)
        take_up_charges(now=late)
        speak(rest, now=late)
    rest.refresh_from_db()
    charge.refresh_from_db()
    assert (rest.state, charge.state) == (ending, "refunding")
    work(Refund.objects.get())
    charge.refresh_from_db()
    assert charge.state == "refunded" and money() == {} and [each["amount"] for each in fake.movements()] == [8000]


@pytest.mark.parametrize("taken", [8000, 18100])
def test_all_of_it_goes_back_and_it_is_asked_anew(fake: Fake, taken: int) -> None:
    charge = wrongly_paid(fake, taken)
    settle(charge, "back", taken)
    work(Refund.objects.get())
    again = Charge.objects.exclude(pk=charge.pk).get()
    charge.refresh_from_db()
    assert (charge.state, again.state, again.amount_minor, events("charge.paid")) == ("refunded", "awaiting", 18000, 0)
    assert money() == {} and [each["amount"] for each in fake.movements()] == [taken]


def test_what_nobody_waits_for_any_more_can_only_go_back(fake: Fake) -> None:
    charge = wrongly_paid(fake, 17999)
    cancel_charge(charge.number, actor=BO, now=NOW)
    refused_with("CHARGE_WAY", settle, charge, "as_is", 17999)
    settle(charge, "back", 17999)
    work(Refund.objects.get())
    assert Charge.objects.count() == 1 and money() == {} and events("charge.paid") == 0


def test_above_the_limit_a_second_person_lets_it_happen_never_the_first(fake: Fake) -> None:
    charge = wrongly_paid(fake, 8000)
    settle(charge, "as_is", 8000, limit=9999)
    charge.refresh_from_db()
    assert charge.state == "awaiting" and money() == {}
    refused_with("SECOND_PERSON_NEEDED", confirm_wrong_charge, charge.number, agree=True, actor=ANNA, now=NOW)
    refused_with("CHARGE_SETTLEMENT_OVER", settle, charge, "back", 8000)
    confirm_wrong_charge(charge.number, agree=False, actor=BO, now=NOW)
    refused_with("CHARGE_SETTLEMENT_OVER", confirm_wrong_charge, charge.number, agree=True, actor=BO, now=NOW)
    settle(charge, "as_is", 8000, limit=9999)
    confirm_wrong_charge(charge.number, agree=True, actor=BO, now=NOW)
    charge.refresh_from_db()
    assert (charge.state, charge.amount_minor) == ("paid", 8000) and money() == {"tender:fake:card": -8000, "buyer:charges": 8000}


def test_what_is_no_word_of_the_channel_is_refused(fake: Fake) -> None:
    charge = wrongly_paid(fake, 17999)
    refused_with("CHARGE_WAY", settle, charge, "surplus", 17999)
    refused_with("CHARGE_WAY", settle, charge, "as_is", 18001)
    refused_with("PROOF_REQUIRED", settle, charge, "as_is", 17999, proof=" ")
    refused_with("PROOF_REQUIRED", settle, charge, "as_is", 17999, reference="")
    for taken in (0, -1, 18000, 1_800_001):
        refused_with("PAID_IMPLAUSIBLE", settle, charge, "back", taken)
    settle(charge, "as_is", 17999)
    refused_with("CHARGE_NOT_CONTRADICTED", settle, charge, "back", 17998)


def test_a_charge_that_no_channel_contradicted_cannot_be_settled_by_hand(fake: Fake) -> None:
    charge = asked()
    speak(charge)
    refused_with("CHARGE_NOT_CONTRADICTED", settle, charge, "as_is", 17999)
