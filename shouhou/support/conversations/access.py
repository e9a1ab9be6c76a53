"""The only way from a request to a conversation: what the actor may not see does not exist for them."""

from django.db.models import QuerySet

from shouhou.foundation.refusals import refused
from shouhou.plumbing.actor import Actor
from shouhou.support.conversations.models import Conversation, Said
from shouhou.support.conversations.refusals import TALK_NOT_FOUND
from shouhou.support.conversations.rules.topics import READERS, SHOP_PEOPLE, side_of

NUMBER_MOST = 20


def talks_of(actor: Actor) -> QuerySet[Conversation]:
    """The conversations this person may see: a buyer's own (a guest's about one order), those a shop is in, or the house's."""
    found = Conversation.objects.all()
    if actor.role == "consumer":
        found = found.filter(buyer_id=actor.buyer_id or 0)
        return found if actor.order_id is None else found.filter(order_id=actor.order_id)
    if not admitted(actor):
        return found.none()
    return found if actor.merchant_id is None else found.filter(merchant_id=actor.merchant_id, with_shop=True)


def admitted(actor: Actor) -> bool:
    """Whether this role reads conversations at all."""
    if actor.role == "consumer" or actor.insurer is not None:
        return actor.insurer is None
    return actor.role in SHOP_PEOPLE if actor.merchant_id is not None else actor.role in READERS or actor.role == "shop"


def talk_for(actor: Actor, number: str, *, lock: bool = False) -> Conversation:
    """Raises TALK_NOT_FOUND.

    Locked first and read after: a join made before the wait would not know whom it was given to meanwhile.
    """
    rows = talks_of(actor).filter(number=number[:NUMBER_MOST])
    if lock:
        rows.select_for_update(of=("self",)).values_list("pk").first()
    found = rows.select_related("buyer", "merchant", "order", "case", "assigned_to").first()
    if found is None:
        raise refused(TALK_NOT_FOUND, number=number[:NUMBER_MOST])
    return found


def said_to(actor: Actor) -> QuerySet[Said]:
    """Of everything said, what this person may read: consumers never a note, shops never one of the house."""
    side = side_of(actor.role, shop=actor.merchant_id is not None)
    audiences = {"consumer": ("all",), "shop": ("all", "staff")}.get(side, ("all", "staff", "house"))
    return Said.objects.filter(audience__in=audiences)
