"""The worker's other half: every half second the feed is told, and limits that are due are worked off."""

import logging
import os
import socket
import threading

from django.db import InterfaceError, OperationalError, close_old_connections, connection

from shouhou.cases.due import remind, work_off_due
from shouhou.insurance.actions import remind_insurers, work_off_overdue
from shouhou.plumbing.clock import now
from shouhou.plumbing.dispatch import dispatch_new_events
from shouhou.plumbing.models import Heartbeat

log = logging.getLogger(__name__)
TICK_SECONDS = 0.5
TROUBLE_SECONDS = 3.0
HEARTBEAT_TICKS = 10
TICKERS = 3


class Ticker(threading.Thread):
    """Ticks until stopped; what fails is logged and tried again at the next tick, and loses nothing.

    A worker has several: limits are claimed one by one, so that they help each other and never do a thing twice.
    """

    def __init__(self, place: int = 0) -> None:
        super().__init__(name=f"ticker-{place}", daemon=True)
        self.stopping = threading.Event()

    def run(self) -> None:
        count = 0
        while not self.stopping.is_set():
            pause = TICK_SECONDS
            try:
                if count % HEARTBEAT_TICKS == 0:
                    beat()
                # As long as there is work it goes on at once; otherwise it rests.
                if tick():
                    pause = 0.0
            except (OperationalError, InterfaceError) as error:
                log.warning("the ticker lost the database: %s", error)
                close_old_connections()
                connection.close()
                pause = TROUBLE_SECONDS
            except Exception:
                log.exception("a tick failed")
                pause = TROUBLE_SECONDS
            count += 1
            self.stopping.wait(pause)
        connection.close()

    def stop(self) -> None:
        self.stopping.set()
        self.join(timeout=10)


def tick() -> int:
    """One round: events told, limits worked off, reminders given; returns how much there was to do."""
    at = now()
    return dispatch_new_events() + work_off_due(now=at) + remind(now=at) + work_off_overdue(now=at) + remind_insurers(now=at)


def beat() -> None:
    """Say that this worker lives (the doctor listens)."""
    Heartbeat.objects.update_or_create(
        name=f"worker:{socket.gethostname()}:{os.getpid()}", defaults={"kind": "worker", "at": now()}
    )
