"""The jobs of accounts: mail to staff, and what has served its purpose is forgotten."""

from procrastinate.contrib.django import app

from shouhou.accounts.lockout import forget_failures
from shouhou.accounts.reset import send_reset_mail
from shouhou.accounts.sessions import forget_sessions
from shouhou.accounts.signin import forget_old_codes
from shouhou.plumbing import clock
from shouhou.plumbing.jobs import OUTWARD


@app.task(name="accounts.mail_reset", queue="notifications", retry=OUTWARD)
def mail_reset(user_id: int) -> None:
    """The link to a new password; it is made here, so that no job and no log ever holds it."""
    send_reset_mail(user_id)


@app.periodic(cron="23 * * * *")
@app.task(name="accounts.forget_codes", queue="plumbing", queueing_lock="accounts.forget_codes")
def forget_codes(timestamp: int) -> None:
    """Hourly: sign-in codes and failures that ended more than a day ago, sessions of a month ago."""
    now = clock.now()
    forget_old_codes(now=now)
    forget_failures(now=now)
    forget_sessions(now=now)
