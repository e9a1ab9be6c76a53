"""Enqueues the outward jobs by name, so that actions need not import the tasks that call them back."""

from procrastinate.contrib.django import app

QUEUE = "logistics"


def defer(job: str, **arguments: int) -> None:
    """Enqueue `job` of tasks.py in the caller's transaction."""
    app.configure_task(f"logistics.{job}", queue=QUEUE).defer(**arguments)
