"""What every step of a claim does: lock, write the row, keep the entry, tell."""

from datetime import datetime
from typing import Any

from shouhou.foundation.refusals import refused
from shouhou.insurance.access import claims_of
from shouhou.insurance.models import ClaimEntry, FreightClaim
from shouhou.insurance.ports import hold
from shouhou.insurance.refusals import CLAIM_NOT_FOUND
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import EventType, publish


def locked(number: str, *, actor: Actor) -> FreightClaim:
    """The claim under its lock, its case locked before it. Raises FREIGHT_CLAIM_NOT_FOUND, also for a stranger."""
    number = number.strip().upper()[:20]
    subject = claims_of(actor).filter(number=number).values_list("subject", flat=True).first()
    if subject is None:
        raise refused(CLAIM_NOT_FOUND, number=number)
    hold(subject)
    return FreightClaim.objects.select_for_update(of=("self",)).select_related("policy").get(number=number)


def step(claim: FreightClaim, name: str, *, actor: Actor, now: datetime, data: dict[str, Any], **changes: Any) -> None:
    """Write the changes and the entry that says who made them."""
    for field, value in changes.items():
        setattr(claim, field, value)
    claim.version, claim.updated_at = claim.version + 1, now
    claim.save(update_fields=[*changes, "version", "updated_at"])
    note(claim, name, actor=actor, now=now, data=data)


def note(claim: FreightClaim, name: str, *, actor: Actor, now: datetime, data: dict[str, Any]) -> None:
    ClaimEntry.objects.create(claim=claim, step=name, role=actor.role, who=actor.who, name=actor.name[:120], data=data, at=now)


def tell(what: EventType, claim: FreightClaim, *, now: datetime, **more: object) -> None:
    data = {
        "claim": claim.number, "policy": claim.policy.number, "insurer": claim.insurer, "order": claim.policy.order_number,
        "amount_minor": claim.claimed_minor, "currency": claim.currency, "due_at": claim.due_at.isoformat(), "state": claim.state, **more,
    }  # fmt: skip
    publish(what, subject=claim.subject, now=now, data=data, merchant_id=claim.merchant_id, buyer_id=claim.buyer_id)
