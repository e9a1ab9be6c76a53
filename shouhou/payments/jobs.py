"""Enqueuing what leaves the building: in the transaction that decided it, one job at a time for one part or charge."""

from procrastinate.contrib.django import app

SEND_PART = "payments.send_part"
SPEAK_CHARGE = "payments.speak_charge"
QUEUE = "payments"


def enqueue_part(part_id: int, *, priority: int = 0) -> None:
    """The lock keeps two workers from speaking to a channel about one part at the same time; a higher priority goes first."""
    app.configure_task(SEND_PART, queue=QUEUE, lock=f"refund-part:{part_id}", priority=priority).defer(part_id=part_id)


def enqueue_charge(charge_id: int) -> None:
    """The same for a charge: make it out, ask about it, or close it, whatever is needed when the job runs."""
    app.configure_task(SPEAK_CHARGE, queue=QUEUE, lock=f"charge:{charge_id}").defer(charge_id=charge_id)
