"""Tells the floors above of every event in the order of the feed, once, by jobs they enqueue in this transaction."""

import logging
from collections.abc import Callable

from django.db import connection, transaction

from shouhou.plumbing.feed import FeedEvent, events_after, number_events

Dispatcher = Callable[[FeedEvent], None]
# wiring.py fills it: notifications, webhooks. A dispatcher only writes rows and enqueues jobs.
DISPATCHERS: list[Dispatcher] = []
BATCH = 200
logger = logging.getLogger(__name__)


def dispatches(dispatcher: Dispatcher) -> None:
    """Register a dispatcher, once."""
    if dispatcher not in DISPATCHERS:
        DISPATCHERS.append(dispatcher)


def dispatch_new_events() -> int:
    """Number what is new and tell every dispatcher of the next events; returns how many. Safe anywhere, any time, at once.

    The place in the feed moves in the transaction in which the jobs are written: killed in between, nothing is lost and
    nothing is told twice. Another process that is dispatching right now makes this one return 0.
    """
    number_events()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BEGIN)
        cursor.execute(CLAIM)
        row = cursor.fetchone()
        if row is None:
            return 0
        events = events_after(row[0], limit=BATCH)
        for event in events:
            for dispatcher in DISPATCHERS:
                _tell(dispatcher, event)
        if events:
            cursor.execute(MOVE, [events[-1].seq])
    return len(events)


def _tell(dispatcher: Dispatcher, event: FeedEvent) -> None:
    """One dispatcher that fails on one event must not hold back all the others for ever: it is logged as an error."""
    try:
        with transaction.atomic():
            dispatcher(event)
    except Exception:
        # The connection being gone fails the whole batch at the next statement, which then is told again.
        logger.exception("event %s (%s) could not be dispatched by %s", event.seq, event.type, dispatcher)


BEGIN = "INSERT INTO plumbing_feedhorizon (id, tx, dispatched_seq) VALUES (1, 0, 0) ON CONFLICT (id) DO NOTHING"
CLAIM = "SELECT dispatched_seq FROM plumbing_feedhorizon WHERE id = 1 FOR UPDATE SKIP LOCKED"
MOVE = "UPDATE plumbing_feedhorizon SET dispatched_seq = %s WHERE id = 1"
