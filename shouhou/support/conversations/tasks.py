"""The job of conversations: what nobody reads is told elsewhere."""

from procrastinate.contrib.django import app

from shouhou.plumbing import clock
from shouhou.support.conversations.actions import tell_unread


@app.periodic(cron="* * * * *")
@app.task(name="conversations.unread", queue="notifications", queueing_lock="conversations.unread", pass_context=False)
def unread(timestamp: int) -> None:
    """Once a minute."""
    tell_unread(now=clock.now())
