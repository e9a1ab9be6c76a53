"""Enqueuing what leaves the building: in the transaction that decided it, one job at a time for one part."""

from procrastinate.contrib.django import app

SEND_PART = "payments.send_part"
QUEUE = "payments"


def enqueue_part(part_id: int) -> None:
    """The lock keeps two workers from speaking to a channel about one part at the same time."""
    app.configure_task(SEND_PART, queue=QUEUE, lock=f"refund-part:{part_id}").defer(part_id=part_id)
