"""The jobs of accounts: what has served its purpose is forgotten."""

from procrastinate.contrib.django import app

from shouhou.accounts.signin import forget_old_codes
from shouhou.plumbing import clock


@app.periodic(cron="23 * * * *")
@app.task(name="accounts.forget_codes", queue="plumbing", queueing_lock="accounts.forget_codes")
def forget_codes(timestamp: int) -> None:
    """Hourly: sign-in codes that ended more than a day ago."""
    forget_old_codes(now=clock.now())
