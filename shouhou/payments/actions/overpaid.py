"""What a channel paid the buyer beyond what was owed: written down, and given back."""

from datetime import datetime

from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.payments.events import REFUND_OVERPAID_SETTLED
from shouhou.payments.models import Charge, Overpayment, Refund
from shouhou.plumbing.actor import SYSTEM
from shouhou.plumbing.events import EventType, publish


def note_overpaid(refund: Refund, *, amount_minor: int, key: str, now: datetime) -> Overpayment:
    """Booked as the buyer's to give back; from now on somebody sees to it. Once per `key`."""
    found, _ = Overpayment.objects.get_or_create(
        key=key,
        defaults={"refund": refund, "amount_minor": amount_minor, "currency": refund.currency, "opened_at": now, "updated_at": now},
    )
    return found


def overpaid_returned(charge: Charge, *, now: datetime) -> None:
    """The buyer has paid it: what the channel paid too much is there again. In the charge's own transaction."""
    found = Overpayment.objects.select_for_update(no_key=True, of=("self",)).filter(charge=charge, state="asked").first()
    if found is None:
        return
    ledger.post(
        recipes.overpaid_returned(buyer=charge.buyer_id, amount_minor=charge.amount_minor), recipe="overpaid_returned",
        subject=charge.subject, currency=charge.currency, key=f"overpaid:{found.pk}", by=SYSTEM.who, now=now,
    )  # fmt: skip
    charge.earned_at = now
    found.state, found.settled_by, found.settled_at = "paid", charge.asked_by, now
    save_overpaid(found, now)
    tell_overpaid(REFUND_OVERPAID_SETTLED, found, now)


def save_overpaid(found: Overpayment, now: datetime) -> None:
    found.version, found.updated_at = found.version + 1, now
    found.save()


def tell_overpaid(what: EventType, found: Overpayment, now: datetime, **more: object) -> None:
    refund = found.refund
    publish(
        what, subject=refund.subject, now=now, merchant_id=refund.merchant_id, buyer_id=refund.buyer_id,
        data={"refund": refund.number, "amount_minor": found.amount_minor, "currency": found.currency, "state": found.state, **more},
    )  # fmt: skip
