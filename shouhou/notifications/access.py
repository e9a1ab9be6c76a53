"""Whose wishes and whose deliveries a caller may see: one's own, a shop system's buyers, the house's all."""

from django.db.models import QuerySet

from shouhou.accounts.models import Buyer
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, FieldError, refused
from shouhou.notifications.models import Notice
from shouhou.notifications.queries import outward
from shouhou.plumbing.actor import Actor

OVERSEERS = frozenset({"operations", "supervisor", "auditor"})


def buyer_for(actor: Actor, external_id: str) -> int:
    """The buyer whose notices are meant: a consumer's own, or the one the house's own shop system names.

    Raises FORBIDDEN, and NOT_FOUND also for a buyer who was erased.
    """
    if actor.role == "consumer" and actor.buyer_id is not None:
        return actor.buyer_id
    if actor.role != "shop" or actor.merchant_id is not None:
        raise refused(FORBIDDEN)
    found = Buyer.objects.filter(external_id=external_id, erased_at=None).values_list("pk", flat=True).first() if external_id else None
    if found is None:
        raise refused(NOT_FOUND, FieldError("buyer", "没有这位消费者。", "There is no such buyer."))
    return int(found)


def deliveries_for(actor: Actor) -> QuerySet[Notice]:
    """What left the house, the newest first: for those who oversee the whole house. Raises FORBIDDEN."""
    if actor.role not in OVERSEERS or actor.merchant_id is not None or actor.buyer_id is not None:
        raise refused(FORBIDDEN)
    return outward()


def delivery_for(actor: Actor, number: int) -> Notice:
    """One of them. Raises FORBIDDEN, NOT_FOUND."""
    found = deliveries_for(actor).filter(pk=number).first()
    if found is None:
        raise refused(NOT_FOUND)
    return found
