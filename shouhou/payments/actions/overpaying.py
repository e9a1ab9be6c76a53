"""What a channel paid the buyer beyond what was owed: asked back, or written off by two people."""

from datetime import datetime, timedelta

from django.db import transaction

from shouhou.foundation.refusals import OVERTAKEN, refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.payments.actions.charging import ask_charge, cancel_charge
from shouhou.payments.actions.overpaid import save_overpaid, tell_overpaid
from shouhou.payments.events import REFUND_OVERPAID_ASKED, REFUND_OVERPAID_SETTLED
from shouhou.payments.models import Charge, Overpayment
from shouhou.payments.ports import hold
from shouhou.payments.refusals import OVERPAYMENT_NOT_FOUND, OVERPAYMENT_REASON, OVERPAYMENT_STATE, SECOND_PERSON_NEEDED
from shouhou.payments.rules.charges import OVERPAID
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor

REASON_MOST = 500


def ask_overpaid(overpayment_id: int, *, days: int, actor: Actor, now: datetime) -> Overpayment:
    """The buyer is asked to pay it back within `days`; not paid, it can be asked for again. Asked twice is asked once.

    Raises Refused OVERPAYMENT_NOT_FOUND, OVERPAYMENT_STATE.
    """
    with transaction.atomic():
        found = _held(overpayment_id)
        if found.state == "asked" and found.charge is not None and found.charge.state == "awaiting":
            return found
        if found.state not in ("open", "asked"):
            raise refused(OVERPAYMENT_STATE, state=found.state)
        refund = found.refund
        found.rounds += 1
        found.charge = ask_charge(
            subject=refund.subject, order_id=refund.order_id, merchant_id=refund.merchant_id, buyer_id=refund.buyer_id,
            purpose=OVERPAID, amount_minor=found.amount_minor, currency=found.currency, key=f"overpaid:{found.pk}:{found.rounds}",
            expires_at=now + timedelta(days=days), actor=actor, now=now,
        )  # fmt: skip
        found.state = "asked"
        save_overpaid(found, now)
        tell_overpaid(REFUND_OVERPAID_ASKED, found, now, charge=found.charge.number)
        return found


def propose_overpaid_off(overpayment_id: int, *, reason: str, actor: Actor, now: datetime) -> Overpayment:
    """It will not be had, or is not worth it: a second person decides. What was asked for need not be paid any more.

    Raises Refused OVERPAYMENT_REASON, OVERPAYMENT_STATE, OVERPAYMENT_NOT_FOUND.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= REASON_MOST:
        raise refused(OVERPAYMENT_REASON)
    with transaction.atomic():
        found = _held(overpayment_id)
        if found.state not in ("open", "asked"):
            raise refused(OVERPAYMENT_STATE, state=found.state)
        if found.charge is not None and found.charge.state == "awaiting":
            cancel_charge(found.charge.number, actor=actor, now=now)
        found.state, found.reason, found.proposed_by = "proposed", reason, actor.who
        save_overpaid(found, now)
        return found


def decide_overpaid_off(
    overpayment_id: int, *, agree: bool, actor: Actor, now: datetime, version: int | None = None
) -> Overpayment:  # fmt: skip
    """The second person writes off what they saw (`version`), or sends it back to be asked for.

    Raises Refused SECOND_PERSON_NEEDED, OVERPAYMENT_STATE, OVERTAKEN, OVERPAYMENT_NOT_FOUND.
    """
    with transaction.atomic():
        found = _held(overpayment_id)
        if found.state != "proposed":
            raise refused(OVERPAYMENT_STATE, state=found.state)
        if not agree:
            found.state, found.proposed_by, found.reason = "open", "", ""
            save_overpaid(found, now)
            return found
        if actor.who == found.proposed_by:
            raise refused(SECOND_PERSON_NEEDED)
        if version is not None and version != found.version:
            raise refused(OVERTAKEN, version=found.version)
        ledger.post(
            recipes.overpaid_written_off(buyer=found.refund.buyer_id, amount_minor=found.amount_minor), recipe="overpaid_written_off",
            subject=found.refund.subject, currency=found.currency, key=f"overpaid:{found.pk}", by=actor.who, now=now,
        )  # fmt: skip
        found.state, found.settled_by, found.settled_at = "written_off", actor.who, now
        save_overpaid(found, now)
        tell_overpaid(REFUND_OVERPAID_SETTLED, found, now)
        audit.note(
            actor, what="overpaid.written_off", subject=found.refund.number, now=now,
            detail=f"{found.amount_minor} {found.currency}: {found.reason}"[:500],
        )  # fmt: skip
        return found


def _held(overpayment_id: int) -> Overpayment:
    """Under its lock, what its refund belongs to first, then the charge, as whoever hears of a payment does.

    Raises Refused OVERPAYMENT_NOT_FOUND.
    """
    subject = Overpayment.objects.filter(pk=overpayment_id).values_list("refund__subject", flat=True).first()
    if subject is None:
        raise refused(OVERPAYMENT_NOT_FOUND)
    hold(subject)
    asked = Overpayment.objects.filter(pk=overpayment_id).values("charge_id")
    list(Charge.objects.select_for_update(no_key=True).filter(pk__in=asked))
    return Overpayment.objects.select_for_update(no_key=True, of=("self",)).select_related("refund").get(pk=overpayment_id)
