"""The job of the figures: reports of defects, every morning."""

from procrastinate.contrib.django import app

from shouhou.analytics.alerting import report_defects
from shouhou.plumbing import clock


@app.periodic(cron="40 22 * * *")
@app.task(name="analytics.defects", queue="notifications", queueing_lock="analytics.defects", pass_context=False)
def defects(timestamp: int) -> None:
    """At 06:40 in Beijing, of the thirty days that ended yesterday; a SKU reported this month is not reported again."""
    report_defects(now=clock.now())
