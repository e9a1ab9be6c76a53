"""Which policies and claims somebody may see: an insurer its own, a buyer theirs, a shop its own, the house all."""

from django.db.models import QuerySet

from shouhou.foundation.refusals import refused
from shouhou.insurance.models import FreightClaim, Policy
from shouhou.insurance.refusals import CLAIM_NOT_FOUND
from shouhou.plumbing.actor import Actor


def claims_of(actor: Actor) -> QuerySet[FreightClaim]:
    """The claims this actor may see."""
    found = FreightClaim.objects.select_related("policy")
    if actor.role == "consumer":
        found = found.filter(buyer_id=actor.buyer_id or 0)
        return found if actor.order_id is None else found.filter(order_id=actor.order_id)
    if actor.insurer is not None:
        return found.filter(insurer=actor.insurer)
    return found if actor.merchant_id is None else found.filter(merchant_id=actor.merchant_id)


def policies_of(actor: Actor) -> QuerySet[Policy]:
    """The policies this actor may see."""
    found = Policy.objects.all()
    if actor.role == "consumer":
        found = found.filter(buyer_id=actor.buyer_id or 0)
        return found if actor.order_id is None else found.filter(order_id=actor.order_id)
    if actor.insurer is not None:
        return found.filter(insurer=actor.insurer)
    return found if actor.merchant_id is None else found.filter(merchant_id=actor.merchant_id)


def claim_for(actor: Actor, number: str) -> FreightClaim:
    """Raises FREIGHT_CLAIM_NOT_FOUND, also for a stranger."""
    claim = claims_of(actor).filter(number=number.strip().upper()[:20]).first()
    if claim is None:
        raise refused(CLAIM_NOT_FOUND, number=number[:20])
    return claim
