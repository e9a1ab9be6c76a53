"""Invoices that money's moving asks for (L-22): drafted by themselves, confirmed where the buyer booked them, issued once."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Sum

from shouhou.foundation.ids import new_number
from shouhou.foundation.refusals import refused
from shouhou.payments.events import INVOICE_DRAFTED, INVOICE_ISSUED, INVOICE_REJECTED
from shouhou.payments.models import Charge, InvoiceStep, InvoiceTask, Refund, RefundPart
from shouhou.payments.refusals import (
    INVOICE_NOT_CONFIRMED,
    INVOICE_NOT_OPEN,
    INVOICE_NUMBER_NEEDED,
    INVOICE_NUMBER_TAKEN,
    INVOICE_TASK_NOT_FOUND,
    INVOICE_WHY_NEEDED,
)
from shouhou.payments.rules import is_cash, red_invoice
from shouhou.payments.rules.charges import OTHER_AMOUNT
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.events import EventType, publish

OPEN = ("drafted", "confirmed", "rejected")
NUMBER_MOST, WHY_MOST = 60, 300
GONE_BACK = "款项已全部退回 what was paid has gone back"


def draft_reversal(refund: Refund, *, now: datetime) -> InvoiceTask | None:
    """A red invoice for what was invoiced of a settled refund; None where there is nothing to reverse, or it is drafted.

    The refund does not wait for it. However many refunds one invoice has, no more than what was invoiced is reversed.
    """
    order = refund.order
    if refund.reason == OTHER_AMOUNT:
        return None
    if refund.subject.startswith("CH-"):
        return _reverse_charged(refund, refund.subject, refund.amount_minor, now=now)
    again = RefundPart.objects.filter(refund=refund, charge__isnull=False).order_by("id")
    for charge, amount in again.values_list("charge__number", "amount_minor"):
        # What had been given back and was bought again had an invoice of its own.
        _reverse_charged(refund, charge, amount, now=now)
    if not order.invoice_number or not refund.lines.exists():
        # What is given beside the goods' own price changes nothing of what was invoiced.
        return None
    # Two refunds of one order may settle at the same time: the second sees what the first has drafted.
    _one_by_one(order.pk)
    if InvoiceTask.objects.filter(refund=refund, invoice_number=order.invoice_number).exists():
        # It had settled once before a bank returned it: what was invoiced is reversed once.
        return None
    reversed_minor = _reversed(order.pk)
    cash = sum(part.amount_minor for part in RefundPart.objects.filter(refund=refund, charge=None) if is_cash(part.tender))
    red = red_invoice(
        invoiced_minor=order.invoice_minor, reversed_minor=reversed_minor, refund_minor=cash, cause=refund.reason
    )
    if not red.amount_minor:
        return None
    task = InvoiceTask.objects.create(
        number=new_number("IV"), kind="red", refund=refund, order=order, subject=refund.subject,
        invoice_number=order.invoice_number, amount_minor=red.amount_minor, currency=refund.currency,
        whole=red.amount_minor == order.invoice_minor - reversed_minor, reason=red.reason, created_at=now, updated_at=now,
    )  # fmt: skip
    return _drafted(task, now)


def draft_for_charge(charge: Charge, *, now: datetime) -> InvoiceTask | None:
    """A blue invoice for what the buyer paid on top of an invoiced order; None where the order has no invoice."""
    order = charge.order
    if not order.invoice_number or InvoiceTask.objects.filter(charge=charge).exists():
        return None
    task = InvoiceTask.objects.create(
        number=new_number("IV"), kind="blue", charge=charge, order=order, subject=charge.subject,
        invoice_number=order.invoice_number, amount_minor=charge.amount_minor, currency=charge.currency, created_at=now,
        updated_at=now,
    )  # fmt: skip
    return _drafted(task, now)


def _reverse_charged(refund: Refund, charge: str, amount_minor: int, *, now: datetime) -> InvoiceTask | None:
    """What was paid by the charge goes back: its own invoice is reversed; one not made out yet becomes smaller, or is not needed."""
    _one_by_one(refund.order_id)
    blue = InvoiceTask.objects.select_for_update().filter(charge__number=charge).exclude(state="cancelled").first()
    if blue is None:
        return None
    if blue.issued_number and InvoiceTask.objects.filter(refund=refund, invoice_number=blue.issued_number).exists():
        return None
    if blue.state != "issued":
        if any(step.note == refund.number for step in blue.steps.all()):
            return None
        left = max(0, blue.amount_minor - amount_minor)
        blue.amount_minor, blue.state, blue.why = left or blue.amount_minor, blue.state if left else "cancelled", "" if left else GONE_BACK
        blue.version, blue.updated_at = blue.version + 1, now
        blue.save()
        _step(blue, "lowered" if left else "cancelled", SYSTEM, now, refund.number)
        return None
    earlier = InvoiceTask.objects.filter(kind="red", invoice_number=blue.issued_number).exclude(state="cancelled")
    reversed_minor = int(earlier.aggregate(sum=Sum("amount_minor"))["sum"] or 0)
    red = red_invoice(
        invoiced_minor=blue.amount_minor, reversed_minor=reversed_minor, refund_minor=amount_minor, cause=refund.reason
    )
    if not red.amount_minor:
        return None
    task = InvoiceTask.objects.create(
        number=new_number("IV"), kind="red", refund=refund, order=refund.order, subject=blue.subject, invoice_number=blue.issued_number,
        amount_minor=red.amount_minor, currency=refund.currency, whole=red.amount_minor == blue.amount_minor - reversed_minor,
        reason=red.reason, created_at=now, updated_at=now,
    )  # fmt: skip
    return _drafted(task, now)


def ask_confirmation(number: str, *, actor: Actor, now: datetime) -> InvoiceTask:
    """The buyer's side has booked the invoice: it has to confirm first. Raises Refused INVOICE_NOT_OPEN, …_NOT_FOUND."""

    def change(task: InvoiceTask) -> None:
        _only(task, "drafted")
        if not task.needs_confirmation:
            task.needs_confirmation = True
            _step(task, "asked", actor, now)

    return _changed(number, now, change)


def confirm_invoice(number: str, *, confirmation: str, actor: Actor, now: datetime) -> InvoiceTask:
    """The buyer's side agrees, under the number of its confirmation form. Told twice is told once.

    Raises Refused INVOICE_NUMBER_NEEDED, INVOICE_NOT_OPEN, INVOICE_TASK_NOT_FOUND.
    """
    confirmation = _text(confirmation)

    def change(task: InvoiceTask) -> None:
        if task.state == "confirmed" and task.confirmation == confirmation:
            return
        _only(task, "drafted", "rejected")
        task.state, task.confirmation, task.why = "confirmed", confirmation, ""
        _step(task, "confirmed", actor, now, confirmation)

    return _changed(number, now, change)


def issue_invoice(number: str, *, issued_number: str, actor: Actor, now: datetime) -> InvoiceTask:
    """The invoice is made out under `issued_number`. The same number told again changes nothing.

    Raises Refused INVOICE_NUMBER_NEEDED, INVOICE_NUMBER_TAKEN, INVOICE_NOT_CONFIRMED, INVOICE_NOT_OPEN, …_NOT_FOUND.
    """
    issued_number = _text(issued_number)

    def change(task: InvoiceTask) -> None:
        if task.state == "issued" and task.issued_number == issued_number:
            return
        _only(task, *OPEN)
        if task.needs_confirmation and task.state != "confirmed":
            raise refused(INVOICE_NOT_CONFIRMED, number=number)
        _one_by_one(0)
        if InvoiceTask.objects.filter(issued_number=issued_number).exists() or issued_number == task.invoice_number:
            raise refused(INVOICE_NUMBER_TAKEN, number=issued_number)
        task.state, task.issued_number, task.issued_at, task.why = "issued", issued_number, now, ""
        _step(task, "issued", actor, now, issued_number)
        _announce(INVOICE_ISSUED, task, now)

    return _changed(number, now, change)


def reject_invoice(number: str, *, why: str, actor: Actor, now: datetime) -> InvoiceTask:
    """The tax system or the buyer's side sent it back; it stays to be done. Raises Refused INVOICE_WHY_NEEDED, …_NOT_OPEN."""

    def change(task: InvoiceTask) -> None:
        _only(task, "drafted", "confirmed")
        task.state, task.why, task.confirmation = "rejected", _why(why), ""
        _step(task, "rejected", actor, now, task.why)
        _announce(INVOICE_REJECTED, task, now)

    return _changed(number, now, change)


def cancel_invoice(number: str, *, why: str, actor: Actor, now: datetime) -> InvoiceTask:
    """It need not be made out (a paper invoice that came back whole and was voided, say); its amount is free again.

    Raises Refused INVOICE_WHY_NEEDED, INVOICE_NOT_OPEN, INVOICE_TASK_NOT_FOUND.
    """

    def change(task: InvoiceTask) -> None:
        _only(task, *OPEN)
        task.state, task.why = "cancelled", _why(why)
        _step(task, "cancelled", actor, now, task.why)

    return _changed(number, now, change)


def _changed(number: str, now: datetime, change: Callable[[InvoiceTask], None]) -> InvoiceTask:
    with transaction.atomic():
        task = InvoiceTask.objects.select_for_update(no_key=True).filter(number=number[:20]).first()
        if task is None:
            raise refused(INVOICE_TASK_NOT_FOUND, number=number[:20])
        change(task)
        task.version, task.updated_at = task.version + 1, now
        task.save()
        return task


def _drafted(task: InvoiceTask, now: datetime) -> InvoiceTask:
    _step(task, "drafted", SYSTEM, now)
    _announce(INVOICE_DRAFTED, task, now)
    return task


def _only(task: InvoiceTask, *states: str) -> None:
    if task.state not in states:
        raise refused(INVOICE_NOT_OPEN, number=task.number, state=task.state)


def _step(task: InvoiceTask, what: str, actor: Actor, now: datetime, note: str = "") -> None:
    InvoiceStep.objects.create(task=task, what=what, by=actor.who, at=now, note=note[:WHY_MOST])


def _announce(what: EventType, task: InvoiceTask, now: datetime) -> None:
    order = task.order
    publish(
        what, subject=task.subject, now=now, merchant_id=order.merchant_id, buyer_id=order.buyer_id,
        data={
            "number": task.number, "kind": task.kind, "order_id": order.pk, "invoice": task.invoice_number,
            "amount_minor": task.amount_minor, "currency": task.currency, "reason": task.reason, "whole": task.whole,
            "state": task.state, "issued": task.issued_number, "why": task.why,
        },
    )  # fmt: skip


def _reversed(order_id: int) -> int:
    # What reverses the invoice of a charge reverses nothing of the order's own.
    others = InvoiceTask.objects.filter(order_id=order_id, kind="blue").exclude(issued_number="").values("issued_number")
    tasks = InvoiceTask.objects.filter(order_id=order_id, kind="red").exclude(state="cancelled").exclude(invoice_number__in=others)
    return int(tasks.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def _one_by_one(what: int) -> None:
    """Until the end of the transaction nobody else is at the same invoice (0: at the giving of numbers)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('invoice'), (%s %% 2147483647)::int)", [what])


def _text(number: str) -> str:
    number = number.strip()
    if not number or len(number) > NUMBER_MOST or not number.isprintable():
        raise refused(INVOICE_NUMBER_NEEDED)
    return number


def _why(why: str) -> str:
    why = why.strip()
    if not why or len(why) > WHY_MOST:
        raise refused(INVOICE_WHY_NEEDED)
    return why
