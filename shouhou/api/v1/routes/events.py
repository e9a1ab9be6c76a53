"""The ordered feed: who lost a webhook catches up here."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from shouhou.api.v1.answers import JSON
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.shapes.common import After, answers
from shouhou.api.v1.shapes.others import EventList
from shouhou.plumbing.feed import feed_page, number_events

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
    found = feed_page(after, limit=limit, merchant_id=actor.merchant_id, buyer_id=actor.buyer_id)
    # At the end of the feed: place what has settled since the worker last did, and look once more.
    if len(found) < limit and number_events():
        found = feed_page(after, limit=limit, merchant_id=actor.merchant_id, buyer_id=actor.buyer_id)
    items = ",".join(text for _, text in found)
    body = f'{{"items":[{items}],"next":{found[-1][0] if found else after}}}'
    return HttpResponse(body.encode(), content_type=JSON)
