"""Clocks from their event logs: pauses, reopening, weekends, holidays, and every second explained."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouhou.foundation.days import NO_HOLIDAYS, SHANGHAI, Calendar
from shouhou.policy.library import shipped
from shouhou.policy.rules.clocks import Span, Tick, due, read_clock
from shouhou.policy.rules.limits import KINDS, limits

START = datetime(2025, 3, 12, 10, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)
GOLDEN_WEEK = Calendar.of(
    [datetime(2025, 10, day, tzinfo=UTC).date() for day in range(1, 9)], [datetime(2025, 10, 11, tzinfo=UTC).date()]
)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def test_hours_stand_still_while_it_waits_for_the_consumer() -> None:
    ticks = [
        Tick("started", START), Tick("paused", at(10), "等待补充凭证"), Tick("resumed", at(34)), Tick("done", at(71)),
    ]  # fmt: skip
    reading = read_clock(ticks, span=Span(48, "hours"), now=at(80), calendar=NO_HOLIDAYS)
    assert reading.due_at == at(72)
    assert (reading.ran, reading.breached, reading.done_at) == (47 * HOUR, False, at(71))
    assert [(s.state, s.since, s.until, s.why) for s in reading.segments] == [
        ("ran", START, at(10), ""), ("paused", at(10), at(34), "等待补充凭证"), ("ran", at(34), at(71), ""),
        ("done", at(71), at(80), ""),
    ]  # fmt: skip


def test_the_last_second_is_in_time_and_the_next_is_not() -> None:
    span = Span(48, "hours")
    for seconds, breached in ((0, False), (1, True)):
        ticks = [Tick("started", START), Tick("done", at(48) + timedelta(seconds=seconds))]
        assert read_clock(ticks, span=span, now=at(99), calendar=NO_HOLIDAYS).breached is breached


def test_reopening_goes_on_where_the_clock_stood() -> None:
    ticks = [Tick("started", START), Tick("done", at(40)), Tick("reopened", at(100))]
    reading = read_clock(ticks, span=Span(48, "hours"), now=at(105), calendar=NO_HOLIDAYS)
    assert (reading.due_at, reading.ran, reading.breached) == (at(108), 45 * HOUR, False)
    assert read_clock(ticks, span=Span(48, "hours"), now=at(109), calendar=NO_HOLIDAYS).breached


def test_a_pause_after_the_limit_saves_nobody() -> None:
    ticks = [Tick("started", START), Tick("paused", at(50)), Tick("resumed", at(60))]
    reading = read_clock(ticks, span=Span(48, "hours"), now=at(61), calendar=NO_HOLIDAYS)
    assert (reading.due_at, reading.breached) == (at(48), True)
    paused = read_clock(ticks[:2], span=Span(48, "hours"), now=at(55), calendar=NO_HOLIDAYS)
    assert (paused.state, paused.breached) == ("paused", True)


def test_while_paused_the_due_instant_moves_on() -> None:
    ticks = [Tick("started", START), Tick("paused", at(10))]
    for hours in (20, 300):
        reading = read_clock(ticks, span=Span(48, "hours"), now=at(hours), calendar=NO_HOLIDAYS)
        assert (reading.due_at, reading.breached, reading.state) == (at(48 + hours - 10), False, "paused")


def test_days_end_at_midnight_roll_past_holidays_and_skip_paused_nights() -> None:
    span = Span(7, "days")
    start = datetime(2025, 9, 24, 10, tzinfo=SHANGHAI)
    assert due(start, span=span, calendar=NO_HOLIDAYS) == datetime(2025, 10, 1, 23, 59, 59, tzinfo=SHANGHAI)
    assert due(start, span=span, calendar=GOLDEN_WEEK) == datetime(2025, 10, 9, 23, 59, 59, tzinfo=SHANGHAI)
    ticks = [Tick("started", START), Tick("paused", at(10)), Tick("resumed", at(58))]
    reading = read_clock(ticks, span=span, now=at(60), calendar=NO_HOLIDAYS)
    assert reading.due_at == datetime(2025, 3, 21, 23, 59, 59, tzinfo=SHANGHAI)


def test_working_days_skip_weekends_and_breaks_and_count_make_up_days() -> None:
    friday = datetime(2025, 3, 14, 17, tzinfo=SHANGHAI)
    assert due(friday, span=Span(2, "workdays"), calendar=NO_HOLIDAYS).date().isoformat() == "2025-03-18"
    eve = datetime(2025, 9, 30, 10, tzinfo=SHANGHAI)
    assert due(eve, span=Span(2, "workdays"), calendar=GOLDEN_WEEK).date().isoformat() == "2025-10-10"
    assert due(eve, span=Span(3, "workdays"), calendar=GOLDEN_WEEK).date().isoformat() == "2025-10-11"
    ticks = [Tick("started", friday), Tick("paused", friday), Tick("resumed", friday + 96 * HOUR)]
    reading = read_clock(ticks, span=Span(2, "workdays"), now=friday + 97 * HOUR, calendar=NO_HOLIDAYS)
    assert reading.due_at.date().isoformat() == "2025-03-20"


def test_the_same_day_is_the_same_day_even_ten_minutes_before_midnight() -> None:
    late = datetime(2025, 3, 15, 23, 50, tzinfo=SHANGHAI)
    assert due(late, span=Span(1, "same_day"), calendar=NO_HOLIDAYS) == late.replace(minute=59, second=59)


@pytest.mark.parametrize("ticks", [[], [Tick("done", START)], [Tick("started", START), Tick("done", at(-1))]])
def test_a_log_without_start_or_out_of_order_is_an_error(ticks: list[Tick]) -> None:
    with pytest.raises(ValueError, match="log"):
        read_clock(ticks, span=Span(48, "hours"), now=START, calendar=NO_HOLIDAYS)


EVENTS = st.lists(
    st.tuples(st.sampled_from(["paused", "resumed", "done", "reopened"]), st.integers(0, 7200)), max_size=12
)  # fmt: skip


@given(events=EVENTS, amount=st.integers(1, 72), later=st.integers(0, 7200))
def test_every_second_is_explained_and_only_standing_still_moves_the_limit(
    events: list[tuple[str, int]], amount: int, later: int
) -> None:
    ticks, instant = [Tick("started", START)], START
    for event, minutes in events:
        instant += timedelta(minutes=minutes)
        ticks.append(Tick(event, instant))  # type: ignore[arg-type]
    now = instant + timedelta(minutes=later)
    reading = read_clock(ticks, span=Span(amount, "hours"), now=now, calendar=NO_HOLIDAYS)
    assert sum((segment.lasted for segment in reading.segments), timedelta(0)) == now - START
    assert all(a.until == b.since and a.state != b.state for a, b in zip(reading.segments, reading.segments[1:], strict=False))
    assert reading.due_at >= at(amount)
    if not reading.breached:
        assert reading.ran <= amount * HOUR
    if reading.state == "running" and not reading.breached:
        assert reading.due_at - now == amount * HOUR - reading.ran


def test_every_kind_of_clock_follows_a_term_of_the_book() -> None:
    book = shipped("std-1")
    for kind in KINDS:
        found = limits(kind, book=book, started_at=START, calendar=NO_HOLIDAYS)
        assert found["due"] > START
    refund = limits("refund", book=book, started_at=datetime(2025, 9, 30, 9, tzinfo=SHANGHAI), calendar=GOLDEN_WEEK)
    assert {name: at_.date().isoformat() for name, at_ in refund.items()} == {
        "target": "2025-10-09", "due": "2025-10-09", "statutory": "2025-10-09"
    }  # fmt: skip
