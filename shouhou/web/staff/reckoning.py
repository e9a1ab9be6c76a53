"""How a limit comes to its due instant: every stretch counted or not, every day counted or not, and the sum; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from shouhou.foundation.days import ONE_DAY, Calendar, end_of_day, local_day

Unit = Literal["hours", "days", "workdays"]
DayKind = Literal["start", "counted", "makeup", "weekend", "holiday", "rolled", "capped"]
DAYS_SHOWN_MOST = 62


@dataclass(frozen=True, slots=True)
class Stretch:
    """One interval of the clock: it ran, it stood still, or (`over`) it ran beyond the limit."""

    start: datetime
    end: datetime
    what: Literal["ran", "paused", "over"]

    @property
    def seconds(self) -> int:
        """As the two instants read on the clock: whole seconds, so that they can be checked by hand."""
        return int(self.end.timestamp()) - int(self.start.timestamp())


@dataclass(frozen=True, slots=True)
class Extension:
    """Hours that somebody added, with the reason given."""

    at: datetime
    hours: int
    why: str


@dataclass(frozen=True, slots=True)
class Day:
    """One calendar day and how it was taken; `number` counts those that count."""

    day: date
    kind: DayKind
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The whole account. `due_at` is computed here anew from the event log, the calendar and the term."""

    unit: Unit
    amount: int
    started_at: datetime
    due_at: datetime
    stretches: tuple[Stretch, ...]
    extensions: tuple[Extension, ...]
    days: tuple[Day, ...]
    still: timedelta

    @property
    def counted_seconds(self) -> int:
        return sum(each.seconds for each in self.stretches if each.what != "paused")

    @property
    def paused_seconds(self) -> int:
        return sum(each.seconds for each in self.stretches if each.what == "paused")

    @property
    def extended_hours(self) -> int:
        return sum(each.hours for each in self.extensions)


def unit_of(term: str) -> Unit:
    """What a term's number counts; its name says it."""
    if term.endswith("_hours"):
        return "hours"
    return "workdays" if term.endswith("_workdays") else "days"


def reckon(
    clock: Sequence[Sequence[str]], *, unit: Unit, amount: int, calendar: Calendar, until: datetime,
    at_most_days: int | None = None,
) -> Reckoning:  # fmt: skip
    """The account of a clock up to `until` (now, or when it ended). `at_most_days` caps working days (L-03 art. 13).

    Hours run on calendar time; days end at 24:00 of the N-th day and roll past public holidays; working days end with
    the N-th working day (L-03, L-04, L-05). Time that stood still is added, extensions last.
    """
    started = datetime.fromisoformat(clock[0][0])
    still, extensions = _still(clock), _extensions(clock)
    extra, days = timedelta(hours=sum(each.hours for each in extensions)), tuple[Day, ...]()
    if unit == "hours":
        due = started + timedelta(hours=amount) + still + extra
    else:
        days = _workdays(local_day(started + still), amount, calendar, at_most_days) if unit == "workdays" else _days(
            local_day(started + still), amount, calendar
        )  # fmt: skip
        due = end_of_day(days[-1].day) + extra
    return Reckoning(unit, amount, started, due, _stretches(clock, due, until), extensions, days, still)


def _still(clock: Sequence[Sequence[str]]) -> timedelta:
    """How long the clock has stood still in pauses that are over."""
    still, since = timedelta(0), None
    for at, what, _ in clock[1:]:
        if what == "paused":
            since = datetime.fromisoformat(at)
        elif what == "resumed" and since is not None:
            still, since = still + (datetime.fromisoformat(at) - since), None
    return still


def _extensions(clock: Sequence[Sequence[str]]) -> tuple[Extension, ...]:
    return tuple(
        Extension(datetime.fromisoformat(at), int(what.split(":")[1]), why)
        for at, what, why in clock
        if what.startswith("extended:")
    )


def _stretches(clock: Sequence[Sequence[str]], due: datetime, until: datetime) -> tuple[Stretch, ...]:
    marks = [(datetime.fromisoformat(at), what) for at, what, _ in clock if not what.startswith("extended:")]
    ends = [at for at, _ in marks[1:]] + [max(until, marks[-1][0])]
    found: list[Stretch] = []
    for (at, what), end in zip(marks, ends, strict=True):
        if what == "paused":
            found.append(Stretch(at, end, "paused"))
        elif at < due < end:
            found += [Stretch(at, due, "ran"), Stretch(due, end, "over")]
        else:
            found.append(Stretch(at, end, "ran" if end <= due else "over"))
    return tuple(each for each in found if each.end > each.start)


def _days(start: date, amount: int, calendar: Calendar) -> tuple[Day, ...]:
    last = start + timedelta(days=amount)
    days = [Day(start, "start")]
    if amount <= DAYS_SHOWN_MOST:
        days += [Day(start + timedelta(days=n), "counted", n) for n in range(1, amount + 1)]
    else:
        days.append(Day(last, "counted", amount))
    while calendar.is_holiday(last):
        days[-1] = Day(last, "rolled", days[-1].number)
        last += ONE_DAY
        days.append(Day(last, "counted"))
    return tuple(days) if amount else (Day(last, "counted", 0),)


def _workdays(start: date, amount: int, calendar: Calendar, at_most_days: int | None) -> tuple[Day, ...]:
    cap = calendar.roll(start + timedelta(days=at_most_days)) if at_most_days is not None else None
    days, day, counted = [Day(start, "start")], start, 0
    while counted < amount:
        day += ONE_DAY
        if calendar.is_workday(day):
            counted += 1
            days.append(Day(day, "makeup" if day.weekday() >= 5 else "counted", counted))
        else:
            days.append(Day(day, "holiday" if calendar.is_holiday(day) else "weekend"))
        if day == cap and counted < amount:
            days[-1] = Day(day, "capped", days[-1].number)
            break
    return tuple(days)
