"""A refund from instruction to settlement."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import balances, postings_of, trial_balance
from shouhou.payments.actions import (
    approve_refund,
    cancel_refund,
    instruct_refund,
    refund_of,
    retry_refund,
    settle_offline,
)
from shouhou.payments.models import InvoiceTask, Refund, RefundAttempt, RefundPart, TenderAllowance
from shouhou.payments.queries import list_refunds, order_money, refund_json, stuck
from shouhou.payments.rules import Deduction, allowance, quote
from shouhou.payments.tests.conftest import ANNA, BO, NOW, Fake, instruct, make_order, work
from shouhou.plumbing.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _books_balance() -> Iterator[None]:
    """After every test, whatever it did, the sum over all accounts is zero."""
    yield
    assert set(trial_balance().values()) <= {0}


def state_of_the_world() -> tuple[object, ...]:
    """Everything a refused action must leave alone."""
    return (
        list(Refund.objects.order_by("id").values("number", "state", "version", "approved_by")),
        list(RefundPart.objects.order_by("id").values("state", "round", "proof")),
        list(TenderAllowance.objects.order_by("payment_id").values()),
        Event.objects.count(), RefundAttempt.objects.count(), len(jobs()), [b.posted_minor for b in balances()],
    )  # fmt: skip


def jobs() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lock FROM procrastinate_jobs WHERE task_name = 'payments.send_part' ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def events(subject: str = "SO-1") -> list[str]:
    return list(Event.objects.filter(subject=subject).order_by("id").values_list("type", flat=True))


def test_a_refund_goes_back_to_both_tenders_and_is_booked(fake: Fake) -> None:
    order = make_order(tenders=(("card", 10000), ("wallet", 5000)), invoice=15000)
    refund = instruct(order, {1: 1})
    assert refund.state == "pending" and refund.amount_minor == 15000 and len(jobs()) == 2
    assert work(refund) == [True, True]
    assert refund.state == "settled" and refund.settled_at == NOW
    assert sorted((m["amount"], m["currency"], m["for"]) for m in fake.movements()) == [
        (5000, "CNY", refund.number), (10000, "CNY", refund.number),
    ]  # fmt: skip
    assert {b.account: (b.posted_minor, b.pending_minor) for b in balances()} == {
        f"merchant:{order.merchant_id}:payable": (-15000, 0), f"buyer:{order.buyer_id}:refunds": (0, 0),
        "tender:fake:card": (10000, 0), "tender:fake:wallet": (5000, 0),
    }  # fmt: skip
    assert events() == [
        "refund.instructed", "refund.part_settled", "refund.part_settled", "refund.settled", "invoice.drafted",
    ]  # fmt: skip
    assert InvoiceTask.objects.get().amount_minor == 15000 and InvoiceTask.objects.get().reason == "02"
    shown = refund_json(refund.number)
    assert shown["tenders"][0]["attempts"][0]["outcome"] == "settled" and shown["amount"]["amount"] == 15000


def test_the_same_instruction_twice_is_one_refund(fake: Fake) -> None:
    order = make_order()
    first, again = instruct(order, {1: 1}), None
    again = instruct_refund(
        subject="SO-1", order_id=order.id, quote=allowance(order_money(order.id), amounts={}), key="SO-1:return",
        actor=ANNA, now=NOW, second_person_above_minor=None, expected_at=None, merchant_id=order.merchant_id,
        buyer_id=order.buyer_id,
    )  # fmt: skip
    assert first.id == again.id and len(jobs()) == 1 and events() == ["refund.instructed"]
    work(first), work(first)
    assert len(fake.movements()) == 1


def test_a_key_of_another_subject_is_refused() -> None:
    order = make_order()
    instruct(order, {1: 1})
    before = state_of_the_world()
    with pytest.raises(Refused, match="REFUND_KEY_REUSED"), transaction.atomic():
        instruct_refund(
            subject="SO-2", order_id=order.id, quote=allowance(order_money(order.id), amounts={}), key="SO-1:return",
            actor=ANNA, now=NOW, second_person_above_minor=None, expected_at=None, merchant_id=order.merchant_id,
            buyer_id=order.buyer_id,
        )  # fmt: skip
    assert state_of_the_world() == before


def test_a_quote_computed_before_another_refund_is_refused() -> None:
    order = make_order(lines=((1, 9000), (1, 6000)))
    old = quote(order_money(order.id), selection={2: 1}, fault="buyer")
    instruct(order, {1: 1})
    before = state_of_the_world()
    with pytest.raises(Refused, match="QUOTE_OUT_OF_DATE"), transaction.atomic():
        instruct_refund(
            subject="SO-2", order_id=order.id, quote=old, key="SO-2:return", actor=ANNA, now=NOW,
            second_person_above_minor=None, expected_at=None, merchant_id=order.merchant_id, buyer_id=order.buyer_id,
        )  # fmt: skip
    assert state_of_the_world() == before


def test_a_quote_above_what_is_left_is_refused_with_the_maximum() -> None:
    order = make_order()
    whole = quote(order_money(order.id), selection={1: 1}, fault="buyer")
    instruct(order, {1: 1})
    before = state_of_the_world()
    with pytest.raises(Refused, match="EXCEEDS_PAID") as no, transaction.atomic():
        instruct_refund(
            subject="SO-2", order_id=order.id, quote=whole, key="SO-2:return", actor=ANNA, now=NOW,
            second_person_above_minor=None, expected_at=None, merchant_id=order.merchant_id, buyer_id=order.buyer_id,
        )  # fmt: skip
    assert no.value.facts["max_minor"] == 0
    assert state_of_the_world() == before


def test_the_database_refuses_too_much_even_by_hand() -> None:
    order = make_order()
    instruct(order, {1: 1})
    payment = order.payments.get()
    with pytest.raises(IntegrityError, match="tender_allowance"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_tenderallowance SET settled_minor = settled_minor + 1 WHERE payment_id = %s", [payment.id]
        )
    assert TenderAllowance.objects.get().settled_minor == 0


def test_above_the_limit_nothing_is_sent_before_another_person_approves(fake: Fake) -> None:
    refund = instruct(make_order(), {1: 1}, above=14999)
    assert refund.state == "awaiting_second" and jobs() == [] and work(refund) == [None]
    before = state_of_the_world()
    with pytest.raises(Refused, match="SECOND_PERSON_NEEDED"):
        approve_refund(refund.number, actor=ANNA, now=NOW)
    assert state_of_the_world() == before and fake.movements() == []
    approve_refund(refund.number, actor=BO, now=NOW)
    assert len(jobs()) == 1
    work(refund)
    assert (refund.state, refund.approved_by, len(fake.movements())) == ("settled", "user:2", 1)
    with pytest.raises(Refused, match="REFUND_NOT_AWAITING"):
        approve_refund(refund.number, actor=BO, now=NOW)


def test_the_limit_itself_needs_no_second_person() -> None:
    assert instruct(make_order(), {1: 1}, above=15000).state == "pending"


def test_the_database_knows_that_the_second_person_is_another() -> None:
    refund = instruct(make_order(), {1: 1}, above=0)
    with pytest.raises(IntegrityError, match="refund_second_person"), transaction.atomic():
        Refund.objects.filter(id=refund.id).update(approved_by="user:1")


def test_a_waiting_refund_can_be_cancelled_and_frees_everything(fake: Fake) -> None:
    order = make_order()
    refund = instruct(order, {1: 1}, above=0)
    cancel_refund(refund.number, actor=BO, now=NOW)
    assert order_money(order.id).refunded_minor == 0 and order_money(order.id).lines[0].returned_quantity == 0
    assert [(b.posted_minor, b.pending_minor) for b in balances()] == []
    with pytest.raises(Refused, match="REFUND_NOT_FOUND"):
        refund_of("SO-1")
    again = instruct(order, {1: 1}, key="SO-1:again")
    work(again)
    assert refund_of("SO-1").id == again.id and len(fake.movements()) == 1


def test_a_refund_under_way_cannot_be_cancelled() -> None:
    refund = instruct(make_order(), {1: 1})
    before = state_of_the_world()
    with pytest.raises(Refused, match="REFUND_NOT_AWAITING"):
        cancel_refund(refund.number, actor=BO, now=NOW)
    assert state_of_the_world() == before


def test_a_refused_part_is_voided_stays_owed_and_is_announced(fake: Fake) -> None:
    order = make_order(tenders=(("card", 10000), ("wallet", 5000)))
    fake.behave("refuse")
    refund = instruct(order, {1: 1})
    work(refund)
    assert refund.state == "partly_settled" and events()[-1] == "refund.failed"
    assert Event.objects.get(type="refund.failed").data["refused"] == {"card": "ACCOUNT_CLOSED"}
    assert order_money(order.id).refunded_minor == 15000
    assert [row["state"] for row in stuck(now=NOW)] == ["refused"]
    assert {b.account: b.posted_minor for b in balances(prefix="tender")} == {"tender:fake:wallet": 5000}


def test_a_refused_refund_tried_again_uses_the_same_key_and_pays_once(fake: Fake) -> None:
    fake.behave("refuse", "refuse", "success")
    refund = instruct(make_order(), {1: 1})
    key = refund.parts.get().idempotency_key
    for _ in range(2):
        work(refund)
        assert refund.state == "failed"
        retry_refund(refund.number, actor=BO, now=NOW)
    work(refund)
    assert refund.state == "settled" and [m["key"] for m in fake.movements()] == [str(key)]
    assert [t.phase for t in postings_of("SO-1") if t.phase == "posted"] == ["posted", "posted"]


def test_finance_settles_a_refused_refund_outside_with_proof(fake: Fake) -> None:
    order = make_order()
    fake.behave("refuse")
    refund = instruct(order, {1: 1})
    work(refund)
    before = state_of_the_world()
    with pytest.raises(Refused, match="PROOF_REQUIRED"):
        settle_offline(refund.number, proof="  ", actor=BO, now=NOW)
    assert state_of_the_world() == before
    settle_offline(refund.number, proof="ICBC 2025-0317-88", actor=BO, now=NOW)
    refund.refresh_from_db()
    assert refund.state == "settled" and fake.movements() == []
    assert {b.account: b.posted_minor for b in balances(prefix="tender")} == {"tender:offline:card": 15000}
    assert order_money(order.id).refunded_minor == 15000 and events()[-1] == "refund.settled"
    with pytest.raises(Refused, match="REFUND_NOT_REFUSED"):
        settle_offline(refund.number, proof="twice", actor=BO, now=NOW)


@pytest.mark.parametrize("repair", ["retry", "offline"])
def test_a_refund_that_was_not_refused_needs_no_repair(repair: str) -> None:
    refund = instruct(make_order(), {1: 1})
    before = state_of_the_world()
    with pytest.raises(Refused, match="REFUND_NOT_REFUSED"):
        if repair == "retry":
            retry_refund(refund.number, actor=BO, now=NOW)
        else:
            settle_offline(refund.number, proof="bank 1", actor=BO, now=NOW)
    assert state_of_the_world() == before


def test_coupons_go_back_in_kind_and_never_to_the_channel(fake: Fake) -> None:
    order = make_order(lines=((1, 30000),), tenders=(("card", 25000), ("coupon", 5000)))
    refund = instruct(order, {1: 1})
    work(refund)
    assert refund.state == "settled" and [m["amount"] for m in fake.movements()] == [25000]
    parts = Event.objects.filter(type="refund.part_settled").order_by("id")
    assert {(e.data["tender"], e.data["in_kind"]) for e in parts} == {("card", False), ("coupon", True)}


def test_a_deduction_is_booked_for_the_shop_when_the_rest_is_paid(fake: Fake) -> None:
    order = make_order()
    owed = quote(
        order_money(order.id), selection={1: 1}, fault="buyer", deductions=[Deduction("INSPECTION", 2000, 1, "划痕")]
    )
    refund = instruct_refund(
        subject="SO-1", order_id=order.id, quote=owed, key="SO-1:1", actor="user:1", now=NOW,
        second_person_above_minor=None, expected_at=None, merchant_id=order.merchant_id, buyer_id=order.buyer_id,
    )  # fmt: skip
    work(refund)
    assert [m["amount"] for m in fake.movements()] == [13000]
    assert {b.account: b.posted_minor for b in balances(prefix="merchant")} == {
        f"merchant:{order.merchant_id}:deductions": 2000, f"merchant:{order.merchant_id}:payable": -15000,
    }  # fmt: skip
    assert refund_json(refund.number)["deductions"][0]["note"] == "划痕"


def test_a_refund_of_nothing_settles_at_once() -> None:
    order = make_order()
    owed = quote(order_money(order.id), selection={1: 1}, fault="buyer", deductions=[Deduction("INSPECTION", 15000, 1)])
    refund = instruct_refund(
        subject="SO-1", order_id=order.id, quote=owed, key="SO-1:1", actor=ANNA, now=NOW,
        second_person_above_minor=0, expected_at=None, merchant_id=order.merchant_id, buyer_id=order.buyer_id,
    )  # fmt: skip
    assert (refund.state, refund.amount_minor, events()[-1]) == ("settled", 0, "refund.settled")


def test_an_allowance_lowers_what_a_later_return_is_worth(fake: Fake) -> None:
    order = make_order(lines=((3, 9999),), tenders=(("card", 9999),))
    part = allowance(order_money(order.id), amounts={1: 900})
    instruct_refund(
        subject="SO-1", order_id=order.id, quote=part, key="SO-1:a", actor=ANNA, now=NOW, reason="price_protection",
        second_person_above_minor=None, expected_at=None, merchant_id=order.merchant_id, buyer_id=order.buyer_id,
    )  # fmt: skip
    assert quote(order_money(order.id), selection={1: 3}, fault="buyer").total_minor == 9099


def test_lists_go_on_where_the_page_ended() -> None:
    for place in range(3):
        order = make_order(number=f"JD{place}")
        instruct(order, {1: 1}, key=f"k{place}", subject=f"SO-{place}")
    page, more = list_refunds(limit=2, state="pending")
    rest, end = list_refunds(limit=2, before_id=more)
    assert [row["subject"] for row in page + rest] == ["SO-2", "SO-1", "SO-0"] and end is None
    assert list_refunds(limit=9, updated_after=NOW)[0] == []
    assert len(list_refunds(limit=9, updated_after=NOW - timedelta(seconds=1))[0]) == 3


def test_attempts_are_append_only(fake: Fake) -> None:
    work(instruct(make_order(), {1: 1}))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        RefundAttempt.objects.update(outcome="refused")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        RefundAttempt.objects.all().delete()
    assert RefundAttempt.objects.get().outcome == "settled"
