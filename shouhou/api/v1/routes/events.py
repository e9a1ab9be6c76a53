"""The ordered feed: who lost a webhook catches up here."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from shouhou.api.v1.answers import listing
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.shapes.common import After, answers
from shouhou.api.v1.shapes.others import EventList
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.feed import FeedEvent, events_after, number_events

router = Router(tags=["events 事件"])


@router.get(
    "", auth=Key("events:read"), response=answers(EventList), operation_id="list_events",
    summary="完整有序的事件流 The complete, ordered feed",
)  # fmt: skip
def events(
    request: HttpRequest,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> HttpResponse:
    """Nothing before a `seq` you were given can still appear. `next` is what to ask `after` with."""
    actor = caller(request).actor
    found = _read(actor, after=after, limit=limit)
    # At the end of the feed: place what has settled since the worker last did, and look once more.
    if len(found) < limit and number_events():
        found = _read(actor, after=after, limit=limit)
    items = [
        {"seq": event.seq, "at": event.at, "type": event.type, "subject": event.subject, "data": event.data}
        for event in found
        if actor.buyer_id is None or not event.data.get("internal")
    ]
    return listing(items, found[-1].seq if found else after)


def _read(actor: Actor, *, after: int, limit: int) -> list[FeedEvent]:
    return events_after(after, limit=limit, merchant_id=actor.merchant_id, buyer_id=actor.buyer_id)
