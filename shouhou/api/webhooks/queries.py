"""Reading endpoints and deliveries, within the caller's own shop."""

from datetime import datetime, timedelta

import orjson
from django.db import connection
from django.db.models import Q

from shouhou.api.webhooks.models import Delivery, WebhookEndpoint
from shouhou.api.webhooks.refusals import WEBHOOK_NOT_FOUND
from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.plumbing.actor import Actor

MOST_ENDPOINTS = 50
LATE_AFTER = timedelta(minutes=10)


def endpoint_for(endpoint_id: int, *, actor: Actor, lock: bool = False) -> WebhookEndpoint:
    """The endpoint, if this caller may see it. Raises Refused: WEBHOOK_NOT_FOUND, FORBIDDEN for a buyer."""
    if actor.buyer_id is not None:
        raise refused(FORBIDDEN)
    rows = WebhookEndpoint.objects.select_for_update() if lock else WebhookEndpoint.objects.all()
    if actor.merchant_id is not None:
        rows = rows.filter(merchant_id=actor.merchant_id)
    endpoint = rows.filter(id=endpoint_id).first()
    if endpoint is None:
        raise refused(WEBHOOK_NOT_FOUND, id=endpoint_id)
    return endpoint


def list_endpoints(*, actor: Actor) -> list[dict[str, object]]:
    """The caller's endpoints, the oldest first; never more than MOST_ENDPOINTS per shop."""
    rows = WebhookEndpoint.objects.order_by("id")
    if actor.merchant_id is not None:
        rows = rows.filter(merchant_id=actor.merchant_id)
    return [endpoint_json(endpoint) for endpoint in rows[: MOST_ENDPOINTS * 4]]


def list_deliveries(
    endpoint_id: int, *, actor: Actor, before_seq: int | None, state: str | None, limit: int
) -> tuple[list[dict[str, object]], int | None]:
    """Deliveries of an endpoint, the newest event first, and where the next page begins."""
    rows = Delivery.objects.filter(endpoint=endpoint_for(endpoint_id, actor=actor)).order_by("-seq")
    if before_seq is not None:
        rows = rows.filter(seq__lt=before_seq)
    if state is not None:
        rows = rows.filter(state=state)
    page = list(rows[: limit + 1])
    items = [delivery_json(delivery) for delivery in page[:limit]]
    return items, page[limit - 1].seq if len(page) > limit else None


def stuck_deliveries(now: datetime, *, most: int = 100) -> list[dict[str, object]]:
    """What was given up, and what should have been tried by now and was not; the newest first."""
    late = Q(state="pending") & (Q(next_at__lt=now - LATE_AFTER) | Q(next_at=None, created_at__lt=now - LATE_AFTER))
    rows = Delivery.objects.select_related("endpoint").filter(Q(state="failed") | late).order_by("-id")[:most]
    return [
        {"id": row.id, "url": row.endpoint.url, "active": row.endpoint.active, "seq": row.seq, "state": row.state,
         "attempts": row.attempts, "status": row.last_status, "error": row.last_error, "since": row.created_at}
        for row in rows
    ]  # fmt: skip


def endpoint_json(endpoint: WebhookEndpoint) -> dict[str, object]:
    """Without the secret: it is told once."""
    return {
        "id": endpoint.id, "url": endpoint.url, "events": endpoint.events, "description": endpoint.description,
        "active": endpoint.active, "failing_since": _at(endpoint.failing_since),
        "disabled_reason": endpoint.disabled_reason, "version": endpoint.version,
    }  # fmt: skip


def delivery_json(delivery: Delivery) -> dict[str, object]:
    return {
        "id": f"msg_{delivery.id}", "seq": delivery.seq, "state": delivery.state, "attempts": delivery.attempts,
        "last_status": delivery.last_status, "last_error": delivery.last_error, "last_at": _at(delivery.last_at),
        "next_at": _at(delivery.next_at), "delivered_at": _at(delivery.delivered_at),
    }  # fmt: skip


def payload_of(seq: int) -> str:
    """What an endpoint is sent: the event as in GET /events, with the timestamp Standard Webhooks wants."""
    with connection.cursor() as cursor:
        cursor.execute(EVENT, [seq])
        at, kind, subject, data = cursor.fetchone()
    told = {"seq": seq, "at": at, "type": kind, "timestamp": at, "subject": subject, "data": data}
    return orjson.dumps(told).decode()


def _at(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


EVENT = """
SELECT e.at, e.type, e.subject, e.data::json
FROM plumbing_feedentry f JOIN plumbing_event e ON e.id = f.event_id WHERE f.seq = %s
"""
