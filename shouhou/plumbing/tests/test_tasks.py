"""Jobs of dead workers, and old answers."""

import asyncio
from datetime import timedelta

import pytest
from django.db import connection
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Job

from shouhou.plumbing import clock
from shouhou.plumbing.models import IdempotentAnswer
from shouhou.plumbing.tasks import ANSWERS_KEPT, forget_answers, retry_stalled


def job(status: str, *, lock: str | None = None, beat_seconds_ago: int | None = None) -> int:
    """A job; taken by a worker last heard of so many seconds ago."""
    with connection.cursor() as cursor:
        worker = None
        if beat_seconds_ago is not None:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id",
                [beat_seconds_ago],
            )
            worker = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, queueing_lock, worker_id) "
            "VALUES ('q', 'toy', '{}', %s::procrastinate_job_status, %s, %s::bigint) RETURNING id",
            [status, lock, worker],
        )
        return int(cursor.fetchone()[0])


def statuses() -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status FROM procrastinate_jobs")
        return dict(cursor.fetchall())


def sweep() -> None:
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    worker = app.with_connector(connector.get_worker_connector())

    async def once() -> None:
        async with worker.open_async():
            own = Job(id=-1, queue="plumbing", lock=None, queueing_lock=None, task_name="plumbing.retry_stalled")
            context = JobContext(app=worker, job=own, start_timestamp=0.0, abort_reason=lambda: None)
            await retry_stalled.func(context, 0)

    asyncio.run(once())


@pytest.mark.django_db(transaction=True)
def test_the_jobs_of_a_worker_not_heard_of_are_to_be_done_again_and_no_others() -> None:
    dead, alive = job("doing", beat_seconds_ago=9), job("doing", beat_seconds_ago=5)
    orphan, waiting = job("doing"), job("todo")
    sweep()
    assert statuses() == {dead: "todo", alive: "doing", orphan: "todo", waiting: "todo"}


@pytest.mark.django_db(transaction=True)
def test_a_dead_workers_job_whose_like_is_already_waiting_is_dropped_and_stands_in_nobodys_way() -> None:
    job("doing", lock="one", beat_seconds_ago=60)
    next_one, other = job("todo", lock="one"), job("doing", beat_seconds_ago=60)
    sweep()
    assert statuses() == {next_one: "todo", other: "todo"}


@pytest.mark.django_db
def test_answers_are_kept_for_a_week() -> None:
    now = clock.now()
    for key, age in (("old", ANSWERS_KEPT + timedelta(minutes=1)), ("young", ANSWERS_KEPT - timedelta(minutes=1))):
        IdempotentAnswer.objects.create(
            client="key:1", key=key, fingerprint=b"x", status=200, body=b"{}", created_at=now - age
        )
    forget_answers.func(0)
    assert list(IdempotentAnswer.objects.values_list("key", flat=True)) == ["young"]
