"""Several people or workers at the same instant, each on a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic, sleep
from typing import Any

from django.db import connection

from shouhou.foundation.refusals import Refused


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each answers, all let go together; a refusal's code is an answer too."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        connection.ensure_connection()
        start.wait()
        try:
            return call()
        except Refused as no:
            return no.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [each.result() for each in [pool.submit(run, call) for call in calls]]


def waits() -> bool:
    """Whether somebody stands before a row that another transaction holds."""
    with connection.cursor() as cursor:
        # Within one transaction the view would show for ever what it showed first.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        return bool(cursor.fetchone()[0])


def wait_for_lock() -> None:
    """Until somebody stands before a row that this transaction holds."""
    until = monotonic() + 60
    while not waits():
        assert monotonic() < until, "nobody waits"
        sleep(0.02)
