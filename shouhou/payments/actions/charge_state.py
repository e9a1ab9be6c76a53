"""A charge under its lock: holding it, saving it, announcing it, and what its refund's end means for it."""

from datetime import datetime
from uuid import uuid4

from django.db.models import QuerySet

from shouhou.foundation.refusals import refused
from shouhou.payments.events import CHARGE_REFUNDED
from shouhou.payments.models import Charge, Refund
from shouhou.payments.ports import hold
from shouhou.payments.refusals import CHARGE_NOT_FOUND
from shouhou.payments.rules.charges import OTHER_AMOUNT
from shouhou.plumbing.events import EventType, publish


def held_charge(*, number: str | None = None, charge_id: int | None = None, key: object = None) -> Charge:
    """The charge under its lock, what it belongs to first. Raises Refused CHARGE_NOT_FOUND."""
    if number is not None:
        wanted: dict[str, object] = {"number": number}
    else:
        wanted = {"id": charge_id} if charge_id is not None else {"channel_key": key}
    row = Charge.objects.filter(**wanted).values_list("id", "subject").first()
    if row is None:
        raise refused(CHARGE_NOT_FOUND, number=number or str(key or charge_id))
    hold(row[1])
    return Charge.objects.select_for_update(no_key=True).get(id=row[0])


def subject_behind(subject: str) -> str:
    """What must be locked before a refund of this subject: for a charge's refund, whatever the charge is for."""
    if not subject.startswith("CH-"):
        return subject
    return Charge.objects.filter(number=subject).values_list("subject", flat=True).first() or subject


def charge_refunded(number: str, *, refund: str, now: datetime) -> None:
    """A refund of a charge has settled: announced with what went back. With the last of them the charge is over; one that
    has only gone back in part stays paid."""
    charge = held_charge(number=number)
    told = Refund.objects.get(number=refund)
    if charge.state == "refunding" and not refunds_of_charge(charge).exclude(state="settled").exists():
        charge.state, charge.ended_at = "refunded", now
        save_charge(charge, now)
    elif charge.state == "refunded" or told.reason == OTHER_AMOUNT:
        return
    announce_charge(CHARGE_REFUNDED, charge, now, refund=refund, back_minor=told.amount_minor)


def refunds_of_charge(charge: Charge) -> QuerySet[Refund]:
    """What was given back of it and not taken back, oldest first."""
    return Refund.objects.filter(subject=charge.number).exclude(state="cancelled").order_by("id")


def save_charge(charge: Charge, now: datetime) -> None:
    if charge.state != "awaiting":
        # Where somebody paid from is nobody's business once it is over.
        charge.payer, charge.wanted = {"way": charge.payer.get("way", "scan")}, None
    charge.version, charge.updated_at = charge.version + 1, now
    charge.save()


def begin_anew(charge: Charge, now: datetime) -> None:
    """Another try under a new key, paid as it was last asked for; the earlier one takes no money any more."""
    charge.round, charge.channel_key, charge.declined_code, charge.pay_url = charge.round + 1, uuid4(), "", ""
    charge.tries, charge.channel_reference, charge.open_there = 0, "", False
    charge.payer, charge.wanted = charge.wanted or {}, None
    save_charge(charge, now)


def announce_charge(what: EventType, charge: Charge, now: datetime, **more: object) -> None:
    publish(
        what, subject=charge.subject, now=now, merchant_id=charge.merchant_id, buyer_id=charge.buyer_id,
        data={
            "number": charge.number, "purpose": charge.purpose, "amount_minor": charge.amount_minor,
            "currency": charge.currency, "state": charge.state, "expires_at": charge.expires_at.isoformat(), **more,
        },
    )  # fmt: skip
