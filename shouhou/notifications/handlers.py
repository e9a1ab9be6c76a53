"""What notifications hear: the feed, in its order; composing and sending are jobs."""

from procrastinate.contrib.django import app

from shouhou.notifications.actions import QUEUE
from shouhou.notifications.choose import OF_PLANS, OF_TALKS, TO_PERSON, for_buyer, for_money, for_staff
from shouhou.plumbing.feed import FeedEvent


def on_event(event: FeedEvent) -> None:
    """Enqueue what has something to say, in the transaction that moves the place in the feed."""
    beside_cases = event.type in OF_TALKS or event.type in OF_PLANS or event.type in TO_PERSON
    if beside_cases or for_money(event.type) or for_buyer(event.type, event.data) or for_staff(event.type, event.data):
        app.configure_task("notifications.notify", queue=QUEUE).defer(event_seq=event.seq)
