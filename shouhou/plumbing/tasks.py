"""Housekeeping of the plumbing: jobs of dead workers are taken up again, old answers to idempotency keys are forgotten."""

import logging
from datetime import timedelta

from procrastinate import JobContext, exceptions, jobs
from procrastinate.contrib.django import app

from shouhou.plumbing import clock
from shouhou.plumbing.models import IdempotentAnswer
from shouhou.plumbing.ratelimit import forget_old

# A worker beats every 2 s (settings); one that was not heard for this long is dead, and its jobs run elsewhere.
DEAD_AFTER_SECONDS = 8
ANSWERS_KEPT = timedelta(days=7)
BATCH = 10_000
log = logging.getLogger(__name__)


@app.periodic(cron="* * * * * */3")
@app.task(name="plumbing.retry_stalled", queue="plumbing", queueing_lock="plumbing.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Every few seconds: what a killed worker was doing is to be done again (every job bears running twice)."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
        if job.id is None or job.id == context.job.id:
            continue
        try:
            await manager.retry_job(job)
        except exceptions.UniqueViolation:
            # One like it is already waiting: this one has nothing left to do.
            await manager.finish_job_by_id_async(job.id, jobs.Status.FAILED, delete_job=True)
        except exceptions.ConnectorException as error:
            # Another sweep, or the worker itself, was quicker.
            log.info("stalled job %s: %s", job.id, error)


@app.periodic(cron="17 * * * *")
@app.task(name="plumbing.forget_answers", queue="plumbing", queueing_lock="plumbing.forget_answers")
def forget_answers(timestamp: int) -> None:
    """Hourly: a client may repeat a call for a week, then its key is forgotten; batch by batch, so that nobody waits."""
    old = IdempotentAnswer.objects.filter(created_at__lt=clock.now() - ANSWERS_KEPT).order_by("created_at")
    while ids := list(old.values_list("id", flat=True)[:BATCH]):
        IdempotentAnswer.objects.filter(id__in=ids).delete()
    forget_old(now=clock.now())
