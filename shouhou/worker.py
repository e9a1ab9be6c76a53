"""The worker: runs the jobs that were enqueued in domain transactions, and the periodic ones."""

import os
import socket

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from shouhou.ticker import TICKERS, Ticker

HEARTBEAT_SECONDS = 2.0
DEAD_AFTER_SECONDS = 10.0
STOP_SECONDS = 10.0


def run_worker(*, concurrency: int) -> None:
    """Work until told to stop (SIGINT, SIGTERM); jobs that run then get `STOP_SECONDS` to end."""
    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError("the worker needs procrastinate's Django app")
    # A second app on its own asynchronous connections, not `replace_connector`: what a job enqueues must go through
    # Django's connection, in the job's own transaction, and the tasks keep pointing to the Django app.
    worker = app.with_connector(connector.get_worker_connector())
    tickers = [Ticker(place) for place in range(TICKERS)]
    for ticker in tickers:
        ticker.start()
    try:
        worker.run_worker(
            name=f"{socket.gethostname()}:{os.getpid()}",
            concurrency=concurrency,
            fetch_job_polling_interval=1.0,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=DEAD_AFTER_SECONDS,
            shutdown_graceful_timeout=STOP_SECONDS,
            delete_jobs="successful",
        )
    finally:
        for ticker in tickers:
            ticker.stop()
