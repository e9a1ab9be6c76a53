"""The jobs of reconciliation: fetching, matching, asking, and the early morning's round."""

from datetime import date

from procrastinate.contrib.django import app

from shouhou.foundation.refusals import Refused
from shouhou.payments.channels.base import ChannelDown, ChannelSilent, FetchesStatements
from shouhou.payments.channels.registry import open_statement_channel
from shouhou.payments.jobs import QUEUE
from shouhou.payments.reconciliation import daily
from shouhou.payments.reconciliation.actions import asking
from shouhou.payments.reconciliation.actions.fetching import keep_fetch
from shouhou.payments.reconciliation.actions.matching import match_statement
from shouhou.payments.reconciliation.jobs import ASK, FETCH, MATCH
from shouhou.plumbing import clock
from shouhou.plumbing.actor import SYSTEM
from shouhou.plumbing.jobs import OUTWARD


@app.task(name=FETCH, queue=QUEUE, retry=OUTWARD)
def fetch_statement(*, channel: str, day: str) -> None:
    """The channel's file of a day, taken and matched; the same file again changes nothing. What came of it is kept."""
    wanted = date.fromisoformat(day)
    try:
        opened = open_statement_channel(channel)
        if not isinstance(opened, FetchesStatements):
            return
        data = opened.fetch_statement(day=wanted)
        if data is not None:
            daily.reconcile_file(data, channel=channel, name=f"{channel}-{day}.csv", day=wanted, by=SYSTEM.who, now=clock.now())
    except ChannelSilent as error:
        keep_fetch(channel, wanted, "silent", detail=str(error), now=clock.now())
        raise
    except ChannelDown as error:
        keep_fetch(channel, wanted, "down", detail=str(error), now=clock.now())
        raise
    except Refused as no:
        keep_fetch(channel, wanted, "unreadable", detail=f"{no.code} {no.facts.get('reason', '')}".strip(), now=clock.now())
        raise
    keep_fetch(channel, wanted, "taken" if data is not None else "none", now=clock.now())


@app.task(name=MATCH, queue=QUEUE, retry=OUTWARD)
def match(*, statement_id: int) -> None:
    match_statement(statement_id, by=SYSTEM.who, now=clock.now())


@app.task(name=ASK, queue=QUEUE, retry=OUTWARD)
def ask(*, difference_id: int) -> None:
    """Three steps: what is asked is read, the channel asked outside any transaction, its answer kept."""
    asked = asking.question(difference_id)
    if asked is None:
        return
    try:
        heard = asking.put(asked)
    except (ChannelSilent, ChannelDown) as error:
        asking.keep_silence(difference_id, error, now=clock.now())
        raise
    asking.keep(difference_id, heard, now=clock.now())


@app.periodic(cron="10 */3 * * *")
@app.task(name="payments.begin_day", queue=QUEUE, queueing_lock="payments.begin_day", pass_context=False)
def begin_day(timestamp: int) -> None:
    """Every three hours, for channels have the bill of the day before ready at their own time; what is done is done."""
    daily.begin_day(now=clock.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="payments.recheck", queue=QUEUE, queueing_lock="payments.recheck", pass_context=False)
def recheck(timestamp: int) -> None:
    """What has been booked since has settled by itself."""
    asking.recheck(now=clock.now())
