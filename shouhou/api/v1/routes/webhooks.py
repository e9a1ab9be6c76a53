"""Webhook endpoints: made, changed, removed, replayed."""

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from shouhou.api.v1.answers import answer, listing, version_asked
from shouhou.api.v1.auth import Caller, Key, caller
from shouhou.api.v1.idempotency import once
from shouhou.api.v1.shapes.common import BIGGEST, After, PageSize, answers
from shouhou.api.v1.shapes.others import (
    DeliveryList,
    ReplayShape,
    WebhookChange,
    WebhookInput,
    WebhookList,
    WebhookMade,
    WebhookShape,
)
from shouhou.api.webhooks import actions, queries

router = Router(tags=["webhooks"])
Id = Annotated[int, Path(ge=1, le=BIGGEST)]


@router.post(
    "", auth=Key("webhooks"), response=answers(WebhookMade, status=201, errors=(409,)), operation_id="create_webhook",
    summary="新建 webhook（密钥仅此一次返回）A new endpoint; its secret is told this once",
)  # fmt: skip
def create(request: HttpRequest, wish: WebhookInput) -> HttpResponse:
    """Deliveries are signed by Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature)."""
    found: Caller = caller(request)

    def act() -> object:
        return actions.create_endpoint(
            url=wish.url, events=wish.events, description=wish.description, actor=found.actor, client=found.client
        )

    return once(request, act, status=201)


@router.get(
    "", auth=Key("webhooks"), response=answers(WebhookList), operation_id="list_webhooks", summary="webhook 列表 Endpoints"
)
def endpoints(request: HttpRequest) -> HttpResponse:
    """All that this key may see; never so many that they need pages."""
    return listing(queries.list_endpoints(actor=caller(request).actor), None)


@router.get(
    "/{id}", auth=Key("webhooks"), response=answers(WebhookShape, errors=(404,)), operation_id="get_webhook",
    summary="查看 webhook One endpoint",
)  # fmt: skip
def endpoint(request: HttpRequest, id: Id) -> HttpResponse:  # noqa: A002
    """Without its secret."""
    return answer(queries.endpoint_json(queries.endpoint_for(id, actor=caller(request).actor)))


@router.patch(
    "/{id}", auth=Key("webhooks"), response=answers(WebhookShape, errors=(404, 409)), operation_id="change_webhook",
    summary="修改、启停、更换密钥 Change, switch on or off, new secret",
)  # fmt: skip
def change(request: HttpRequest, id: Id, wish: WebhookChange) -> HttpResponse:  # noqa: A002
    """What is given is changed; switching on forgets past failures."""
    told = actions.change_endpoint(
        id, actor=caller(request).actor, version=version_asked(request, wish.version), url=wish.url, events=wish.events,
        description=wish.description, active=wish.active, new_secret=wish.new_secret,
    )  # fmt: skip
    return answer(told)


@router.delete(
    "/{id}", auth=Key("webhooks"), response=answers(None, status=204, errors=(404,)), operation_id="remove_webhook",
    summary="删除 webhook Remove an endpoint",
)  # fmt: skip
def remove(request: HttpRequest, id: Id) -> HttpResponse:  # noqa: A002
    """With its deliveries."""
    actions.remove_endpoint(id, actor=caller(request).actor)
    return HttpResponse(status=204)


@router.post(
    "/{id}/replay", auth=Key("webhooks"), response=answers(ReplayShape, status=202, errors=(404, 409)),
    operation_id="replay_webhook", summary="从某一序号起补发 Deliver again from a place in the feed",
)  # fmt: skip
def replay(
    request: HttpRequest, id: Id, after: After  # noqa: A002
) -> HttpResponse:
    """Under the same message ids, so that a receiver knows what it has seen."""
    actor = caller(request).actor
    return once(request, lambda: actions.replay(id, after=after, actor=actor), status=202)


@router.get(
    "/{id}/deliveries", auth=Key("webhooks"), response=answers(DeliveryList, errors=(404,)),
    operation_id="list_deliveries", summary="投递记录 Deliveries, the newest first",
)  # fmt: skip
def deliveries(
    request: HttpRequest,
    id: Id,  # noqa: A002
    state: Annotated[Literal["pending", "delivered", "failed"] | None, Query()] = None,
    cursor: Annotated[int | None, Query(ge=0, le=BIGGEST, description="`next` of the page before")] = None,
    limit: PageSize = 50,
) -> HttpResponse:
    """What was sent when, how often, and what the receiver said."""
    items, after = queries.list_deliveries(
        id, actor=caller(request).actor, before_seq=cursor, state=state, limit=limit
    )
    return listing(items, after)
