"""The job of teams: certificates that lapse are said to whoever trains."""

from procrastinate.contrib.django import app

from shouhou.plumbing import clock
from shouhou.support.teams.actions import tell_lapsed


@app.periodic(cron="7 * * * *")
@app.task(name="teams.lapsed", queue="notifications", queueing_lock="teams.lapsed", pass_context=False)
def lapsed(timestamp: int) -> None:
    """Once an hour; one that was said is not said again."""
    tell_lapsed(now=clock.now())
