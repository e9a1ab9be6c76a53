"""What becomes of a charge when the channel has spoken, always under the charge's lock."""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from shouhou.foundation.refusals import refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.payments.actions.charge_state import announce_charge, held_charge, refunds_of_charge, save_charge
from shouhou.payments.actions.overpaid import overpaid_returned
from shouhou.payments.actions.payouts import refund_part_for_charge
from shouhou.payments.channels.base import PayCallback
from shouhou.payments.events import (
    CHARGE_CONTRADICTED,
    CHARGE_EXPIRED,
    CHARGE_FAILED,
    CHARGE_PAID,
    CHARGE_PAID_LATE,
)  # fmt: skip
from shouhou.payments.jobs import enqueue_charge
from shouhou.payments.models import Charge, ChargeAttempt, ChargeReceipt, Refund
from shouhou.payments.refusals import CHARGE_NOT_PAID, REFUND_CALLBACK_MISMATCH
from shouhou.payments.rules import EXCEEDS_PAID
from shouhou.payments.rules.charges import OTHER_AMOUNT as OTHER_WAS_TAKEN
from shouhou.payments.rules.charges import OVERPAID
from shouhou.plumbing.actor import SYSTEM, Actor

OTHER_AMOUNT = "other amount"
# The key of a refund of a part of a charge, before the name of the part.
_PART = "part:"


def settled(charge: Charge, *, reference: str, means: str, now: datetime) -> str:
    """The money is there: booked once. What was cancelled or had expired goes back by itself."""
    if charge.paid_at is not None:
        return "settled before"
    late = charge.state != "awaiting"
    charge.paid_at, charge.open_there, charge.declined_code = now, False, ""
    charge.channel_reference, charge.means = reference[:120], means if means.isalnum() else "card"
    charge.state = "paid"
    save_charge(charge, now)
    ledger.post(
        recipes.charge_received(
            buyer=charge.buyer_id, channel=charge.channel, tender=charge.means, amount_minor=charge.amount_minor
        ),
        recipe="charge_received", subject=charge.subject, currency=charge.currency, key=f"charge:{charge.number}",
        by=SYSTEM.who, now=now,
    )  # fmt: skip
    if late:
        refund = _give_back(charge, reason="paid_late", actor=SYSTEM, now=now)
        announce_charge(CHARGE_PAID_LATE, charge, now, refund=refund.number)
        return "paid late"
    if charge.purpose == OVERPAID:
        overpaid_returned(charge, now=now)
        save_charge(charge, now)
    announce_charge(CHARGE_PAID, charge, now, means=charge.means)
    return "settled"


def declined(charge: Charge, *, code: str, now: datetime) -> str:
    """This try is over for good; the charge may be tried again while it is to be paid."""
    charge.open_there, charge.pay_url = False, ""
    if charge.state == "awaiting" and not charge.declined_code:
        charge.declined_code = code[:60]
        save_charge(charge, now)
        announce_charge(CHARGE_FAILED, charge, now, code=charge.declined_code)
        return "declined"
    save_charge(charge, now)
    return "nothing"


def closed(charge: Charge, now: datetime) -> str:
    """The channel takes no money any more: what waited has expired; what was closed there by itself can be tried again."""
    if charge.state == "awaiting" and now < charge.expires_at:
        return declined(charge, code="CLOSED_BY_CHANNEL", now=now)
    charge.open_there, charge.pay_url = False, ""
    if charge.state != "awaiting":
        save_charge(charge, now)
        return "closed"
    charge.state, charge.ended_at = "expired", now
    save_charge(charge, now)
    give_back_first(charge, actor=SYSTEM, now=now)
    announce_charge(CHARGE_EXPIRED, charge, now)
    return "expired"


def other_amount(charge: Charge, said: str, now: datetime) -> None:
    """Never decided by a program: announced once, and shown in the stuck list."""
    if not ChargeAttempt.objects.filter(charge=charge, outcome=OTHER_AMOUNT).exists():
        announce_charge(CHARGE_CONTRADICTED, charge, now, said=said)
    ChargeAttempt.objects.create(
        charge=charge, round=charge.round, kind="check", outcome=OTHER_AMOUNT, detail=said, started_at=now, ended_at=now
    )


def take_pay_callback(channel: str, said: PayCallback, *, now: datetime) -> str:
    """Checked against the charge, taken once, in any order. Raises Refused CHARGE_NOT_FOUND, REFUND_CALLBACK_MISMATCH."""
    if said.status != "settled" and not Charge.objects.filter(channel_key=said.key).exists():
        # The end of an earlier try, told late: another has begun since.
        return "nothing"
    charge = held_charge(key=said.key)
    if (said.amount_minor, said.currency, channel) != (charge.amount_minor, charge.currency, charge.channel):
        raise refused(REFUND_CALLBACK_MISMATCH)
    _, fresh = ChargeReceipt.objects.get_or_create(
        channel=channel, callback_id=said.callback_id,
        defaults={"charge": charge, "outcome": said.status, "received_at": now},
    )  # fmt: skip
    if not fresh:
        return "duplicate"
    done = "nothing"
    if said.status == "settled":
        done = settled(charge, reference=said.reference, means=said.means, now=now)
    elif said.status == "declined" and charge.paid_at is None:
        done = declined(charge, code=said.code or "DECLINED", now=now)
    elif said.status == "closed" and charge.open_there:
        # The channel is asked, and its answer counts.
        enqueue_charge(charge.id)
        done = "asked"
    ChargeAttempt.objects.create(
        charge=charge, round=charge.round, kind="callback", outcome=said.status, detail=f"{said.callback_id}: {done}"[:300],
        started_at=now, ended_at=now,
    )  # fmt: skip
    return done


def refund_charge(
    number: str, *, actor: Actor, now: datetime, reason: str = "service_not_done", amount_minor: int | None = None
) -> Refund:  # fmt: skip
    """What was paid (None: all that is left of it) goes back to the means it was paid with, exactly once, and with that the
    charge is over; asked again, the first refund answers.

    Raises Refused CHARGE_NOT_PAID, CHARGE_NOT_FOUND, EXCEEDS_PAID.
    """
    with transaction.atomic():
        charge = held_charge(number=number)
        if charge.state in ("refunding", "refunded"):
            found = refunds_of_charge(charge)
            return found.filter(key=f"{charge.number}:refund").first() or found.latest("id")
        left = _left(charge)
        if amount_minor is not None and not 0 < amount_minor <= left:
            raise refused(EXCEEDS_PAID, max_minor=left)
        return _give_back(charge, reason=reason, actor=actor, now=now, amount_minor=left if amount_minor is None else amount_minor)


def refund_charge_part(number: str, *, part: str, amount_minor: int, actor: Actor, now: datetime, reason: str) -> Refund:
    """Some of what was paid goes back, as one refund for each `part`; the rest stays paid and may go back later.

    Raises Refused CHARGE_NOT_PAID, CHARGE_NOT_FOUND, EXCEEDS_PAID.
    """
    with transaction.atomic():
        charge = held_charge(number=number)
        if before := Refund.objects.filter(key=f"{charge.number}:{_PART}{part}").first():
            return before
        left = _left(charge)
        if not 0 < amount_minor <= left:
            raise refused(EXCEEDS_PAID, max_minor=left)
        if amount_minor == left:
            charge.state = "refunding"
        save_charge(charge, now)
        return refund_part_for_charge(
            charge, reason=reason, actor=actor, now=now, amount_minor=amount_minor, what=f"{_PART}{part}"
        )  # fmt: skip


def given_back_in_parts(number: str) -> tuple[str, int]:
    """The state of the charge and what of it has gone back, or is on its way, in parts; nobody else gives any back until this
    transaction ends. Raises Refused CHARGE_NOT_FOUND."""
    charge = held_charge(number=number)
    return charge.state, _parted(charge)


def give_back_first(charge: Charge, *, actor: Actor, now: datetime) -> None:
    """The rest was not paid: what had been paid before it goes back, so that nobody has paid for nothing."""
    if charge.rest_of is not None and charge.rest_of.state == "paid" and charge.rest_of.earned_at is None:
        refund_charge(charge.rest_of.number, actor=actor, now=now, reason=OTHER_WAS_TAKEN)


def settle_deposit(number: str, *, kept_minor: int, actor: Actor, now: datetime) -> Refund | None:
    """What secured a loan: `kept_minor` is the shop's, the rest goes back the way it came, exactly once. None: nothing goes back.

    Asked again, the first settlement stands. Raises Refused CHARGE_NOT_PAID, CHARGE_NOT_FOUND, EXCEEDS_PAID.
    """
    with transaction.atomic():
        charge = held_charge(number=number)
        if charge.state in ("refunding", "refunded"):
            return Refund.objects.get(key=f"{charge.number}:refund")
        if charge.state != "paid":
            raise refused(CHARGE_NOT_PAID, number=number, state=charge.state)
        if charge.earned_at is not None:
            return None
        if not 0 <= kept_minor <= charge.amount_minor:
            raise refused(EXCEEDS_PAID, max_minor=charge.amount_minor)
        refund, rest = None, charge.amount_minor - kept_minor
        if rest:
            refund = _give_back(charge, reason="deposit_released", actor=actor, now=now, amount_minor=rest)
        if kept_minor:
            ledger.post(
                recipes.charge_earned(
                    merchant=charge.merchant_id, buyer=charge.buyer_id, purpose=charge.purpose, amount_minor=kept_minor
                ),
                recipe="charge_earned", subject=charge.subject, currency=charge.currency, key=f"earned:{charge.number}",
                by=actor.who, now=now,
            )  # fmt: skip
            charge.earned_at = now
            save_charge(charge, now)
        return refund


def _left(charge: Charge) -> int:
    """What of a paid charge has not gone back. Raises Refused CHARGE_NOT_PAID."""
    if charge.state != "paid":
        raise refused(CHARGE_NOT_PAID, number=charge.number, state=charge.state)
    return charge.amount_minor - _parted(charge)


def _parted(charge: Charge) -> int:
    found = refunds_of_charge(charge).filter(key__startswith=f"{charge.number}:{_PART}")
    return int(found.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def _give_back(
    charge: Charge, *, reason: str, actor: Actor, now: datetime, amount_minor: int | None = None
) -> Refund:  # fmt: skip
    charge.state = "refunding"
    save_charge(charge, now)
    return refund_part_for_charge(charge, reason=reason, actor=actor, now=now, amount_minor=amount_minor)
