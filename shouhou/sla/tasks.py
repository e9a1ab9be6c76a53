"""The jobs of this room: warnings, what was missed, overdue appeals, the month's cards."""

from procrastinate.contrib.django import app

from shouhou.plumbing import clock
from shouhou.sla.actions.appeals import watch_appeals
from shouhou.sla.actions.capture import capture_missed
from shouhou.sla.actions.cards import close_month, last_month
from shouhou.sla.actions.warn import forget_warnings, warn


@app.periodic(cron="* * * * *")
@app.task(name="sla.warn", queue="plumbing", queueing_lock="sla.warn", pass_context=False)
def warn_shops(timestamp: int) -> None:
    """Every minute."""
    warn(now=clock.now())


@app.periodic(cron="17 * * * *")
@app.task(name="sla.watch", queue="plumbing", queueing_lock="sla.watch", pass_context=False)
def watch(timestamp: int) -> None:
    """Every hour: what a dispatcher could not tell, and appeals that nobody decided."""
    now = clock.now()
    capture_missed(now=now)
    watch_appeals(now=now)


@app.periodic(cron="10 19 * * *")
@app.task(name="sla.close_month", queue="plumbing", queueing_lock="sla.close_month", pass_context=False)
def close(timestamp: int) -> None:
    """Every night at 03:10 in Beijing: the month that is over, once; on all other nights there is nothing to do."""
    now = clock.now()
    close_month(last_month(now), now=now)
    forget_warnings(now=now)
