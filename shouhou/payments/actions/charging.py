"""Asking a consumer to pay, taking it back, trying again, earning it; in the caller's transaction."""

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction

from shouhou.foundation.ids import new_number
from shouhou.foundation.refusals import refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.payments.actions.charge_outcome import give_back_first
from shouhou.payments.actions.charge_state import announce_charge, begin_anew, held_charge, save_charge
from shouhou.payments.actions.invoicing import draft_for_charge
from shouhou.payments.channels.base import PayWay
from shouhou.payments.events import CHARGE_ASKED, CHARGE_CANCELLED
from shouhou.payments.jobs import enqueue_charge
from shouhou.payments.models import Charge
from shouhou.payments.refusals import CHARGE_KEY_REUSED, CHARGE_NOT_AWAITING, CHARGE_NOT_FOUND
from shouhou.payments.rules.charges import OVERPAID, PURPOSES
from shouhou.plumbing.actor import Actor

# What was sold on top of the order: an invoice of its own where the order has one (L-22).
INVOICED = frozenset({"price_difference", "not_returned"})


def ask_charge(
    *, subject: str, order_id: int, merchant_id: int, buyer_id: int, purpose: str, amount_minor: int, currency: str,
    key: str, expires_at: datetime, actor: Actor, now: datetime,
) -> Charge:  # fmt: skip
    """One charge per `key`: the same asking again returns the first. The channel hears of it after the commit.

    When it is paid, `charge.paid` is announced for the subject; else `charge.expired`. Raises Refused CHARGE_KEY_REUSED,
    KeyError for an unknown purpose.
    """
    _ = PURPOSES[purpose]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(INSERT_CHARGE, [
                new_number("CH"), subject, key, purpose, order_id, merchant_id, buyer_id, amount_minor, currency,
                settings.CHARGE_CHANNEL,
                uuid4(), actor.who, now, expires_at, now,
            ])  # fmt: skip
            first = cursor.fetchone() is not None
        charge = Charge.objects.get(key=key)
        if first:
            announce_charge(CHARGE_ASKED, charge, now)
            enqueue_charge(charge.id)
        elif (charge.subject, charge.purpose, charge.amount_minor, charge.currency) != (subject, purpose, amount_minor, currency):
            raise refused(CHARGE_KEY_REUSED, key=key)
        return charge


def try_charge_again(number: str, *, now: datetime) -> Charge:
    """After a decline: another try under a new key. While one is under way nothing new is begun.

    Raises Refused CHARGE_NOT_AWAITING, CHARGE_NOT_FOUND.
    """
    with transaction.atomic():
        charge = _awaiting(number)
        if charge.declined_code:
            begin_anew(charge, now)
        enqueue_charge(charge.id)
        return charge


def choose_way(number: str, *, way: PayWay, address: str, now: datetime, openid: str = "") -> Charge:
    """The consumer wants to pay so, from this address, or known to the channel's own app by `openid`. What is open another way
    is closed there first, and only then is there a new one: never two that could both be paid.

    Raises Refused CHARGE_NOT_AWAITING, CHARGE_NOT_FOUND.
    """
    with transaction.atomic():
        charge = _awaiting(number)
        told = {"way": way} | ({"address": address[:45]} if way == "phone" else {"openid": openid[:128]} if way == "inside" else {})
        # An order that is made out for one person inside the app is nobody else's.
        same = charge.payer.get("way", "scan") == way and (way != "inside" or charge.payer == told)
        if same and not charge.declined_code:
            # The same order, a fresh link: WeChat's are good for five minutes.
            charge.payer, charge.wanted, charge.pay_url = told, None, charge.pay_url if way == "scan" else ""
            save_charge(charge, now)
        else:
            charge.wanted = told
            if charge.open_there:
                save_charge(charge, now)
            else:
                begin_anew(charge, now)
        enqueue_charge(charge.id)
        return charge


def ask_about_charge(number: str, *, now: datetime) -> Charge:
    """The consumer says it is paid: the channel is asked, after the commit. Raises Refused CHARGE_NOT_FOUND."""
    with transaction.atomic():
        charge = held_charge(number=number)
        if charge.open_there:
            enqueue_charge(charge.id)
        return charge


def cancel_charge(number: str, *, actor: Actor, now: datetime) -> Charge:
    """It need not be paid any more; cancelling twice is once. Money that comes all the same goes back by itself.

    Raises Refused CHARGE_NOT_AWAITING, CHARGE_NOT_FOUND.
    """
    with transaction.atomic():
        charge = held_charge(number=number)
        if charge.state == "cancelled":
            return charge
        if charge.state != "awaiting":
            raise refused(CHARGE_NOT_AWAITING, number=number, state=charge.state)
        charge.state, charge.ended_at = "cancelled", now
        save_charge(charge, now)
        give_back_first(charge, actor=actor, now=now)
        if charge.open_there:
            enqueue_charge(charge.id)
        announce_charge(CHARGE_CANCELLED, charge, now, by=actor.who)
        return charge


def cancel_charges(*, subject: str, actor: Actor, now: datetime, besides: str = "") -> int:
    """Whatever of the subject still waits to be paid, `besides` this purpose, is cancelled; answers how many."""
    with transaction.atomic():
        found = Charge.objects.filter(subject=subject, state="awaiting").exclude(purpose__in=(besides, OVERPAID))
        waiting = list(found.order_by("id").values_list("number", flat=True))
        for number in waiting:
            cancel_charge(number, actor=actor, now=now)
        return len(waiting)


def earn_charges(*, subject: str, actor: Actor, now: datetime, besides: str = "") -> int:
    """The service is done: what was paid for it, `besides` this purpose, is the shop's income, once; answers how many charges."""
    with transaction.atomic():
        found = Charge.objects.select_for_update(no_key=True).filter(subject=subject, state="paid", earned_at=None)
        paid = list(found.exclude(purpose__in=(besides, OVERPAID)).order_by("id"))
        for charge in paid:
            ledger.post(
                recipes.charge_earned(
                    merchant=charge.merchant_id, buyer=charge.buyer_id, purpose=charge.purpose, amount_minor=charge.amount_minor
                ),
                recipe="charge_earned", subject=subject, currency=charge.currency, key=f"earned:{charge.number}",
                by=actor.who, now=now,
            )  # fmt: skip
            charge.earned_at = now
            save_charge(charge, now)
            if charge.purpose in INVOICED:
                draft_for_charge(charge, now=now)
        return len(paid)


def charge_of(subject: str, *, purpose: str | None = None) -> Charge:
    """The newest charge of a subject. Raises Refused CHARGE_NOT_FOUND."""
    wanted = {"subject": subject} | ({"purpose": purpose} if purpose else {})
    found = Charge.objects.filter(**wanted).order_by("-id").first()
    if found is None:
        raise refused(CHARGE_NOT_FOUND, number=subject)
    return found


def paid_charges(subject: str, *, besides: str = "") -> list[str]:
    """The numbers of what was paid for a subject, `besides` this purpose, and has not gone back."""
    found = Charge.objects.filter(subject=subject, state="paid").exclude(purpose__in=(besides, OVERPAID))
    return list(found.order_by("id").values_list("number", flat=True))


def _awaiting(number: str) -> Charge:
    charge = held_charge(number=number)
    if charge.state != "awaiting":
        raise refused(CHARGE_NOT_AWAITING, number=number, state=charge.state)
    return charge


INSERT_CHARGE = """
INSERT INTO payments_charge (number, subject, key, purpose, order_id, merchant_id, buyer_id, amount_minor, currency,
    channel, channel_key, asked_by, asked_at, expires_at, updated_at, state, round, tries, open_there, pay_url,
    declined_code, means, channel_reference, version)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'awaiting', 1, 0, false, '', '', '', '', 1)
ON CONFLICT (key) DO NOTHING RETURNING id
"""
