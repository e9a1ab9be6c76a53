"""The builders of this room's stories."""

from typing import Any

from shouhou.plumbing.feed import FeedEvent
from shouhou.plumbing.models import Event
from shouhou.sla.actions.capture import on_event
from tests.world import QUALITY, World


def told() -> None:
    """As the feed does: everything that happened is told, in its order; once more does no harm."""
    for seq, row in enumerate(Event.objects.order_by("id"), start=1):
        on_event(FeedEvent(seq, row.at, row.type, row.subject, row.merchant_id, row.buyer_id, row.data))


def applied(world: World, **channel: Any) -> str:
    """A fault claimed, with the evidence asked for."""
    number: str = world.apply(world.order(**channel), **QUALITY)["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="如图")
    return number


def reviewed_late(world: World, **channel: Any) -> str:
    """A fault claimed that nobody reviews for 49 hours."""
    number = applied(world, **channel)
    world.later(hours=49).ring()
    return number
