"""The job of satisfaction: invitations whose time has come."""

from procrastinate.contrib.django import app

from shouhou.plumbing import clock
from shouhou.support.satisfaction.actions import send_surveys


@app.periodic(cron="*/5 * * * *")
@app.task(name="satisfaction.surveys", queue="notifications", queueing_lock="satisfaction.surveys", pass_context=False)
def surveys(timestamp: int) -> None:
    """Every five minutes."""
    send_surveys(now=clock.now())
