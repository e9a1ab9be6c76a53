"""The jobs of payments: sending a part to its channel, and asking about those that nothing is heard of."""

from procrastinate.contrib.django import app

from shouhou.payments.actions.charge_sending import begin_charge, exchange_charge, finish_charge, take_up_charges
from shouhou.payments.actions.sending import begin, exchange, finish, take_up_forgotten
from shouhou.payments.jobs import QUEUE, SEND_PART, SPEAK_CHARGE
from shouhou.payments.reconciliation import tasks as reconciliation_tasks
from shouhou.plumbing import clock
from shouhou.plumbing.jobs import OUTWARD

__all__ = ["reconciliation_tasks"]


class NotFinal(Exception):
    """The channel has not said its last word; the job is tried again, with the same key."""


@app.task(name=SEND_PART, queue=QUEUE, retry=OUTWARD)
def send_part(*, part_id: int) -> None:
    """Three steps: what we are about to do is committed, the call is made outside any transaction, its outcome kept."""
    step = begin(part_id, now=clock.now())
    if step is None:
        return
    started_at = clock.now()
    heard = exchange(step)
    if not finish(step, heard, started_at=started_at, now=clock.now()):
        raise NotFinal(f"part {part_id}: {heard.outcome}")


@app.task(name=SPEAK_CHARGE, queue=QUEUE, retry=OUTWARD)
def speak_charge(*, charge_id: int) -> None:
    """Make a payment out, ask about it or close it, in the same three steps."""
    step = begin_charge(charge_id, now=clock.now())
    if step is None:
        return
    started_at = clock.now()
    heard = exchange_charge(step)
    if not finish_charge(step, heard, started_at=started_at, now=clock.now()):
        raise NotFinal(f"charge {charge_id}: {heard.outcome}")


@app.periodic(cron="* * * * * */20")
@app.task(name="payments.reconcile", queue=QUEUE, queueing_lock="payments.reconcile", pass_context=False)
def reconcile(timestamp: int) -> None:
    """Every open part and charge that no job is about any more gets one."""
    take_up_forgotten(now=clock.now())
    take_up_charges(now=clock.now())
