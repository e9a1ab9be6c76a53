"""The job queue as operations see it: what waits, what failed, and taking a failed job up again."""

from datetime import datetime

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException

from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, refusal, refused
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor

MAY_RETRY = ("operations", "supervisor")
JOB_NOT_FAILED = refusal(
    "JOB_NOT_FAILED", "conflict",
    zh="任务 {id} 不在失败状态，或同样的任务已在等待。", en="Job {id} has not failed, or one like it is already waiting.",
)  # fmt: skip


def retry_job(job_id: int, *, actor: Actor, now: datetime) -> None:
    """Run a failed job again, at once. Raises Refused FORBIDDEN, NOT_FOUND, JOB_NOT_FAILED."""
    if actor.role not in MAY_RETRY or actor.merchant_id is not None:
        raise refused(FORBIDDEN)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [job_id])
            row = cursor.fetchone()
        if row is None:
            raise refused(NOT_FOUND)
        if row[0] != "failed":
            raise refused(JOB_NOT_FAILED, id=job_id)
        try:
            with transaction.atomic():
                app.job_manager.retry_job_by_id(job_id, retry_at=now)
        except ConnectorException as error:
            raise refused(JOB_NOT_FAILED, id=job_id) from error
        audit.note(actor, what="job.retried", subject=row[1], detail=f"#{job_id}", now=now)


def queues() -> list[tuple[str, str, int, datetime | None]]:
    """(queue, state, how many, the oldest's time) of all that is not done."""
    with connection.cursor() as cursor:
        cursor.execute(QUEUES)
        return [(row[0], row[1], int(row[2]), row[3]) for row in cursor.fetchall()]


def last_events(job_ids: list[int]) -> dict[int, datetime]:
    """When something last happened to each of these jobs."""
    with connection.cursor() as cursor:
        cursor.execute(LAST, [job_ids])
        return dict(cursor.fetchall())


__all__ = ["JOB_NOT_FAILED", "ProcrastinateJob", "last_events", "queues", "retry_job"]

LOCK = "SELECT status::text, task_name FROM procrastinate_jobs WHERE id = %s FOR UPDATE"
QUEUES = """
SELECT queue_name, status::text, count(*), min(scheduled_at) FROM procrastinate_jobs
WHERE status IN ('todo', 'doing', 'failed') GROUP BY queue_name, status ORDER BY queue_name, status
"""
LAST = "SELECT job_id, max(at) FROM procrastinate_events WHERE job_id = ANY(%s) GROUP BY job_id"
