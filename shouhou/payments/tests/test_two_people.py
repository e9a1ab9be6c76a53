"""Paid outside the channel, or otherwise than told: above the limit two people say the same before it is booked."""

from typing import Any

import pytest
from django.db import transaction

from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import trial_balance
from shouhou.payments.actions import retry_refund, settle_contradicted, settle_offline
from shouhou.payments.actions.sending import Heard, begin, finish
from shouhou.payments.channels.base import ChannelAnswer
from shouhou.payments.models import Refund, RefundAttempt
from shouhou.payments.tests.conftest import ANNA, BO, NOW, Fake, instruct, make_order, work
from shouhou.payments.tests.test_wrong_charges import money

pytestmark = pytest.mark.django_db
LARGE: dict[str, Any] = {"lines": ((1, 500001),), "tenders": (("card", 500001),)}


def refused_refund(fake: Fake, **order: Any) -> Refund:
    refund = instruct(make_order(**order), {1: 1})
    fake.behave("refuse")
    work(refund)
    refund.refresh_from_db()
    assert refund.state == "failed"
    return refund


def offline(refund: Refund, *, actor: Any, proof: str = "工行 0317-88") -> str:
    with transaction.atomic():
        return settle_offline(refund.number, proof=proof, actor=actor, now=NOW).state


def test_up_to_the_limit_one_person_is_enough(fake: Fake) -> None:
    refund = refused_refund(fake, lines=((1, 500000),), tenders=(("card", 500000),))
    assert offline(refund, actor=BO) == "settled"


def test_above_it_the_first_word_books_nothing_and_the_second_must_be_somebody_elses_and_the_same(fake: Fake) -> None:
    refund = refused_refund(fake, **LARGE)
    before = money()
    assert offline(refund, actor=BO) == "failed" and money() == before
    with pytest.raises(Refused, match="SECOND_PERSON_NEEDED"):
        offline(refund, actor=BO)
    # Another proof is another word: it waits for a second person itself.
    assert offline(refund, actor=ANNA, proof="工行 0317-89") == "failed" and money() == before
    assert offline(refund, actor=BO, proof=" 工行  0317-89 ") == "settled"
    assert money() == {"merchant:payable": -500001, "tender:offline:card": 500001} and set(trial_balance().values()) == {0}
    with pytest.raises(Refused, match="REFUND_NOT_REFUSED"):
        offline(refund, actor=ANNA)


def test_what_was_tried_again_in_between_is_a_first_word_again(fake: Fake) -> None:
    refund = refused_refund(fake, **LARGE)
    offline(refund, actor=BO)
    retry_refund(refund.number, actor=BO, now=NOW)
    fake.behave("refuse")
    work(refund)
    assert offline(refund, actor=ANNA) == "failed" and "tender:offline:card" not in money()


def test_what_a_channel_paid_otherwise_needs_two_words_too(fake: Fake) -> None:
    refund = instruct(make_order(**LARGE), {1: 1})
    part = refund.parts.get()
    step = begin(part.id, now=NOW)
    assert step is not None
    told = Heard("refund", "settled", ChannelAnswer("settled", reference="FR-1", amount_minor=400000))
    finish(step, told, started_at=NOW, now=NOW)
    wish: dict[str, Any] = {"paid_minor": 400000, "proof": "账单", "rest_proof": "工行 1", "now": NOW}
    assert settle_contradicted(refund.number, **wish, actor=BO).state == "pending" and "tender:offline:card" not in money()
    with pytest.raises(Refused, match="SECOND_PERSON_NEEDED"):
        settle_contradicted(refund.number, **wish, actor=BO)
    settle_contradicted(refund.number, **wish, actor=ANNA)
    refund.refresh_from_db()
    assert refund.state == "settled" and money()["tender:offline:card"] == 100001 and money()["tender:fake:card"] == 400000
    assert RefundAttempt.objects.filter(outcome="proposed").count() == 1 and set(trial_balance().values()) == {0}
