"""Asking a channel for the statement of a day: what became of it is kept, so that a channel that tells none is seen."""

from datetime import date, datetime
from typing import Literal

from django.db import connection, transaction

from shouhou.foundation.refusals import refused
from shouhou.payments.channels.registry import STATEMENT_CHANNELS
from shouhou.payments.models import StatementFetch
from shouhou.payments.reconciliation.jobs import enqueue_fetching, fetching_lock
from shouhou.payments.reconciliation.queries import troubled
from shouhou.payments.reconciliation.refusals import STATEMENT_CHANNEL

Outcome = Literal["taken", "none", "silent", "down", "unreadable"]


def keep_fetch(channel: str, day: date, outcome: Outcome, *, detail: str = "", now: datetime) -> None:
    """One more try of a day; the last one's outcome stands."""
    with transaction.atomic():
        found, _ = StatementFetch.objects.select_for_update(no_key=True).get_or_create(
            channel=channel, day=day, defaults={"outcome": outcome, "first_at": now, "last_at": now}
        )
        found.outcome, found.detail, found.tries, found.last_at = outcome, detail[:300], found.tries + 1, now
        found.save(update_fields=["outcome", "detail", "tries", "last_at"])


def want_fetch(channel: str, day: date) -> bool:
    """Enqueue it, unless a job is about it already; answers whether it did."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Two who want it at once want it once.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('statement_fetch'), hashtext(%s))", [f"{channel}:{day}"])
        cursor.execute(WAITING, [fetching_lock(channel, day)])
        if cursor.fetchone():
            return False
        enqueue_fetching(channel, day)
        return True


def ask_fetch(channel: str, day: date) -> bool:
    """A person wants a day's statement that could not be had to be asked for now. Raises Refused STATEMENT_CHANNEL for one
    that nobody lacks."""
    if not troubled().filter(channel=channel, day=day).exists():
        raise refused(STATEMENT_CHANNEL, channel=channel[:40], known=", ".join(sorted(STATEMENT_CHANNELS)))
    with transaction.atomic(), connection.cursor() as cursor:
        # One that waits for its turn comes now.
        cursor.execute(SOONER, [fetching_lock(channel, day)])
    return want_fetch(channel, day)


SOONER = "UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo' AND lock = %s"
WAITING = "SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND lock = %s LIMIT 1"
