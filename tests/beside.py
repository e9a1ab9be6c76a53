"""Several people or workers at the same instant, each on a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
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
