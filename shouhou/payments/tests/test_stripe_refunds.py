"""Our refunds through Stripe: dead and back, killed half-way, twice and at once; one movement, books at zero."""

from random import Random
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.actions import receive_callback, retry_refund, settle_offline
from shouhou.payments.actions.sending import begin, exchange, finish
from shouhou.payments.models import CallbackReceipt, InvoiceTask, Refund, RefundAttempt
from shouhou.payments.queries import stuck
from shouhou.payments.tests.conftest import BO, NOW, instruct, make_order, work
from shouhou.payments.tests.stripe_running import WEBHOOK_SECRET, StripeHouse, event, signed
from shouhou.payments.tests.test_beside_itself import at_once
from shouhou.payments.tests.test_charges import LATER, events
from shouhou.payments.tests.test_refund import state_of_the_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def refund(stripe: StripeHouse) -> Refund:
    """150.00, paid by card at Stripe."""
    order = make_order()
    order.payments.update(reference=stripe.paid(15000).reference)
    return instruct(order, {1: 1})


def out(stripe: StripeHouse, refund: Refund) -> list[int]:
    """What really went out for our refund."""
    return [int(each["amount"]) for each in stripe.ledger()["refunds"] if each.get("shouhou_number") == refund.number]


def tell(what: str, thing: dict[str, Any], *, number: str = "evt_1", secret: str = WEBHOOK_SECRET) -> str:
    headers, body = signed(event(what, thing, number=number), secret=secret)
    return receive_callback("stripe", headers=headers, body=body, now=NOW)


def said(refund: Refund, **changes: Any) -> dict[str, Any]:
    part = refund.parts.get()
    return {
        "id": part.channel_reference or "re_1", "object": "refund", "amount": part.amount_minor, "currency": "cny",
        "status": "succeeded", "metadata": {"shouhou_key": str(part.idempotency_key)}, **changes,
    }  # fmt: skip


def test_a_refund_settles_there_exactly_once_under_our_number(stripe: StripeHouse, refund: Refund) -> None:
    assert refund.parts.get().channel == "stripe" and work(refund) == [True]
    assert (refund.state, out(stripe, refund)) == ("settled", [15000]) and work(refund) == [None]
    assert refund.parts.get().channel_reference.startswith("re_")
    assert trial_balance() == {"CNY": 0}
    assert {b.account: b.posted_minor for b in balances() if b.posted_minor}["tender:stripe:card"] == 15000


def test_a_dead_stripe_leaves_it_unsent_and_one_that_is_back_pays_it_once(stripe: StripeHouse, refund: Refund) -> None:
    stripe.kill()
    assert work(refund) == [False] and work(refund) == [False]
    assert (refund.state, refund.parts.get().state) == ("pending", "pending")
    stripe.start()
    assert work(refund) == [True] and (refund.state, out(stripe, refund)) == ("settled", [15000])


def test_an_answer_lost_on_the_way_is_asked_about_at_once(stripe: StripeHouse, refund: Refund) -> None:
    stripe.lose_answer()
    assert work(refund) == [True] and (refund.state, out(stripe, refund)) == ("settled", [15000])
    assert RefundAttempt.objects.get().detail.startswith("RemoteProtocolError")


def test_killed_with_its_server_between_call_and_outcome_it_is_paid_once(stripe: StripeHouse, refund: Refund) -> None:
    step = begin(refund.parts.get().id, now=NOW)
    assert step is not None
    exchange(step)
    # Here our worker dies, and Stripe with it: nothing of the answer was kept.
    stripe.kill()
    assert work(refund) == [False] and refund.parts.get().state == "sent"
    stripe.start()
    assert work(refund) == [True] and (refund.state, out(stripe, refund)) == ("settled", [15000])


def test_two_workers_with_one_part_pay_once(stripe: StripeHouse, refund: Refund) -> None:
    part = refund.parts.get()
    first, second = begin(part.id, now=NOW), begin(part.id, now=NOW)
    assert first and second
    heard = [exchange(second), exchange(first)]
    finish(first, heard[1], started_at=NOW, now=NOW), finish(second, heard[0], started_at=NOW, now=NOW)
    refund.refresh_from_db()
    assert (refund.state, out(stripe, refund), events("refund.settled")) == ("settled", [15000], 1)


def test_a_refusal_is_seen_and_tried_again_with_the_same_key(stripe: StripeHouse, refund: Refund) -> None:
    key = refund.parts.get().idempotency_key
    stripe.refuse()
    work(refund)
    assert (refund.state, refund.parts.get().refusal_code, out(stripe, refund)) == ("failed", "charge_disputed", [])
    retry_refund(refund.number, actor=BO, now=NOW)
    work(refund)
    assert (refund.state, out(stripe, refund)) == ("settled", [15000]) and refund.parts.get().idempotency_key == key


def test_without_a_reference_finance_is_told_and_nothing_is_sent(stripe: StripeHouse) -> None:
    refund = instruct(make_order(), {1: 1})
    work(refund)
    assert (refund.state, refund.parts.get().refusal_code, out(stripe, refund)) == ("failed", "NO_REFERENCE", [])


def test_a_channel_that_is_not_set_up_makes_refunds_wait(stripe: StripeHouse, refund: Refund, settings: Settings) -> None:
    there = settings.PAYMENT_CHANNELS
    settings.PAYMENT_CHANNELS = {"stripe": {"key": ""}}
    assert work(refund) == [False] and refund.parts.get().state == "pending"
    assert RefundAttempt.objects.get().detail == "the channel 'stripe' is not set up"
    with pytest.raises(Refused, match="NOT_FOUND"):
        tell("refund.updated", said(refund))
    settings.PAYMENT_CHANNELS = there
    assert work(refund) == [True] and out(stripe, refund) == [15000]


def test_an_event_settles_once_in_any_order_and_however_often(stripe: StripeHouse, refund: Refund) -> None:
    assert tell("refund.created", said(refund)) == "settled"
    assert tell("refund.created", said(refund)) == "duplicate"
    assert tell("refund.updated", said(refund), number="evt_2") == "settled before"
    assert tell("invoice.paid", {"id": "in_1"}, number="evt_3") == "nothing"
    refund.refresh_from_db()
    assert (refund.state, events("refund.settled"), CallbackReceipt.objects.count()) == ("settled", 1, 2)


@pytest.mark.parametrize(
    ("changes", "secret", "code"),
    [
        ({}, "whsec_of_another", "REFUND_CALLBACK_UNSIGNED"), ({"amount": 15001}, WEBHOOK_SECRET, "REFUND_CALLBACK_MISMATCH"),
        ({"currency": "usd"}, WEBHOOK_SECRET, "REFUND_CALLBACK_MISMATCH"), ({"amount": None}, WEBHOOK_SECRET, "REFUND_CALLBACK_MALFORMED"),
        ({"metadata": {"shouhou_key": "7b0d7a52-6d0b-4c43-9a57-000000000000"}}, WEBHOOK_SECRET, "REFUND_NOT_FOUND"),
    ],
)  # fmt: skip
def test_an_event_that_is_not_stripes_or_not_about_this_money_changes_nothing(
    stripe: StripeHouse, refund: Refund, changes: dict[str, Any], secret: str, code: str
) -> None:
    before = state_of_the_world()
    with pytest.raises(Refused, match=code):
        tell("refund.updated", said(refund, **changes), secret=secret)
    assert state_of_the_world() == before and CallbackReceipt.objects.count() == 0


def test_another_channels_event_about_this_key_changes_nothing(stripe: StripeHouse, refund: Refund) -> None:
    refund.parts.update(channel="fake")
    before = state_of_the_world()
    with pytest.raises(Refused, match="REFUND_CALLBACK_MISMATCH"):
        tell("refund.updated", said(refund))
    assert state_of_the_world() == before


def test_a_refund_that_a_bank_returns_after_it_had_settled_is_owed_again_and_paid_once_more(stripe: StripeHouse) -> None:
    order = make_order(invoice=15000)
    order.payments.update(reference=stripe.paid(15000).reference)
    refund = instruct(order, {1: 1})
    work(refund)
    went, first = {b.account: b.posted_minor for b in balances()}, refund.parts.get().channel_reference
    failed = said(refund, status="failed", failure_reason="lost_or_stolen_card")
    assert tell("refund.failed", {**failed, "id": "re_another"}) == "nothing"
    stripe.turn(first, "failed", "lost_or_stolen_card")
    assert [tell("refund.failed", failed, number=f"evt_{place}") for place in (2, 2, 3)] == ["came back", "duplicate", "nothing"]
    refund.refresh_from_db()
    assert (refund.state, refund.settled_at, refund.parts.get().refusal_code) == ("failed", None, "lost_or_stolen_card")
    assert all(b.posted_minor == b.pending_minor == 0 for b in balances()) and events("refund.contradicted") == 1
    assert [row["number"] for row in stuck(now=NOW)] == [refund.number]
    with pytest.raises(Refused, match="MORE_THAN_LEFT"):
        instruct(order, {1: 1}, key="k2", subject="SO-2")
    retry_refund(refund.number, actor=BO, now=NOW)
    work(refund)
    assert (refund.state, out(stripe, refund)) == ("settled", [15000]) and refund.parts.get().channel_reference != first
    assert {b.account: b.posted_minor for b in balances()} == went and InvoiceTask.objects.count() == 1
    # Told late of the first one: that is over.
    assert tell("refund.updated", failed, number="evt_4") == "nothing" and trial_balance() == {"CNY": 0}


@pytest.mark.django_db(transaction=True)
def test_a_return_told_four_times_at_once_is_booked_once(stripe: StripeHouse, refund: Refund) -> None:
    work(refund)
    failed = said(refund, status="failed", failure_reason="lost_or_stolen_card")
    told = at_once(lambda place: tell("refund.failed", failed, number=f"evt_{place}"))
    assert sorted(map(str, told)) == ["came back", "nothing", "nothing", "nothing"]
    assert all(b.posted_minor == b.pending_minor == 0 for b in balances()) and events("refund.contradicted") == 1


def test_what_a_bank_returned_can_be_paid_another_way(stripe: StripeHouse, refund: Refund) -> None:
    work(refund)
    tell("refund.failed", said(refund, status="failed", failure_reason="lost_or_stolen_card"))
    settle_offline(refund.number, proof="bank transfer 77", actor=BO, now=NOW)
    refund.refresh_from_db()
    told = {b.account: b.posted_minor for b in balances() if b.posted_minor}
    assert refund.state == "settled" and told["tender:offline:card"] == 15000 and "tender:stripe:card" not in told
    assert trial_balance() == {"CNY": 0}


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_every_refund_is_paid_exactly_once(stripe: StripeHouse, seed: int) -> None:
    chance, refunds = Random(seed), []
    for place in range(6):
        order = make_order(number=f"JD{seed}{place}", lines=((1, 1000 + place),), tenders=(("card", 1000 + place),))
        order.payments.update(reference=stripe.paid(1000 + place).reference)
        refunds.append(instruct(order, {1: 1}, key=f"k{place}", subject=f"SO-{place}"))
    for _ in range(150):
        under_way = [each for each in refunds if each.state != "settled"]
        if not under_way:
            break
        refund = chance.choice(under_way)
        if refund.state == "failed":
            retry_refund(refund.number, actor=BO, now=NOW)
        if chance.random() < 0.6:
            stripe.behave(chance.choice(("lost", "error", "error_done", "busy", "locked", "refuse")))
        what = chance.random()
        if what < 0.2:
            # Our worker dies after the call.
            step = begin(refund.parts.get().id, now=NOW)
            assert step is not None
            exchange(step)
        elif what < 0.25:
            stripe.kill()
            work(refund)
            stripe.start()
        elif what < 0.35:
            # Two with one part.
            steps = [begin(refund.parts.get().id, now=NOW) for _ in range(2)]
            for step, heard in [(step, exchange(step)) for step in steps if step]:
                finish(step, heard, started_at=NOW, now=NOW)
        else:
            work(refund)
        refund.refresh_from_db()
    assert [each.state for each in refunds] == ["settled"] * 6
    assert [out(stripe, each) for each in refunds] == [[1000 + place] for place in range(6)]
    assert trial_balance() == {"CNY": 0} and stuck(now=LATER) == []
