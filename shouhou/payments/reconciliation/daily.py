"""What happens once a day: statements fetched, what is missing found, the day proven; by the book's own limits."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from shouhou.foundation.days import local_day
from shouhou.payments.channels.base import FetchesStatements
from shouhou.payments.channels.registry import STATEMENT_CHANNELS, is_set_up, open_statement_channel
from shouhou.payments.models import BalanceProof, Statement
from shouhou.payments.reconciliation.actions.asking import recheck
from shouhou.payments.reconciliation.actions.fetching import want_fetch
from shouhou.payments.reconciliation.actions.matching import Progress, find_missing, match_statement
from shouhou.payments.reconciliation.actions.proving import prove
from shouhou.payments.reconciliation.actions.taking import BYTES_MOST, take_statement
from shouhou.payments.reconciliation.jobs import enqueue_matching
from shouhou.payments.reconciliation.queries import covered, troubled, unfinished
from shouhou.policy.queries import compiled

FETCH_DAYS, PROVE_DAYS = 3, 14
AT_ONCE_MOST = 2000


def reconcile_file(
    data: bytes, *, channel: str, name: str, day: date | None, by: str, now: datetime, most_bytes: int = BYTES_MOST,
    progress: Progress | None = None,
) -> Statement:  # fmt: skip
    """A statement taken and matched to its end, and what it lacks found. Raises what `take_statement` refuses."""
    taken = take_statement(data, channel=channel, name=name, day=day, by=by, now=now, most_bytes=most_bytes, progress=progress)
    matched = match_statement(taken.pk, by=by, now=now, progress=progress)
    find_missing(channel, grace_days=grace_days(), now=now)
    return matched


def take_in(data: bytes, *, channel: str, name: str, day: date | None, by: str, now: datetime) -> Statement:
    """From a page: a small one is matched at once, a large one in the background. Raises what `take_statement` refuses."""
    taken = take_statement(data, channel=channel, name=name, day=day, by=by, now=now)
    if taken.matched_at is None and taken.rows_new > AT_ONCE_MOST:
        with transaction.atomic():
            enqueue_matching(taken.pk)
        return taken
    match_statement(taken.pk, by=by, now=now)
    find_missing(channel, grace_days=grace_days(), now=now)
    return taken


def begin_day(*, now: datetime) -> None:
    """In the early morning: fetch what channels hand over of the days before, look for what is missing, prove the days."""
    with transaction.atomic():
        for statement_id in unfinished():
            enqueue_matching(statement_id)
    for channel, day in lacking(now=now):
        want_fetch(channel, day)
    recheck(now=now)
    for channel in STATEMENT_CHANNELS:
        find_missing(channel, grace_days=grace_days(), now=now)
    prove_days(by="clock", now=now)


def lacking(*, now: datetime) -> list[tuple[str, date]]:
    """Which channels hand statements over and of which of the last days none is here: a day that is not asked for in time
    is still asked for as long as it was once asked for in vain."""
    found = [(channel, day) for channel in _fetching() for day in _days_before(local_day(now), FETCH_DAYS)]
    earlier = troubled().filter(channel__in={channel for channel, _ in found})
    found += [pair for pair in earlier.values_list("channel", "day") if pair not in found]
    return [(channel, day) for channel, day in found if not covered(channel, day)]


def prove_days(*, by: str, now: datetime) -> list[BalanceProof]:
    """Yesterday, and of the days before it those that are not proven good yet."""
    today = local_day(now)
    done: list[BalanceProof] = []
    for day in sorted(_days_before(today, PROVE_DAYS)):
        last = BalanceProof.objects.filter(day=day).order_by("-revision").first()
        if last is None and day != today - timedelta(days=1) and not BalanceProof.objects.filter(day__lt=day).exists():
            # Before the house kept proofs.
            continue
        if last is None or last.state != "good":
            done.append(prove(day, grace_days=grace_days(), by=by, now=now))
    return done


def grace_days() -> int:
    return int(compiled().terms.number("reconciliation_grace_days"))


def second_person_above(currency: str) -> int:
    """In minor units of the currency; without a reference rate every amount needs a second person."""
    return int(compiled().terms.within(currency).number("difference_second_person_above"))


def _fetching() -> Iterable[str]:
    for name in STATEMENT_CHANNELS:
        if is_set_up(name) and isinstance(open_statement_channel(name), FetchesStatements):
            yield name


def _days_before(today: date, count: int) -> list[date]:
    return [today - timedelta(days=back) for back in range(1, count + 1)]
