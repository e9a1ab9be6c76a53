"""What is said about a conversation that nobody reads: to its buyer, or to whoever should answer."""

from datetime import datetime

from django.conf import settings

from shouhou.accounts.models import User
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.feed import FeedEvent
from shouhou.policy.queries import calendar_now
from shouhou.support.conversations.access import said_to
from shouhou.support.conversations.duty import shifts_of
from shouhou.support.conversations.models import Conversation
from shouhou.support.conversations.rules.rota import on_duty

TEXT_MOST, STAFF_MOST = 300, 20
SELLERS = ("merchant_manager", "merchant_operator")


def talk_of(event: FeedEvent) -> Conversation | None:
    """The conversation an event is about."""
    return Conversation.objects.select_related("buyer", "merchant", "order", "case").filter(number=event.subject).first()


def answerers(talk: Conversation, *, now: datetime) -> list[User]:
    """Whoever holds it; else whoever is on duty for it; else the shop's people, or the house's supervisors."""
    people = User.objects.filter(is_active=True).order_by("id")
    if talk.assigned_to_id is not None:
        return list(people.filter(pk=talk.assigned_to_id))
    shop = talk.merchant_id if talk.desk == "shop" else None
    here = on_duty(shifts_of(shop, now=now), skill=talk.skill, calendar=calendar_now(), now=now)
    if found := list(people.filter(pk__in=here)[:STAFF_MOST]):
        return found
    if talk.desk == "shop" and talk.merchant is not None:
        return list(people.filter(role__in=SELLERS, organisation=talk.merchant.organisation_id or 0)[:STAFF_MOST])
    return list(people.filter(role="supervisor").exclude(organisation__kind="merchant")[:STAFF_MOST])


def facts_of_talk(event: FeedEvent, talk: Conversation, *, staff: bool) -> dict[str, str]:
    """All facts; the words are the last that the other side said to everybody."""
    reader = Actor(role="consumer", who=f"buyer:{talk.buyer_id}", buyer_id=talk.buyer_id)
    said = said_to(reader).filter(conversation=talk, kind="message")
    said = said.filter(side="consumer") if staff else said.exclude(side="consumer")
    last = said.order_by("-id").values_list("text", flat=True).first() or talk.title
    return {
        "talk": talk.number, "title": talk.title,
        "shop": talk.merchant.name if talk.merchant and talk.with_shop else "",
        "text": last if len(last) <= TEXT_MOST else f"{last[: TEXT_MOST - 1]}…", "minutes": str(event.data.get("minutes") or ""),
        "link": f"{settings.BASE_URL}/{'staff/' if staff else ''}talks/{talk.number}/",
    }  # fmt: skip
