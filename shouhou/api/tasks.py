"""The API's jobs: delivering webhooks."""

from procrastinate.contrib.django import app

from shouhou.api.webhooks.actions import QUEUE, attempt
from shouhou.plumbing.clock import now, shift


@app.task(queue=QUEUE)
def deliver(delivery_id: int, attempts: int) -> None:
    """Try once; a failed try enqueues the next itself. The signature carries the true time, whatever the demo's is."""
    attempt(delivery_id, attempts=attempts, now=now(), signed_at=now() - shift())
