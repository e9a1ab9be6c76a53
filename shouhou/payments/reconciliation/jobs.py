"""Enqueuing reconciliation's own jobs, in the transaction that decided it."""

from datetime import date

from procrastinate.contrib.django import app

from shouhou.payments.jobs import QUEUE

ASK, MATCH, FETCH = "payments.ask_difference", "payments.match_statement", "payments.fetch_statement"


def enqueue_asking(difference_id: int) -> None:
    app.configure_task(ASK, queue=QUEUE, lock=f"difference:{difference_id}").defer(difference_id=difference_id)


def enqueue_matching(statement_id: int) -> None:
    app.configure_task(MATCH, queue=QUEUE, lock=f"statement:{statement_id}").defer(statement_id=statement_id)


def enqueue_fetching(channel: str, day: date) -> None:
    app.configure_task(FETCH, queue=QUEUE, lock=fetching_lock(channel, day)).defer(channel=channel, day=day.isoformat())


def fetching_lock(channel: str, day: date) -> str:
    """Which jobs ask for the same statement."""
    return f"statement:{channel}:{day}"
