"""Invoices that follow the money: never more reversed than invoiced, issued once, confirmed where the buyer booked them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from shouhou.foundation.refusals import Refused
from shouhou.payments.actions import ask_charge, earn_charges, refund_charge
from shouhou.payments.actions.charge_outcome import settled
from shouhou.payments.actions.charge_state import held_charge
from shouhou.payments.actions.invoicing import (
    ask_confirmation,
    cancel_invoice,
    confirm_invoice,
    draft_reversal,
    issue_invoice,
    reject_invoice,
)
from shouhou.payments.models import Charge, InvoiceStep, InvoiceTask, Refund
from shouhou.payments.tests.conftest import BO, NOW, Fake, instruct, make_order, work
from shouhou.plumbing.models import Event
from tests.world import refusal_of


def drafted(**changes: int) -> InvoiceTask:
    work(instruct(make_order(invoice=changes.get("invoice", 15000)), {1: 1}))
    return InvoiceTask.objects.get()


def steps(task: InvoiceTask) -> list[str]:
    return list(InvoiceStep.objects.filter(task=task).order_by("id").values_list("what", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_settled_refund_drafts_the_whole_reversal_and_does_not_wait_for_it(fake: Fake) -> None:
    task = drafted()
    assert Refund.objects.get().state == "settled"
    assert (task.kind, task.state, task.amount_minor, task.whole, task.reason) == ("red", "drafted", 15000, True, "02")
    assert (task.invoice_number, task.subject, steps(task)) == ("INV-1", "SO-1", ["drafted"])


@pytest.mark.django_db(transaction=True)
def test_several_refunds_of_one_invoice_never_reverse_more_than_was_invoiced(fake: Fake) -> None:
    order = make_order(lines=((3, 15000),), invoice=12000)
    for place in range(3):
        work(instruct(order, {1: 1}, key=f"k{place}", subject=f"SO-{place}"))
    tasks = list(InvoiceTask.objects.order_by("id").values_list("amount_minor", "whole"))
    assert tasks == [(5000, False), (5000, False), (2000, True)]


@pytest.mark.django_db(transaction=True)
def test_two_refunds_settling_at_the_same_time_never_reverse_more_than_was_invoiced(fake: Fake) -> None:
    order = make_order(lines=((4, 20000),), tenders=(("card", 20000),), invoice=6000)
    refunds = [instruct(order, {1: 1}, key=f"k{place}", subject=f"SO-{place}") for place in range(4)]
    Refund.objects.update(state="settled")
    start = Barrier(4)

    def one(refund: Refund) -> None:
        start.wait()
        try:
            with transaction.atomic():
                draft_reversal(Refund.objects.get(pk=refund.pk), now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, refunds))
    assert sorted(InvoiceTask.objects.values_list("amount_minor", flat=True)) == [1000, 5000]


@pytest.mark.django_db(transaction=True)
def test_it_is_issued_once_and_the_buyer_hears_the_number(fake: Fake) -> None:
    task = drafted()
    for _ in range(2):
        issue_invoice(task.number, issued_number="RED-1", actor=BO, now=NOW)
    task.refresh_from_db()
    assert (task.state, task.issued_number, task.issued_at, steps(task)) == ("issued", "RED-1", NOW, ["drafted", "issued"])
    told = Event.objects.get(type="invoice.issued")
    assert (told.subject, told.data["issued"], told.data["amount_minor"]) == ("SO-1", "RED-1", 15000)
    for call in (
        lambda: issue_invoice(task.number, issued_number="RED-2", actor=BO, now=NOW),
        lambda: cancel_invoice(task.number, why="no", actor=BO, now=NOW),
        lambda: reject_invoice(task.number, why="no", actor=BO, now=NOW),
    ):
        assert refusal_of(call).code == "INVOICE_NOT_OPEN"
    assert InvoiceTask.objects.values_list("state", "issued_number").get() == ("issued", "RED-1")


@pytest.mark.django_db(transaction=True)
def test_what_the_buyer_has_booked_is_issued_only_after_its_confirmation(fake: Fake) -> None:
    task = drafted()
    ask_confirmation(task.number, actor=BO, now=NOW)
    assert refusal_of(issue_invoice, task.number, issued_number="RED-1", actor=BO, now=NOW).code == "INVOICE_NOT_CONFIRMED"
    assert InvoiceTask.objects.get().state == "drafted"
    for _ in range(2):
        confirm_invoice(task.number, confirmation="FORM-7", actor=BO, now=NOW)
    issue_invoice(task.number, issued_number="RED-1", actor=BO, now=NOW)
    assert steps(task) == ["drafted", "asked", "confirmed", "issued"]


@pytest.mark.django_db(transaction=True)
def test_a_rejected_one_keeps_its_amount_and_a_cancelled_one_frees_it(fake: Fake) -> None:
    order = make_order(lines=((2, 15000),), invoice=7500)
    work(instruct(order, {1: 1}))
    first = InvoiceTask.objects.get()
    reject_invoice(first.number, why="wrong tax number", actor=BO, now=NOW)
    work(instruct(order, {1: 1}, key="k2", subject="SO-2"))
    assert InvoiceTask.objects.count() == 1
    cancel_invoice(first.number, why="the paper came back whole", actor=BO, now=NOW)
    draft_again = Refund.objects.get(subject="SO-2")
    with transaction.atomic():
        task = draft_reversal(draft_again, now=NOW)
    assert task is not None and (task.amount_minor, task.whole) == (7500, True)


@pytest.mark.django_db(transaction=True)
def test_one_number_belongs_to_one_invoice(fake: Fake) -> None:
    order = make_order(lines=((2, 15000),), invoice=15000)
    for place in range(2):
        work(instruct(order, {1: 1}, key=f"k{place}", subject=f"SO-{place}"))
    one, two = InvoiceTask.objects.order_by("id")
    issue_invoice(one.number, issued_number="RED-1", actor=BO, now=NOW)
    for number in ("RED-1", "INV-1"):
        assert refusal_of(issue_invoice, two.number, issued_number=number, actor=BO, now=NOW).code == "INVOICE_NUMBER_TAKEN"
    for number in ("", " ", "x" * 61, "a\nb"):
        assert refusal_of(issue_invoice, two.number, issued_number=number, actor=BO, now=NOW).code == "INVOICE_NUMBER_NEEDED"
    two.refresh_from_db()
    assert (two.state, two.issued_number) == ("drafted", "")


@pytest.mark.django_db(transaction=True)
def test_issuing_under_two_numbers_at_once_keeps_one(fake: Fake) -> None:
    task, start = drafted(), Barrier(2)

    def one(number: str) -> str:
        start.wait()
        try:
            return issue_invoice(task.number, issued_number=number, actor=BO, now=NOW).issued_number
        except Refused as no:
            return no.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = sorted(pool.map(one, ("RED-1", "RED-2")))
    assert done[0] == "INVOICE_NOT_OPEN"
    assert InvoiceTask.objects.get().issued_number == done[1]


@pytest.mark.django_db(transaction=True)
def test_the_database_keeps_what_was_done_and_refuses_an_issue_without_a_number(fake: Fake) -> None:
    task = drafted()
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoiceTask.objects.filter(pk=task.pk).update(state="issued")
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoiceStep.objects.update(what="x")
    assert steps(task) == ["drafted"]


def charged(*, made_out: bool) -> Charge:
    """50.00 paid on top of an invoiced order, earned: an invoice of its own is to be made out, or has been."""
    order = make_order(invoice=15000)
    charge = ask_charge(
        subject="SO-1", order_id=order.id, merchant_id=order.merchant_id, buyer_id=order.buyer_id, purpose="price_difference",
        amount_minor=5000, currency="CNY", key="k", expires_at=NOW + timedelta(days=7), actor=BO, now=NOW,
    )  # fmt: skip
    with transaction.atomic():
        settled(held_charge(number=charge.number), reference="pay-1", means="card", now=NOW)
    earn_charges(subject="SO-1", actor=BO, now=NOW)
    if made_out:
        issue_invoice(InvoiceTask.objects.get().number, issued_number="INV-2", actor=BO, now=NOW)
    return charge


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("back", "whole"), [(5000, True), (2000, False)])
def test_what_was_invoiced_on_top_and_goes_back_is_reversed_against_its_own_invoice(fake: Fake, back: int, whole: bool) -> None:
    charge = charged(made_out=True)
    refund = refund_charge(charge.number, amount_minor=back, actor=BO, now=NOW)
    work(refund)
    red = InvoiceTask.objects.get(kind="red")
    assert (red.invoice_number, red.amount_minor, red.whole, red.subject) == ("INV-2", back, whole, "SO-1")
    work(instruct(refund.order, {1: 1}))
    own = InvoiceTask.objects.get(refund__subject="SO-1")
    assert (own.invoice_number, own.amount_minor, own.whole) == ("INV-1", 15000, True), "the order's own invoice is another one"


@pytest.mark.django_db(transaction=True)
def test_an_invoice_that_was_not_made_out_is_not_needed_when_the_money_has_gone_back(fake: Fake) -> None:
    charge = charged(made_out=False)
    refund = refund_charge(charge.number, actor=BO, now=NOW)
    work(refund)
    with transaction.atomic():
        assert draft_reversal(refund, now=NOW) is None
    task = InvoiceTask.objects.get()
    assert (task.kind, task.state, steps(task)) == ("blue", "cancelled", ["drafted", "cancelled"])


@pytest.mark.django_db(transaction=True)
def test_an_invoice_that_was_not_made_out_becomes_smaller_once_by_what_has_gone_back(fake: Fake) -> None:
    charge = charged(made_out=False)
    refund = refund_charge(charge.number, amount_minor=2000, actor=BO, now=NOW)
    work(refund)
    with transaction.atomic():
        assert draft_reversal(refund, now=NOW) is None
    task = InvoiceTask.objects.get()
    assert (task.kind, task.state, task.amount_minor, steps(task)) == ("blue", "drafted", 3000, ["drafted", "lowered"])
