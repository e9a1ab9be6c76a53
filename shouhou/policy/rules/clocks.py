"""Clocks computed from their event log: what ran, what stood still and why, when it is due, whether it was kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from shouhou.foundation.days import ONE_DAY, SHANGHAI, Calendar, end_of_day, local_day

Unit = Literal["hours", "days", "workdays", "same_day"]
Event = Literal["started", "paused", "resumed", "done", "reopened"]
ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Span:
    """How long a clock may run. `days` end at 24:00 and roll past public holidays, `workdays` count working days only."""

    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Tick:
    """One event of a clock; `why` is told to both sides."""

    event: Event
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch in which the clock ran, was paused or the matter was done; half-open."""

    state: Literal["ran", "paused", "done"]
    since: datetime
    until: datetime
    why: str

    @property
    def lasted(self) -> timedelta:
        return self.until - self.since


@dataclass(frozen=True, slots=True)
class Reading:
    """The clock at an instant. While it is paused `due_at` is what it would be if it went on now."""

    started_at: datetime
    due_at: datetime
    done_at: datetime | None
    state: Literal["running", "paused", "done"]
    breached: bool
    ran: timedelta
    segments: tuple[Segment, ...]


def read_clock(
    ticks: Sequence[Tick], *, span: Span, now: datetime, calendar: Calendar, zone: ZoneInfo = SHANGHAI
) -> Reading:
    """The reading from the whole log. Time while paused or done never counts; reopening goes on where it stood.

    Raises ValueError for a log without a start or out of order. A repeated event of the same kind changes nothing.
    """
    segments = _segments(ticks, now)
    started_at, last = ticks[0].at, segments[-1]
    stood = [segment for segment in segments if segment.state != "ran"]
    done_at = last.since if last.state == "done" else None
    before = [segment for segment in stood if segment is not last] if done_at else stood
    due_at = due(started_at, span=span, stood=before, calendar=calendar, zone=zone)
    state: Literal["running", "paused", "done"] = {"ran": "running", "paused": "paused", "done": "done"}[last.state]  # type: ignore[assignment]
    ran = sum((segment.lasted for segment in segments if segment.state == "ran"), ZERO)
    breached = (done_at or now) > due_at if state != "paused" else last.since > due_at
    return Reading(started_at, due_at, done_at, state, breached, ran, tuple(segments))


def due(
    started_at: datetime, *, span: Span, stood: Sequence[Segment] = (), calendar: Calendar, zone: ZoneInfo = SHANGHAI
) -> datetime:
    """The last instant that is in time. Stretches after that instant move nothing."""
    found = _due(started_at, span, [], calendar, zone)
    counted: list[Segment] = []
    for segment in sorted(stood, key=lambda entry: entry.since):
        if segment.since > found:
            break
        counted.append(segment)
        found = _due(started_at, span, counted, calendar, zone)
    return found


def _due(started_at: datetime, span: Span, stood: Sequence[Segment], calendar: Calendar, zone: ZoneInfo) -> datetime:
    if span.unit == "hours":
        paused = sum((segment.lasted for segment in stood), ZERO)
        return (started_at + timedelta(hours=span.amount) + paused).astimezone(zone)
    day = local_day(started_at, zone)
    nights = [(local_day(segment.since, zone), local_day(segment.until, zone)) for segment in stood]
    if span.unit == "workdays":
        lost = sum(_workdays(since, until, calendar) for since, until in nights)
        return end_of_day(calendar.add_workdays(day, span.amount + lost), zone)
    lost = sum((until - since).days for since, until in nights)
    if span.unit == "same_day":
        return end_of_day(day + lost * ONE_DAY, zone)
    return end_of_day(calendar.roll(day + (span.amount + lost) * ONE_DAY), zone)


def _workdays(since: date, until: date, calendar: Calendar) -> int:
    """Working days after `since` up to `until`: days the clock stood still over."""
    count, day = 0, since
    while day < until:
        day += ONE_DAY
        count += calendar.is_workday(day)
    return count


def _segments(ticks: Sequence[Tick], now: datetime) -> list[Segment]:
    if not ticks or ticks[0].event != "started":
        raise ValueError("a clock's log begins with its start")
    if any(later.at < earlier.at for earlier, later in pairwise(ticks)):
        raise ValueError("a clock's log is in the order of time")
    after: dict[Event, Literal["ran", "paused", "done"]] = {
        "started": "ran", "resumed": "ran", "reopened": "ran", "paused": "paused", "done": "done",
    }  # fmt: skip
    segments: list[Segment] = []
    state, since, why = after[ticks[0].event], ticks[0].at, ticks[0].why
    for tick in ticks[1:]:
        follows = after[tick.event]
        # A finished matter is opened again only by `reopened`; a late pause or resume of it says nothing.
        if follows == state or (state == "done" and tick.event != "reopened"):
            continue
        segments.append(Segment(state, since, tick.at, why))
        state, since, why = follows, tick.at, tick.why
    segments.append(Segment(state, since, max(now, since), why))
    return segments
