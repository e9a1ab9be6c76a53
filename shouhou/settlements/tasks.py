"""The jobs of merchants' money: paying, announcing what was advanced, the month's batch and run."""

from procrastinate.contrib.django import app

from shouhou.plumbing import clock
from shouhou.plumbing.jobs import OUTWARD
from shouhou.settlements.actions import (
    announce_recharges,
    begin_payout,
    book_recharges,
    claim_penalties,
    exchange_payout,
    finish_payout,
    prepare_all,
    take_up_payouts,
    watch_appeals,
    watch_sales,
)
from shouhou.settlements.actions.paying import QUEUE, SEND_PAYOUT


class NotFinal(Exception):
    """The bank has not said its last word; the job is tried again, with the same key."""


@app.task(name=SEND_PAYOUT, queue=QUEUE, retry=OUTWARD)
def send_payout(*, payout_id: int) -> None:
    """Three steps: what we are about to do is committed, the call is made outside any transaction, its outcome kept."""
    step = begin_payout(payout_id, now=clock.now())
    if step is None:
        return
    heard = exchange_payout(step)
    if not finish_payout(step, heard, now=clock.now()):
        raise NotFinal(f"payout {payout_id}: {heard[2] or 'in process'}")


@app.periodic(cron="*/2 * * * *")
@app.task(name="settlements.watch", queue=QUEUE, queueing_lock="settlements.watch", pass_context=False)
def watch(timestamp: int) -> None:
    """What was advanced is announced, penalties are claimed, late appeals told, disputes hold and release, quiet payouts asked about."""
    now = clock.now()
    announce_recharges(now=now)
    claim_penalties(now=now)
    watch_appeals(now=now)
    watch_sales(now=now)
    take_up_payouts(now=now)


@app.periodic(cron="30 3 1 * *")
@app.task(name="settlements.month", queue=QUEUE, queueing_lock="settlements.month", pass_context=False)
def month(timestamp: int) -> None:
    """On the first of the month: the batch of recharges, then a settlement for every shop that has something to settle."""
    now = clock.now()
    book_recharges(now=now)
    prepare_all(now=now)
