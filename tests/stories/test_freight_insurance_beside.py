"""Every step of a claim runs beside itself and may be killed half-way: real transactions in real threads."""

from typing import Any

import pytest
from django.db import transaction

from shouhou.cases.insured import claim_completed
from shouhou.foundation.refusals import Refused
from shouhou.insurance.actions import appeal, decide, work_off_overdue
from shouhou.insurance.models import ClaimEntry, FreightClaim, Policy, Settlement
from shouhou.ledger.queries import trial_balance
from shouhou.payments.models import Refund
from shouhou.payments.tests.conftest import work
from shouhou.payments.tests.test_beside_itself import THREADS, at_once
from shouhou.plumbing.models import Event
from tests.conftest import Fake
from tests.stories.insuring import INSURER, claimed, owed, settled_by_insurer
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_four_decisions_at_the_same_time_are_one_and_paid_once(world: World, fake: Fake) -> None:
    claim = claimed(world)
    before = len(fake.movements())
    done = at_once(lambda place: decide(claim.number, "approve", actor=INSURER, now=world.now).state)
    assert sorted(answer.code if isinstance(answer, Refused) else answer for answer in done) == [
        *["FREIGHT_CLAIM_NOT_OPEN"] * (THREADS - 1), "approved",
    ]  # fmt: skip
    refund = Refund.objects.get(subject=claim.number)
    at_once(lambda place: work(Refund.objects.get(id=refund.id), now=world.now))
    assert (len(fake.movements()) - before, owed("picc"), trial_balance()) == (1, -1000, {"CNY": 0})
    assert (FreightClaim.objects.get().state, Event.objects.filter(type="insurance.claim_paid").count()) == ("paid", 1)


def test_a_case_completed_four_times_at_once_is_one_claim(world: World, fake: Fake) -> None:
    claim = claimed(world)
    assert [each for each in at_once(lambda place: claim_completed(claim.subject, now=world.now)) if each is not None] == []
    assert (FreightClaim.objects.count(), Policy.objects.get().claims_count) == (1, 1)


def test_four_clocks_record_one_breach(world: World, fake: Fake) -> None:
    claimed(world)
    late = world.later(days=2).now
    assert sum(answer for answer in at_once(lambda place: work_off_overdue(now=late)) if isinstance(answer, int)) == 1
    assert Event.objects.filter(type="insurance.sla_breached").count() == 1


def test_four_appeals_at_the_same_time_are_one(world: World, fake: Fake) -> None:
    claim = claimed(world)
    decide(claim.number, "refuse", actor=INSURER, now=world.now, reason="other", note="见说明")
    done = at_once(lambda place: appeal(claim.number, "请再核实", actor=world.buyer(), now=world.now).state)
    assert [answer for answer in done if not isinstance(answer, Refused)] == ["appealed"]
    assert ClaimEntry.objects.filter(step="appealed").count() == 1


def test_a_decision_that_is_killed_half_way_leaves_nothing_and_can_be_made_again(world: World, fake: Fake) -> None:
    claim = claimed(world)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        decide(claim.number, "approve", actor=INSURER, now=world.now)
        raise KeyboardInterrupt
    assert (FreightClaim.objects.get().state, Refund.objects.filter(subject=claim.number).count()) == ("received", 0)
    assert sum(each for each in trial_balance().values()) == 0
    decide(claim.number, "approve", actor=INSURER, now=world.now)
    work(Refund.objects.get(subject=claim.number), now=world.now)
    assert (FreightClaim.objects.get().state, owed("picc")) == ("paid", -1000)


def test_a_payout_whose_answer_is_lost_is_asked_for_and_not_paid_again(world: World, fake: Fake) -> None:
    claim = claimed(world)
    decide(claim.number, "approve", actor=INSURER, now=world.now)
    refund, before = Refund.objects.get(subject=claim.number), len(fake.movements())
    fake.behave("silent")
    work(refund, now=world.now)
    work(Refund.objects.get(id=refund.id), now=world.later(minutes=5).now)
    assert (len(fake.movements()) - before, FreightClaim.objects.get().state, owed("picc")) == (1, "paid", -1000)


def test_a_settlement_registered_four_times_at_once_is_one(world: World, fake: Fake) -> None:
    claim, finance = claimed(world), world.staff("finance", who="key:7")
    decide(claim.number, "approve", actor=INSURER, now=world.now)
    work(Refund.objects.get(subject=claim.number), now=world.now)
    at_once(lambda place: settled_by_insurer(amount_minor=1000, currency="CNY", proof="B1", actor=finance, now=world.now))
    assert (Settlement.objects.count(), owed("picc"), trial_balance()) == (1, 0, {"CNY": 0})


def test_two_people_who_say_a_large_one_at_once_book_it_once(world: World, fake: Fake) -> None:
    people = [world.staff("finance", who=f"key:{place}") for place in range(4)]

    def say(place: int) -> object:
        return settled_by_insurer(limit=500, amount_minor=1000, currency="CNY", proof="B1", actor=people[place % 4], now=world.now)

    at_once(say)
    row = Settlement.objects.get()
    assert (row.by != row.first_by, owed("picc"), trial_balance()) == (True, 1000, {"CNY": 0})


def test_a_settlement_killed_half_way_leaves_nothing_and_is_said_again(world: World, fake: Fake) -> None:
    anna, bo = world.staff("finance", who="key:1"), world.staff("finance", who="key:2")
    large: dict[str, Any] = {"limit": 500, "amount_minor": 1000, "currency": "CNY", "proof": "B1", "now": world.now}
    settled_by_insurer(**large, actor=anna)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        settled_by_insurer(**large, actor=bo)
        raise KeyboardInterrupt
    assert (Settlement.objects.count(), owed("picc")) == (0, 0)
    settled_by_insurer(**large, actor=bo)
    assert (Settlement.objects.count(), owed("picc"), trial_balance()) == (1, 1000, {"CNY": 0})
