"""Endpoints are made and changed here; events are fanned out, delivered, given up, replayed."""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from procrastinate.contrib.django import app
from procrastinate.types import JSONDict

from shouhou.api.webhooks.events import WEBHOOK_DISABLED
from shouhou.api.webhooks.models import Delivery, WebhookEndpoint
from shouhou.api.webhooks.post import Outcome, post, signed_headers
from shouhou.api.webhooks.queries import MOST_ENDPOINTS, endpoint_for, endpoint_json, payload_of
from shouhou.api.webhooks.refusals import WEBHOOK_EVENTS, WEBHOOK_INACTIVE, WEBHOOK_NOT_FOUND, WEBHOOK_TOO_MANY
from shouhou.api.webhooks.rules import ALL_EVENTS, check_url, hears
from shouhou.foundation.refusals import FORBIDDEN, OVERTAKEN, refused
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import EVENT_TYPES, publish
from shouhou.plumbing.feed import FeedEvent, events_after

# The job is named, not imported: it calls `attempt` below.
DELIVER = "shouhou.api.tasks.deliver"
QUEUE = "webhooks"
MOST_ATTEMPTS = 11
# 3, 9, 27 … seconds: the last of the retries comes a day after the first attempt.
BACKOFF_BASE_SECONDS = 3
DISABLE_AFTER = timedelta(days=3)
GONE = 410
REPLAY_MOST = 1000
MAY_REDELIVER = ("operations", "supervisor")


def create_endpoint(
    *, url: str, events: Sequence[str], description: str, actor: Actor, client: str
) -> dict[str, object]:
    """A new endpoint; its secret is told this once. Raises Refused: WEBHOOK_URL, WEBHOOK_EVENTS, WEBHOOK_TOO_MANY."""
    with transaction.atomic():
        if WebhookEndpoint.objects.filter(merchant_id=actor.merchant_id).count() >= MOST_ENDPOINTS:
            raise refused(WEBHOOK_TOO_MANY, most=MOST_ENDPOINTS)
        endpoint = WebhookEndpoint.objects.create(
            client=client, merchant_id=actor.merchant_id, url=check_url(url, private_allowed=private_allowed()),
            events=_known(events), description=description, secret=_new_secret(),
        )  # fmt: skip
        return {**endpoint_json(endpoint), "secret": endpoint.secret}


def change_endpoint(
    endpoint_id: int, *, actor: Actor, version: int | None, url: str | None = None, events: Sequence[str] | None = None,
    description: str | None = None, active: bool | None = None, new_secret: bool = False,
) -> dict[str, object]:  # fmt: skip
    """Change what is given; switching on forgets past failures. Raises Refused: WEBHOOK_NOT_FOUND, OVERTAKEN, …"""
    with transaction.atomic():
        endpoint = endpoint_for(endpoint_id, actor=actor, lock=True)
        if version is not None and version != endpoint.version:
            raise refused(OVERTAKEN, version=endpoint.version)
        if url is not None:
            endpoint.url = check_url(url, private_allowed=private_allowed())
        if events is not None:
            endpoint.events = _known(events)
        if description is not None:
            endpoint.description = description
        if active is not None:
            endpoint.active = active
            if active:
                endpoint.failing_since, endpoint.disabled_reason = None, ""
        if new_secret:
            endpoint.secret = _new_secret()
        endpoint.version += 1
        endpoint.save()
        told = endpoint_json(endpoint)
        return {**told, "secret": endpoint.secret} if new_secret else told


def remove_endpoint(endpoint_id: int, *, actor: Actor) -> None:
    """Forget an endpoint and its deliveries. Raises Refused(WEBHOOK_NOT_FOUND)."""
    with transaction.atomic():
        endpoint_for(endpoint_id, actor=actor, lock=True).delete()


def fan_out(event: FeedEvent) -> None:
    """One delivery per endpoint that hears the event, and its job, in the dispatcher's transaction."""
    from_house = WebhookEndpoint.objects.filter(active=True).only("id", "merchant_id", "events")
    hearing = [
        endpoint.id for endpoint in from_house
        if endpoint.merchant_id in (None, event.merchant_id) and hears(endpoint.events, event.type)
    ]  # fmt: skip
    if hearing:
        _enqueue([(endpoint_id, event.seq) for endpoint_id in hearing])


def replay(endpoint_id: int, *, after: int, actor: Actor) -> dict[str, object]:
    """Deliver again what came after `after`, at most a thousand events at a time; `next` goes on from there.

    Raises Refused: WEBHOOK_NOT_FOUND, WEBHOOK_INACTIVE.
    """
    with transaction.atomic():
        endpoint = endpoint_for(endpoint_id, actor=actor, lock=True)
        if not endpoint.active:
            raise refused(WEBHOOK_INACTIVE)
        found = events_after(after, limit=REPLAY_MOST, merchant_id=endpoint.merchant_id)
        wanted = [(endpoint.id, event.seq) for event in found if hears(endpoint.events, event.type)]
        queued = _enqueue(wanted) if wanted else 0
    return {"queued": queued, "next": found[-1].seq if len(found) == REPLAY_MOST else None}


def redeliver(delivery_id: int, *, actor: Actor, now: datetime) -> None:
    """Deliver one event again that was given up. Raises Refused FORBIDDEN, WEBHOOK_NOT_FOUND, WEBHOOK_INACTIVE, OVERTAKEN."""
    if actor.role not in MAY_REDELIVER or actor.merchant_id is not None:
        raise refused(FORBIDDEN)
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().select_related("endpoint").filter(id=delivery_id).first()
        if delivery is None:
            raise refused(WEBHOOK_NOT_FOUND, id=delivery_id)
        if not delivery.endpoint.active:
            raise refused(WEBHOOK_INACTIVE)
        if delivery.state != "failed":
            raise refused(OVERTAKEN, version=delivery.attempts)
        _enqueue([(delivery.endpoint_id, delivery.seq)])
        audit.note(actor, what="webhook.redelivered", subject=delivery.endpoint.url, detail=f"msg_{delivery.id}", now=now)


def attempt(delivery_id: int, *, attempts: int, now: datetime, signed_at: datetime) -> None:
    """Try a delivery once, for the `attempts`-th time; a job that was overtaken does nothing."""
    delivery = Delivery.objects.select_related("endpoint").filter(id=delivery_id).first()
    if delivery is None or delivery.state != "pending" or delivery.attempts != attempts:
        return
    endpoint = delivery.endpoint
    if endpoint.active:
        body = payload_of(delivery.seq)
        headers = signed_headers(endpoint.secret, message_id=f"msg_{delivery.id}", body=body, signed_at=signed_at)
        outcome = post(
            endpoint.url, body=body, headers=headers, private_allowed=private_allowed(),
            deadline_seconds=settings.WEBHOOK_SECONDS,
        )  # fmt: skip
    else:
        outcome = Outcome(None, "the endpoint is switched off")
    with transaction.atomic():
        _record(delivery, outcome, now=now)


def private_allowed() -> bool:
    """May webhooks reach private addresses? Only where the installation says so (tests, demo, one's own intranet)."""
    return bool(settings.WEBHOOKS_PRIVATE)


def _record(delivery: Delivery, outcome: Outcome, *, now: datetime) -> None:
    """Write what came of an attempt; the next one is a job in the same transaction."""
    done = delivery.attempts + 1
    given_up = not outcome.taken and (done >= MOST_ATTEMPTS or not delivery.endpoint.active or outcome.status == GONE)
    wait = timedelta(seconds=BACKOFF_BASE_SECONDS**done)
    changed = Delivery.objects.filter(id=delivery.id, state="pending", attempts=delivery.attempts).update(
        state="delivered" if outcome.taken else "failed" if given_up else "pending",
        attempts=F("attempts") + 1, last_status=outcome.status, last_error=outcome.error, last_at=now,
        delivered_at=now if outcome.taken else None, next_at=None if outcome.taken or given_up else now + wait,
    )  # fmt: skip
    if not changed:
        return
    _judge(delivery.endpoint_id, outcome, now=now)
    if not outcome.taken and not given_up:
        later = {"seconds": int(wait.total_seconds())}
        app.configure_task(DELIVER, schedule_in=later, queue=QUEUE).defer(delivery_id=delivery.id, attempts=done)


def _judge(endpoint_id: int, outcome: Outcome, *, now: datetime) -> None:
    """An endpoint that fails for days, or says that it is gone, is switched off, and that is an event."""
    endpoint = WebhookEndpoint.objects.select_for_update().filter(id=endpoint_id, active=True).first()
    if endpoint is None:
        return
    if outcome.taken:
        if endpoint.failing_since is not None:
            WebhookEndpoint.objects.filter(id=endpoint_id).update(failing_since=None)
        return
    since = endpoint.failing_since or now
    reason = "gone" if outcome.status == GONE else "failing" if now - since >= DISABLE_AFTER else ""
    WebhookEndpoint.objects.filter(id=endpoint_id).update(
        failing_since=since, active=not reason, disabled_reason=reason
    )
    if reason:
        data = {"endpoint": endpoint.id, "url": endpoint.url, "since": since.isoformat(), "reason": reason}
        publish(WEBHOOK_DISABLED, subject=f"webhook:{endpoint.id}", now=now, data=data, merchant_id=endpoint.merchant_id)


def _enqueue(wanted: Sequence[tuple[int, int]]) -> int:
    """Rows for (endpoint, seq), new or pending again, and a job for each."""
    with connection.cursor() as cursor:
        cursor.execute(ENQUEUE, [[endpoint for endpoint, _ in wanted], [seq for _, seq in wanted]])
        rows = cursor.fetchall()
    if rows:
        jobs: list[JSONDict] = [{"delivery_id": row[0], "attempts": 0} for row in rows]
        app.configure_task(DELIVER, queue=QUEUE).batch_defer(*jobs)
    return len(rows)


def _known(events: Sequence[str]) -> list[str]:
    families = {f"{name.split('.')[0]}.*" for name in EVENT_TYPES}
    for event in events:
        if event != ALL_EVENTS and event not in EVENT_TYPES and event not in families:
            raise refused(WEBHOOK_EVENTS, event=event)
    return sorted(set(events))


def _new_secret() -> str:
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


ENQUEUE = """
INSERT INTO api_delivery (endpoint_id, seq, state, attempts, last_error, next_at)
SELECT endpoint, seq, 'pending', 0, '', NULL FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (endpoint, seq)
ON CONFLICT (endpoint_id, seq) DO UPDATE SET state = 'pending', attempts = 0, next_at = NULL
RETURNING id
"""
